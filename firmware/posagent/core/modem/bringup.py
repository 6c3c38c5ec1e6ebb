"""Sets a modem up after power-on or restart: who it is, which SIM, what it shall report."""

from posproto import const, ids
from posproto.at.result import OK

from .. import modules
from .command import Command, Sleep

_PIN_READS = const(5)
_NAME_READS = const(3)
_FAMILY = "family"  # of the modem that was there last

_LINES = (b"E0", b"V1", b"Q0", b"+CMEE=1")
# Each on its own, so that one that a module refuses does not spoil the rest.
_UNASKED = (
    b"+CGEREP=2,1",
    b"+CTZU=1",
    b"+CTZR=1",
    b"+CMGF=0",
    b"+CNMI=2,1,0,0,0",
)


def bring_up(agent):
    """Procedure for the agent: `ready` when the modem can be watched. A SIM that fails is a
    state, no error.
    """
    if agent.settlement.cut_short:
        yield from _leave_alone(agent)
    assert not (agent.ready or agent.settlement.cut_short)  # it takes nothing for a message's rest
    reply = yield Command(b"", timeout_ms=3000)
    if reply.result != OK:
        yield Sleep(1000)
        return
    yield from _set(_LINES)
    if agent.between is not None:
        yield from agent.between.flow_control()
    if agent.storage.read("rat"):  # the power failed in faster.search()
        yield from modules.use("healing.faster", "automatic", agent)
    yield from _identify(agent)
    yield from _set(agent.engine.family.INIT)
    # With the reject cause, where the module knows it.
    if (yield from _set((b"+CREG=2", b"+CGREG=2", b"+CEREG=3"))) != OK:
        yield from _set((b"+CEREG=2",))
    yield from _set(_UNASKED)
    if agent.config["sim2"]:
        yield from modules.use("healing.card_change", "settle", agent)
    yield from modules.use("network.card_start", "wait", agent.network)
    yield from _own_context(agent)
    yield from read_sim(agent)
    yield from read_clock(agent)
    agent.ready = True
    agent.look_s = agent.clock.s
    text = "%s %s" % (agent.engine.family.NAME, agent.identity.get("firmware", ""))
    agent.event(ids.E_MODEM_READY, ids.SEV_INFO, {ids.A_TEXT: text.strip()})


def _set(lines):
    """Procedure: the last one's result. What is refused is said once more: a bit that turned on
    the wire would leave the module terse, or silent about texts, until its next start.
    """
    last = OK
    for line in lines:
        last = (yield Command(line)).result
        if last != OK:
            last = (yield Command(line)).result
    return last


def _leave_alone(agent):
    """A module that waits for the rest of a message would take what is said next for it, and send
    it. Those that never give up are restarted, where the board has a pin for it.
    """
    name = agent.storage.read(_FAMILY)
    if name:
        family = agent.modems.load(str(name, "ascii"))
        if not family.PROMPT_ENDS:
            agent.pins.append(("reset", family.TIMES[1]))
            yield Sleep(family.TIMES[2])
    agent.settlement.left_alone()


def _identify(agent):
    """Procedure: the module's family, firmware and IMEI. The family is the one of the settings, or
    what the module says of itself in one of three readings; a name that none has is "generic".
    """
    wanted = agent.config["family"]
    for _ in range(_NAME_READS):
        lines = []
        for line in (b"I", b"+CGMI", b"+CGMM", b"+CGMR"):
            reply = yield Command(line)
            if reply.result == OK:
                lines.extend(reply.lines)
        name = agent.modems.detect(lines) if wanted == "auto" else wanted
        if name != "generic":
            break  # else a bit may have turned in its name, and a stranger is not asked to connect
    agent.engine.speak(agent.modems.load(name))
    if name != "generic" and agent.storage.read(_FAMILY) != name.encode():
        agent.on_flash(lambda: agent.storage.write(_FAMILY, name.encode()))
    firmware = lines[-1] if lines else b""
    if b":" in firmware:
        firmware = firmware[firmware.find(b":") + 1 :]
    agent.identity["firmware"] = _ascii(firmware.strip())[:40]
    reply = yield Command(b"+CGSN")
    if reply.result == OK and reply.lines:
        agent.identity["imei"] = _ascii(reply.lines[-1].strip())[:17]


def _own_context(agent):
    """Some modules come back from a restart with what was defined long ago, and are refused with
    it (incident stale-pdp-after-reboot). What stands there rightly is not written again.
    """
    apn = agent.card["apn"].encode()
    reply = yield Command(b"+CGDCONT?")
    if not apn or reply.result != OK:
        return
    for line in reply.lines:
        fields = line[line.find(b":") + 1 :].split(b",")
        words = [field.strip(b' "').lower() for field in fields]
        if words[0] == b"1" and apn.lower() in words[2:3]:
            return
    yield from modules.use("healing.rungs", "write_context", agent)


def read_sim(agent):
    """Procedure: which card it is, and its PIN where it asks for one."""
    network = agent.network
    if network.sim not in (ids.SIM_READY, ids.SIM_PIN):
        return
    iccid = yield from agent.engine.family.iccid()
    known = agent.storage.read("iccid")
    if iccid and iccid != known:
        again = yield from agent.engine.family.iccid()
        if again != iccid:
            return  # a byte was lost on the wire: no PIN for a card that is not known for sure
    if iccid and (iccid != known or agent.config["sim2"]):
        _new_sim(agent, iccid, known)
    if iccid:
        agent.identity["iccid"] = _ascii(iccid)
    if network.sim == ids.SIM_PIN:
        taken = yield from modules.use("network.sim_pin", "enter", agent, iccid)
        # One try, until something changes; a byte lost on the wire is none.
        network.pin_reads += 1
        network.sim_read = taken is not None or network.pin_reads >= _PIN_READS
        if taken:
            yield Sleep(2000)
            yield from network.look_sim()
    if network.sim != ids.SIM_READY:
        return
    agent.pin_refused = False
    reply = yield Command(b"+CIMI")
    if reply.result == OK and reply.lines:
        agent.identity["imsi"] = _ascii(reply.lines[-1].strip())[:15]
    network.sim_read = bool(iccid or reply.result == OK)
    agent.sim_news = network.sim_read


def _new_sim(agent, iccid, known):
    """Another card than last time starts with a clean slate, but for the other one of two."""
    assert 18 <= len(iccid) <= 20  # identity.iccid() lets nothing else pass
    swapped = known is not None and iccid != known
    if agent.config["sim2"]:
        swapped = not modules.call("healing.cards", "arrived", agent, iccid)
    if iccid != known:
        agent.on_flash(lambda: agent.storage.write("iccid", iccid))
    if swapped:
        agent.pin_refused = False
        # Behind a restart of the radio it had the one that it may need.
        agent.demand = agent.demand or agent.clock.s >= agent.acting_s
        agent.swapped_s = agent.clock.s
        modules.call("healing.budgets", "new_sim", agent.ladder)
        agent.event(ids.E_SIM_SWAPPED, ids.SEV_WARNING)


def read_clock(agent):
    """The network's time, where the module has it."""
    reply = yield Command(b"+CCLK?")
    if reply.result == OK and reply.lines:
        agent.on_clock_line(reply.lines[-1])


def _ascii(raw):
    return "".join(chr(c) for c in raw if 32 <= c < 127)
