"""State -> verdict, by table; no prose.

Rows stand in the order in which one fault explains another: a dead modem explains a lost
registration, which explains an unreachable host, which explains a message that waits. The first
row that holds is the verdict, the next one that holds for another reason is shown beside it.
"""

from posproto import ids

from . import healing

_SEVERITY = {
    ids.V_UNKNOWN: ids.SEV_WARNING,
    ids.V_ALL_CLEAR: ids.SEV_OK,
    ids.V_STARTING: ids.SEV_INFO,
    ids.V_CREDIT_LOW: ids.SEV_WARNING,
    ids.V_CREDIT_PLAN_EXPIRING: ids.SEV_WARNING,
    ids.V_CREDIT_NO_WAY_TO_ASK: ids.SEV_INFO,
    ids.V_CREDIT_UNREADABLE: ids.SEV_INFO,
    ids.V_CREDIT_RESTORED: ids.SEV_INFO,
    ids.V_CREDIT_FEE_DUE: ids.SEV_INFO,
    ids.V_SEARCHING: ids.SEV_WARNING,
    ids.V_SLOW_RAT: ids.SEV_INFO,
    ids.V_WEAK_SIGNAL: ids.SEV_WARNING,
    ids.V_CONGESTION: ids.SEV_WARNING,
    ids.V_HOST_LATE: ids.SEV_WARNING,
    ids.V_SETTLEMENT_PENDING: ids.SEV_INFO,
    ids.V_SETTLEMENT_LATE: ids.SEV_WARNING,
    ids.V_NOT_SETTLED: ids.SEV_WARNING,
    ids.V_SETTLEMENT_UNBALANCED: ids.SEV_WARNING,
    ids.V_MODEM_REBOOTING: ids.SEV_WARNING,
    ids.V_CONFIG_REFUSED: ids.SEV_WARNING,
    ids.V_HOST_MAINTENANCE: ids.SEV_WARNING,
    ids.V_SIM_SWAPPED: ids.SEV_INFO,
}


def severity(verdict):
    """SEV_* of a verdict; what the table does not name is an error."""
    return _SEVERITY.get(verdict, ids.SEV_ERROR)


class Finding:
    """What one row found: verdict, percent of confidence, cause behind it."""

    def __init__(self, verdict, confidence=100, cause=0):
        self.verdict = verdict
        self.confidence = confidence
        self.cause = cause


_SIM_VERDICT = {
    ids.SIM_ABSENT: ids.V_SIM_ABSENT,
    ids.SIM_PIN: ids.V_SIM_PIN,
    ids.SIM_PUK: ids.V_SIM_PUK,
    ids.SIM_FAILED: ids.V_SIM_FAILED,
    ids.SIM_BOUND: ids.V_SIM_BOUND,
    ids.SIM_BLOCKED: ids.V_SIM_BLOCKED,
}

# Activation causes that name the address of the fault themselves (TS 24.301 cl. 9.9.4.4).
_ESM_APN = (27, 28)
_ESM_BUSY = (26,)


def _modem(a):
    if a.safe_mode:
        return Finding(ids.V_SAFE_MODE)
    if a.engine.dead:
        return Finding(ids.V_MODEM_DEAD)
    if a.rebooting:
        return Finding(ids.V_MODEM_REBOOTING)
    return None


def _sim(a):
    if a.pin_refused:
        return Finding(ids.V_SIM_PIN_REFUSED)
    verdict = _SIM_VERDICT.get(a.network.sim)
    return None if verdict is None else Finding(verdict)


def _starting(a):
    return Finding(ids.V_STARTING) if not a.ready or not a.network.looked else None


def _credit_cut(a):
    """Said or inferred: cut because of money. Only while something is in fact broken."""
    if a.situation == healing.WELL:
        return None
    found = a.credit.explain(a)
    return None if found is None else Finding(found[0], found[1], a.cause)


def _network(a):
    net = a.network
    situation = a.situation
    if situation == healing.RADIO_OFF:
        return Finding(ids.V_RADIO_OFF)
    if situation == healing.DENIED:
        if not net.roaming_allowed():
            return Finding(ids.V_ROAMING_NOT_ALLOWED, 100, a.cause)
        return Finding(ids.V_DENIED, 90 if a.cause else 70, a.cause)
    if situation == healing.UNREGISTERED:
        if net.emergency_only():
            return Finding(ids.V_EMERGENCY_ONLY)
        if net.sms_only():
            return Finding(ids.V_SMS_ONLY)
        if not net.roaming_allowed():
            return Finding(ids.V_ROAMING_NOT_ALLOWED)
        if net.no_signal():
            return Finding(ids.V_NO_SIGNAL, 90)
        return Finding(ids.V_DETACHED if net.detached else ids.V_SEARCHING, 80, a.cause)
    return None


def _context(a):
    if a.situation not in (healing.REFUSED, healing.NO_CONTEXT):
        return None
    domain, number = a.cause >> 8, a.cause & 255
    if domain == ids.CAUSE_ESM and number in _ESM_APN:
        return Finding(ids.V_WRONG_APN, 90, a.cause)
    if domain == ids.CAUSE_ESM and number in _ESM_BUSY:
        return Finding(ids.V_CONGESTION, 70, a.cause)
    return Finding(ids.V_NO_DATA, 80, a.cause) if a.context_failures else None


def _host(a):
    if a.situation != healing.HOST_DOWN:
        return None
    return Finding(a.path.verdict(), 80, a.cause)


def _settlement(a):
    verdict = a.settlement.verdict()
    return Finding(verdict) if verdict else None


def _credit_warning(a):
    verdict = a.credit.warning()
    return Finding(verdict) if verdict else None


def _quality(a):
    if a.config_refused:
        return Finding(ids.V_CONFIG_REFUSED)
    if a.network.weak and a.situation == healing.WELL:
        return Finding(ids.V_WEAK_SIGNAL, 80)
    if a.network.slow_rat() and a.situation == healing.WELL:
        return Finding(ids.V_SLOW_RAT, 90)
    return None


def _well(a):
    if a.situation == healing.WELL and a.layer >= ids.LAYER_CONTEXT:
        return Finding(ids.V_ALL_CLEAR, 100 if a.layer >= ids.LAYER_TCP else 70)
    return None


_ROWS = (
    _modem,
    _sim,
    _starting,
    _credit_cut,
    _network,
    _context,
    _host,
    _settlement,
    _credit_warning,
    _quality,
    _well,
)


def judge(a):
    """(first Finding, second verdict or None) of the agent's state `a`; "unknown" is an honest
    answer.
    """
    first = None
    for row in _ROWS:
        found = row(a)
        if found is None:
            continue
        if first is None:
            first = found
        elif found.verdict not in (ids.V_ALL_CLEAR, first.verdict):
            return first, found.verdict
    if first is None:
        starting = a.clock.s < 60
        first = Finding(ids.V_STARTING if starting else ids.V_UNKNOWN, 100 if starting else 0)
    return first, None
