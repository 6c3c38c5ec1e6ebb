"""State -> verdict, in one order; no prose.

findings() yields what holds in the order in which one fault explains another: a dead modem
explains a lost registration, which explains an unreachable host, which explains a message that
waits. The first is the verdict, the next one of another name is shown beside it.
"""

from posproto import const, ids
from posproto.verdicts import severity_of, takes_second_place

from . import situation

_SIM = {
    ids.SIM_ABSENT: ids.V_SIM_ABSENT,
    ids.SIM_PIN: ids.V_SIM_PIN,
    ids.SIM_PUK: ids.V_SIM_PUK,
    ids.SIM_FAILED: ids.V_SIM_FAILED,
    ids.SIM_BOUND: ids.V_SIM_BOUND,
    ids.SIM_BLOCKED: ids.V_SIM_BLOCKED,
}
_STARTING_S = const(60)
_SWAPPED_S = const(3600)
_SILENT_S = const(4)  # with a look every 25 s: said within half a minute
_SETUP_S = const(300)  # a modem that answers is set up long before

# What an act of healing shows in passing, beside the state of the card: not the fault.
_PASSING = (
    ids.V_SEARCHING,
    ids.V_DETACHED,
    ids.V_RADIO_OFF,
    ids.V_CONNECTING,
    ids.V_STARTING,
    ids.V_MODEM_REBOOTING,
)


def _findings(a):
    """(verdict, percent of confidence) in the order of explanation, of the agent `a`."""
    net = a.network
    plight = a.situation
    known = a.ready and net.looked  # what is known of SIM card and network holds
    well = known and plight == situation.WELL
    if a.engine.dead:
        yield ids.V_MODEM_DEAD, 100
    elif known and _silent(a):
        yield ids.V_MODEM_DEAD, 60
    elif a.rebooting and a.clock.s >= _STARTING_S:
        yield ids.V_MODEM_REBOOTING, 100
    elif not known and a.ladder.trouble_age_s() < _SETUP_S:
        yield ids.V_STARTING, 100
    if a.pin_refused and net.sim == ids.SIM_PIN:
        yield ids.V_SIM_PIN_REFUSED, 100
    if known:
        if net.sim in _SIM:
            yield _SIM[net.sim], 100
        if plight == situation.SIM_LOST and net.sim == ids.SIM_BUSY:
            yield ids.V_SIM_FAILED, 60
        if not well:
            # Cut because of money, said or inferred: only while something is in fact broken.
            found = a.credit.explain(a)
            if found is not None:
                yield found
            yield from _network(a, net, plight)
        else:
            trouble = a.path.trouble()
            if trouble:
                yield trouble
    verdict = a.settlement.verdict()
    if verdict:
        yield verdict, 100
    verdict = a.credit.warning()
    if verdict:
        yield verdict, 100
    if a.config_refused:
        yield ids.V_CONFIG_REFUSED, 100
    if well:
        if net.weak:
            yield ids.V_WEAK_SIGNAL, 80
        if net.slow_rat():
            yield ids.V_SLOW_RAT, 90
        if a.layer >= ids.LAYER_CONTEXT:
            yield ids.V_ALL_CLEAR, 100 if a.layer >= ids.LAYER_TCP else 70
        remark = a.credit.remark()
        if remark:
            yield remark, 100
        if a.swapped_s is not None and a.clock.s - a.swapped_s < _SWAPPED_S:
            yield ids.V_SIM_SWAPPED, 100


def _silent(a):
    """The modem owes an answer: said long before it counts as dead, which costs it a reset."""
    if a.rebooting or a.clock.s < a.acting_s:
        return False
    return a.engine.silent_s() >= _SILENT_S


def _network(a, net, plight):
    """_findings() of what is broken between radio and acquirer, the lowest broken layer only:
    after `+CEREG: 3` with cause 6 (illegal ME) V_SIM_BOUND, then V_DENIED; with cause 8 V_DENIED
    alone.
    """
    cause = a.cause
    if plight == situation.RADIO_OFF:
        yield ids.V_RADIO_OFF, 100
    elif plight == situation.ABROAD:
        yield ids.V_ROAMING_NOT_ALLOWED, 100
    elif plight in (situation.DENIED, situation.UNREGISTERED):
        if plight == situation.DENIED:
            # IMEI not accepted, illegal ME: the device, not the bill.
            if 0 < cause >> 8 < ids.CAUSE_ESM and cause & 255 in (5, 6):
                yield ids.V_SIM_BOUND, 80
            yield ids.V_DENIED, 90 if cause else 70
        elif net.emergency_only():
            yield ids.V_EMERGENCY_ONLY, 100
        elif net.sms_only():
            yield ids.V_SMS_ONLY, 100
        elif a.clock.s < _STARTING_S:
            yield ids.V_STARTING, 100
        elif net.no_signal():
            yield ids.V_NO_SIGNAL, 90
        elif net.sim in (ids.SIM_READY, ids.SIM_BUSY) and not net.unclear():
            yield ids.V_DETACHED if net.detached else ids.V_SEARCHING, 80
    elif plight in (situation.REFUSED, situation.NO_CONTEXT):
        # Causes that name the address of the fault themselves (TS 24.301 cl. 9.9.4.4).
        if cause in (ids.CAUSE_ESM << 8 | 27, ids.CAUSE_ESM << 8 | 28):
            yield ids.V_WRONG_APN, 90
        elif cause == ids.CAUSE_ESM << 8 | 26:
            yield ids.V_CONGESTION, 70
        elif a.context_failures:
            yield ids.V_NO_DATA, 80 if cause else 60
        elif a.clock.s < _STARTING_S:
            yield ids.V_STARTING, 100
        elif a.clock.s - max(a.layer_s, a.spread_s) < _SETUP_S:  # its turn may come late
            yield ids.V_CONNECTING, 80
    elif plight == situation.HOST_DOWN and a.path.verdict():
        yield a.path.verdict(), a.path.sure()


def _replaces(a, first):
    """Is this more than what an act of healing shows in passing?"""
    if a.ready and a.network.looked and a.situation == situation.WELL:
        return True
    if first is None or first in _PASSING:
        return False
    kind = first // 100
    if kind == 1:
        return severity_of(first) >= ids.SEV_ERROR  # cut for money: no mere warning
    return 3 <= kind <= 4 or first == ids.V_MODEM_DEAD


def judge(a):
    """(verdict, confidence, second verdict or None); "unknown" is an honest answer."""
    first = confidence = second = None
    for verdict, sure in _findings(a):
        if first is None:
            first, confidence = verdict, sure
        elif verdict != ids.V_ALL_CLEAR and takes_second_place(first, verdict):
            second = verdict
            break
    # While a rung acts, or the module tries again by itself, its fault stays named: not what is
    # unknown meanwhile, nor what stands beside it.
    stays = a.clock.s < a.acting_s and 100 < a.verdict < 500 and a.verdict not in _PASSING
    if stays and not _replaces(a, first):
        if first and first not in _PASSING and first // 100 != 2:
            second = first
        return a.verdict, a.confidence, None if second == a.verdict else second
    if first is None:
        return ids.V_UNKNOWN, 0, None
    if second and first not in _PASSING and severity_of(first) < 2 <= severity_of(second):
        first, confidence, second = second, 100, first  # what wants a hand stands first
    assert first != second and 0 < confidence <= 100
    return first, confidence, second


def args(a, old: int):
    """Arguments of the event that the verdict is another one than `old`."""
    found = {ids.A_VERDICT: a.verdict, ids.A_PREVIOUS: old, ids.A_CONFIDENCE: a.confidence}
    if a.cause:
        found[ids.A_CAUSE] = a.cause
    if a.two_cards:
        found[ids.A_CARD] = a.slot + 1
    number = a.settlement.about(a.verdict)
    if number:
        found[ids.A_ACQUIRER] = number
    if a.verdict // 100 == 1 and a.credit.evidence:
        found[ids.A_EVIDENCE] = a.credit.evidence
    return found
