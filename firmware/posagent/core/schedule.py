"""The agent's work on the modem: what is due when, one duty at a time.

due(agent) tells seconds until the duty wants to run, 0 now, -1 not at all; make(agent) gives its
procedure. The first that is due runs; the order is the order of importance. Modules that a duty
loads for itself are dropped at its end.
"""

from posproto import const, ids

from . import modules, situation
from .healing.budgets import PROBE
from .modem.command import Restarted

_PROMPT_S = const(6)  # a module that waits for a message's bytes gives up before
_LOOK_S = const(25)  # noticed within half a minute; polling is the net under the URCs
_LOOK_TROUBLE_S = const(10)
_CARD = (ids.SIM_READY, ids.SIM_PIN)
_METER_S = const(3600)
_BETWEEN_S = const(60)  # so long before the next attempt a query is at its end, as a rule
_ACT_S = const(600)  # an act of healing is over before
RESET_S = const(90)  # a module that was reset is back before
SETTLE_S = const(60)  # a search that an act began shows its result before
_HOST, _APP = "host.requests", "host.door"
_MESSAGES, _KEY = " settlement.submit", " host.device_key"
_CARD_NEWS = "credit.account_file credit.operators credit.query"
_ANSWERS = "settlement.answers settlement.batch settlement.sealed"


def start_due(a):
    """Start what is due first, or load some of what it needs; seconds to the next duty, or -1."""
    soonest = -1
    if a.stages is not None:
        try:
            next(a.stages[0])
        except StopIteration:
            _read(a, None)
        except Exception as error:
            _read(a, error)
        return soonest
    if a.credit.texts and (a.running is None or a.running is _ask):
        _hear(a)
        return soonest
    if a.running is not None:
        return a.settlement.beside(a) if a.running is _send else soonest
    for due, make in _SET_UP if a.ready and not a.engine.dead else _DUTIES:
        wait = due(a)
        if wait < 0:
            continue
        if wait == 0:
            if a.next is not make:
                modules.spare(False)
                a.next = make
            names = _loads(a, make)
            if names and not modules.ahead(names):
                return 0
            a.running = make
            a.next = None
            before = modules.taken()
            a.engine.start(make.__name__, make(a), finisher(a, make, before))
            return -1
        if not 0 <= soonest <= wait:
            soonest = wait
    a.next = None
    return soonest


def _hear(a):
    """What came is read first, by no duty, as the modem may restart; the query waits for it."""
    before = modules.begin()
    if a.running is None:
        a.running = _hear
    a.stages = a.credit.hear(), finisher(a, _hear, before)


def _read(a, error):
    finished = a.stages[1]
    a.stages = None
    finished(None, error)


def prepared(a):
    """Is loaded what answers the next request or reads what the acquirer said? One module is a
    turn's: all of them at once would hold the loop for a second.
    """
    for side, names in ((a.host, _HOST), (a.app, _APP)):
        if side.due():
            op = side.wanted()
            if op == ids.OP_STATUS or (side is a.app and op == ids.OP_HELLO):
                continue
            if ids.OP_SUBMIT_PART <= op <= ids.OP_ENDS:
                names += _MESSAGES
                if a.credit.gives_way():
                    a.stages[0].close()
                    _read(a, None)
            if op == ids.OP_CHALLENGE or (op >= 0 and side.keyed()):
                names += _KEY
            if not modules.ahead(names):
                return False
    return not a.settlement.told() or modules.ahead(_ANSWERS)


def know_card(a):
    """The card was read: the credit hears of it, once what that takes is loaded."""
    a.next = know_card
    if modules.ahead(_CARD_NEWS):
        a.next = None
        a.sim_news = False
        a.credit.sim(a.identity.get("imsi", ""), a.identity.get("iccid", ""))
        modules.past()


def finisher(a, make, before):
    """What the engine calls at a duty's end; drops the modules that came since `before`."""

    def finished(result, error):
        if a.running is make:
            a.running = None
        a.turn_s = -1  # take stock and look what is due, at once
        modules.end(before)
        if isinstance(error, OSError):
            a.counters[ids.C_FLASH_ERRORS] += 1
        elif error is not None and not isinstance(error, Restarted):
            raise error

    return finished


def _bring_up_due(a):
    if a.ready or a.engine.dead:
        return -1
    # A module that was cut short would take these commands for the rest of a message, and send it.
    return max(_PROMPT_S - a.clock.s, 0) if a.settlement.cut_short else 0


def _bring_up(a):
    yield from modules.use("modem.bringup", "bring_up", a)


def _revive_due(a):
    return a.ladder.next(a)[1] if a.engine.dead and a.situation == situation.DEAD else -1


def _revive(a):
    a.ladder.stir()
    chosen, wait, klass = a.ladder.next(a)
    if wait:
        return  # it answered meanwhile: one pulse more would switch it off
    _take(a, chosen, klass)
    a.ordered = ids.RUNG_NONE
    yield from modules.use("healing.rungs", "revive", a, chosen)


def _sms_due(a):
    return 0 if a.ready and (a.inbox.pending() or a.credit.look) else -1


def _read_sms(a):
    yield from modules.use("credit.sms_read", "read", a)


def _look_due(a):
    return max(a.look_s - a.clock.s, 0) if a.ready else -1


def look(a):
    """Procedure: what the modem and the network say now."""
    network = a.network
    family = a.engine.family
    known = network.sim_read and network.sim == ids.SIM_READY
    if not known:
        yield from network.look_sim()
        yield from _read_card(a)
    if a.situation == situation.SIM_LOST and hasattr(family, "tray_empty"):
        a.tray_empty = yield from family.tray_empty()
    told = yield from network.look(known, family.CONTEXT if a.context_up else b"")
    if known:
        yield from _read_card(a)
    if network.denied() and not (network.reject_cause or network.why_asked):
        network.why_asked = True  # +CEREG=3 is refused by most Cat-1 modules
        network.reject_cause = yield from modules.use(
            "posagent.modems.attach", "why_denied", family
        )
    a.rebooting = False
    if not a.clock.unix_s:
        yield from modules.use("modem.bringup", "read_clock", a)
    # Without its card a module may go on showing the old registration and address.
    if network.registered() and a.situation not in (situation.SIM_LOST, situation.SIM_LOCKED):
        # One line for all may have lost a piece: only its good news needs no second question.
        address = family.context_of(told) if told else None
        for _ in range(1 + a.context_up):  # and an answer of its own lost a byte, too
            if address is None:
                address = yield from family.context_state()
        if address is None:
            a.context_lost()
            if a.renewed and a.cause:
                yield from modules.use("healing.rungs", "bearer", a)
        elif not a.context_up:
            a.context_is_up()
        a.renewed = False
    if network.place_due() and not a.settlement.pending:
        yield from modules.use("network.serving_cell", "look", network, family, a.clock)
    if a.clock.s - a.meter_s >= _METER_S:
        yield from _meter(a)
    comes_back = situation.WELL < a.situation < situation.REFUSED  # without an act of ours
    often_s = _LOOK_TROUBLE_S if comes_back else _LOOK_S
    a.look_s = a.clock.s + (network.doubt.again_s() or often_s)


def _read_card(a):
    network = a.network
    if network.sim in _CARD and not network.sim_read:
        yield from modules.use("modem.bringup", "read_sim", a)


def _meter(a):
    """What went over the air, by purpose; where the module counts, its number too."""
    a.meter_s = a.clock.s
    for kind, part in enumerate((a.settlement, a.path)):
        a.credit.traffic(kind, part.bytes)
        part.bytes = 0
    counts = yield from a.engine.family.usage()
    if counts:
        a.credit.traffic(2, counts[0] + counts[1])


def _send_due(a):
    ms = a.settlement.due() if a.ready and a.context_up else -1
    return -1 if ms < 0 else (ms + 999) // 1000


def _send(a):
    return a.settlement.exchange(a)


def _heal_due(a):
    if not a.ready or not (a.config["heal"] or a.ordered):
        return -1
    chosen, wait, _ = a.ladder.next(a)
    return -1 if chosen == ids.RUNG_NONE else max(wait, 0)


def _heal(a):
    choice = a.ladder.next(a)
    chosen, _, klass = choice
    if chosen <= ids.RUNG_SECOND_HOST:
        if not a.ladder.tried >> chosen & 1:
            _take(a, chosen, klass)
        if a.ordered == ids.RUNG_SECOND_HOST:
            a.path.turn()
        yield from _probe(a)
    else:
        # Right before the radio is touched: is it still so?
        yield from look(a)
        a.assess()
        if choice[1] > 0 or (a.ordered != chosen and a.ladder.next(a) != choice):
            return
        _take(a, chosen, klass)
        resets = chosen == ids.RUNG_MODULE_RESET
        a.acting_s = a.clock.s + (RESET_S if resets else _ACT_S)
        if chosen == ids.RUNG_OTHER_CARD:
            yield from modules.use("healing.card_change", "change", a)
        else:
            yield from modules.use("healing.rungs", "act", a, chosen)
        if not resets:
            a.acting_s = a.clock.s + SETTLE_S
    a.acted(chosen)
    a.look_s = a.clock.s


def _take(a, chosen, klass):
    own = a.ordered == chosen
    assert klass < 0 or not modules.use("healing.budgets", "Book", a.ladder).wait_s(klass, own)
    a.ladder.take(chosen, klass)
    args = {ids.A_RUNG: chosen}
    if a.cause:
        args[ids.A_CAUSE] = a.cause
    a.event(ids.E_RUNG, ids.SEV_INFO, args)


def _probe_due(a):
    if not (a.ready and a.context_up) or a.situation == situation.HOST_DOWN:
        return -1
    wait = a.path.due()
    if wait < 0:
        return wait
    if a.path.fails:  # its own back-off holds
        return max(wait, a.boot_wait_s - a.clock.s)
    wait = _in_turn(a, wait)
    if wait == 0 and a.path.layer() >= ids.LAYER_TCP and _asks(a) == 0:
        return -1  # whoever asks the operator takes this hour's turn
    return wait


def _in_turn(a, wait):
    """Seconds until something automatic may go out while all is well."""
    return max(wait, a.boot_wait_s - a.clock.s, a.ladder.probe_s - a.clock.s)


def _keep_proven(a):
    """The probe that nobody waits for: in busy hours the shop's own messages take its place."""
    if a.path.quiet() and not a.credit.unproven() and a.credit.busy_s():
        a.path.rest(a.credit.busy_s())
    else:
        yield from _probe(a)


def _probe(a):
    well = a.situation != situation.HOST_DOWN and not a.path.fails
    if well:
        modules.call("healing.budgets", "take", a.ladder, ids.RUNG_NONE, PROBE)
    s = a.settlement.probes()
    owed = s.path.unproven or a.credit.unproven()
    if owed and s.config["echo"] and not a.settlement.pending:
        # a connection alone is no proof that the line is back
        yield from modules.use("settlement.proof", "prove", s, a.engine.family)
    else:
        tls = None
        if s.path.proof_due():
            tls = modules.use("settlement.proof", "family", s, a.engine.family)
        yield from s.path.probe(a.engine.family, s.on_event, tls)
    if not a.path.fails:
        if not well:  # the first access of a healthy hour
            modules.call("healing.budgets", "take", a.ladder, ids.RUNG_NONE, PROBE)
        a.settlement.connects()


def _report_due(a):
    """What is urgent goes beside the probes, the rest in the place of one."""
    reporter = a.reporter
    if reporter is None or not (a.ready and a.context_up):
        return -1
    wait = reporter.due()
    if wait < 0:
        return wait
    if reporter.urgent:
        return max(wait, a.boot_wait_s - a.clock.s)
    return _in_turn(a, max(wait, a.path.due()))


def _report(a):
    yield from modules.use("report.publish", "publish", a)


def _asks(a):
    if not a.ready or not a.network.sms_possible():
        return -1
    # A line that is cut is asked about while messages wait; so is a suspicion between attempts.
    settling = a.settlement.pending > 0 and a.context_up
    if settling and a.credit.suspects() and a.settlement.resting(_BETWEEN_S):
        settling = False
    return a.credit.due(settling)


def _ask_due(a):
    wait = _asks(a)
    if wait < 0:
        return wait
    if a.situation == situation.WELL and a.credit.automatic():
        return _in_turn(a, wait)
    return max(wait, a.boot_wait_s - a.clock.s)


def _ask(a):
    a.path.defer()
    if a.situation == situation.WELL and a.credit.automatic():
        modules.call("healing.budgets", "take", a.ladder, ids.RUNG_NONE, PROBE)
    yield from modules.use("credit.query", "ask", a.credit)


_DUTIES = (
    (_bring_up_due, _bring_up),
    (_revive_due, _revive),
    (_sms_due, _read_sms),
    (_look_due, look),
    (_send_due, _send),
    (_heal_due, _heal),
    (_report_due, _report),
    (_probe_due, _keep_proven),
    (_ask_due, _ask),
)
_SET_UP = _DUTIES[2:]  # with a modem that is set up and answers
# What the first step of a duty would load at once.
_LOADS = {
    _bring_up: "modem.bringup",
    _read_sms: "credit.sms_read posproto.at.sms",
    _send: "settlement.connection",
    _report: "report.publish",
    _ask: "credit.query",
}


def _loads(a, make):
    names = _LOADS.get(make)
    if make is _keep_proven:
        s = a.settlement.probes()
        if s.path.unproven or s.path.proof_due() or a.credit.unproven():
            names = "settlement.proof"
    if names and make in (_send, _keep_proven) and a.config["tls"]:
        names += a.modems.tls_of(a.engine.family)
    return names
