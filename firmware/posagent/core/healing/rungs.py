"""What each healing rung does on the modem; loaded when one acts.

Whether it may was decided a moment ago on a fresh look (schedule.py). None waits for its result:
looks and URCs tell, and budgets.py holds the next rung back meanwhile.
"""

from posproto import const, ids

from .. import modules, situation
from ..modem.command import Command, Sleep
from ..modem.resync import tune
from .budgets import CYCLE

RESTART = ("restart", 1)  # this agent's own, for the loop
_PROBED_MS = const(15000)  # a silent port is asked so often, see resync.py
_OFF_MS = const(10000)  # between CFUN 0 and 1 (Telit's advice)


def act(a, rung: int):
    """Procedure: one rung of the agent `a`, whose budget is already taken."""
    assert rung > ids.RUNG_SECOND_HOST and a.ladder.tried >> rung & 1
    if rung == ids.RUNG_CONTEXT:
        yield from activate(a)
    elif rung == ids.RUNG_ATTACH:
        yield Command(b"+CGATT=0", timeout_ms=140000)
        yield Sleep(2000)
        yield Command(b"+CGATT=1", timeout_ms=140000)
    elif rung == ids.RUNG_REREGISTER:
        yield from reregister(a)
    elif rung == ids.RUNG_FASTER:
        if (yield from modules.use("healing.faster", "search", a)):
            a.ladder.take(ids.RUNG_CFUN4, CYCLE)
            yield from cycle(a, 4)
    elif rung == ids.RUNG_CFUN4:
        yield from cycle(a, 4)
    elif rung == ids.RUNG_CFUN0:
        yield from cycle(a, 0)
    elif rung == ids.RUNG_MODULE_RESET:
        yield from _detach(a)
        yield from a.engine.family.module_reset()
        yield Sleep(a.engine.family.TIMES[2])  # its boot line ends this
    else:
        yield from _detach(a)
        yield from revive(a, rung)


def _detach(a):
    """Procedure: off the network before a module goes down that still answers; it goes down all
    the same. Some attach no more for half an hour after a few resets without it (nRF91: seven).
    """
    if not a.engine.dead and a.situation != situation.SIM_LOST:
        yield Command(b"+CFUN=0", timeout_ms=15000)


def activate(a):
    """The data context, afresh where it was up or refused before."""
    family = a.engine.family
    if a.context_up or a.context_failures:
        yield from family.context_down()
    up, cause = yield from family.context_up(a.card)
    assert not (up and cause)  # granted, or refused for a reason
    if up:
        a.context_is_up()
        return
    a.context_refused(cause)
    wait_s = yield from _back_off(a.card["apn"].encode())
    if wait_s:
        modules.call("healing.budgets", "told", a.ladder, wait_s)


def _back_off(apn):
    """Procedure: seconds of T3396 that the module tells for this APN (TS 27.007 cl. 10.1.42, or
    the maker's own way); 0 where it tells none.

    A timer that is "deactivated" has no seconds and ends with the radio's cycle (TS 24.301 cl.
    6.5.1.4): until then the module itself answers, nothing goes on the air, and the plan goes on.
    """
    for text, name in ((b"+CABTRDP", apn), (b'+QNWCFG="backoff"', b"backoff")):
        reply = yield Command(text)
        for line in reply.lines:
            fields = line[line.find(b":") + 1 :].split(b",")
            told = fields[0].strip(b' "')
            if name and told and not told.startswith(name):
                continue  # the timer of another APN, of IMS say
            seconds = fields[1].strip() if len(fields) > 1 else b""
            if seconds.isdigit() and len(seconds) < 8:
                return int(seconds)
    return 0


def write_context(a):
    """Procedure: with a context left over from before a reboot an attach is refused for ever
    (incident stale-pdp-after-reboot): the default one is written before the radio tries again.
    """
    config = a.card
    if config["apn"]:
        words = (config["pdp_type"].encode(), config["apn"].encode())
        yield Command(b'+CGDCONT=1,"%s","%s"' % words, prefix=())


def reregister(a):
    """COPS=0: automatic registration, with the radio on."""
    yield from write_context(a)
    if a.network.fun != 1:
        yield Command(b"+CFUN=1", timeout_ms=15000)
        yield Sleep(2000)
    yield Command(b"+COPS=0", timeout_ms=180000)


def cycle(a, off: int):
    """CFUN=`off`, a pause, CFUN=1; with 0 the card loses its supply too."""
    assert off in (0, 4)
    yield Command(b"+CFUN=%d" % off, timeout_ms=15000)
    yield from write_context(a)
    yield Sleep(_OFF_MS)
    yield Command(b"+CFUN=1", timeout_ms=15000)


def bearer(a):
    """An LTE attach brings a bearer of its own: with an address, the refusal of before is void."""
    reply = yield Command(b"+CGPADDR=1")
    for line in reply.lines:
        address = line[line.find(b",") + 1 :].strip(b'" ')
        if (b"." in address or b":" in address) and address != b"0.0.0.0":
            a.context_granted()


def revive(a, rung: int):
    """Pins, each only if the one before brought no answer: the reset line, which does nothing to a
    module that is off; the power key, which starts that one and stops a hung one; the power key.
    Whatever writes its boot line or answers meanwhile is on: one pulse more would switch it off.
    """
    assert rung in (ids.RUNG_POWER_KEY, ids.RUNG_MCU_RESET)  # no other one works a pin
    if rung == ids.RUNG_MCU_RESET:
        a.log.flush()
        a.pins.append(RESTART)
        return
    key_ms, reset_ms, start_ms, down_ms = a.engine.family.TIMES
    engine = a.engine
    restarts = engine.restarts
    start_ms += _PROBED_MS
    pulses = [("power_key", key_ms, max(down_ms, start_ms)), ("power_key", key_ms, start_ms)]
    if not a.powered_down:
        pulses.insert(0, ("reset", reset_ms, start_ms))
    for name, pulse_ms, wait_ms in pulses:
        a.pins.append((name, pulse_ms))
        engine.starts_s = a.clock.s + wait_ms // 1000
        tune(engine, engine.rate)
        yield Sleep(wait_ms)
        if engine.restarts != restarts:
            return
