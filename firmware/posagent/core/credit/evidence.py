"""Is the line cut for money? What speaks for it, what against, and how sure that is.

Loaded while something is broken and the facts changed. Each piece of evidence has its weight in
percent; what contradicts lowers the sum. An outage explains a dead line better than a bill.
"""

from posproto import const, ids

from .. import situation
from . import forecast

_SURE_MIN = const(45)
_SURE_MAX = const(97)
_LONG_S = const(600)
_FRESH_DAYS = const(3)
_BOOK_DAYS = const(2)
_SMS_S = const(86400)
_FEE_DAYS = const(3)

# Reject causes that speak of the account, by what they say of it; and those of an area, which may
# be the place as well as the contract: a roaming cause at home may mean a bar.
_ACCOUNTS = {
    ids.ACCOUNT_BARRED: 65,
    ids.ACCOUNT_NO_PLAN: 65,
    ids.ACCOUNT_QUOTA: 55,
    ids.ACCOUNT_CANCELLED: 50,
}
_AREAS = {ids.ACCOUNT_NO_PLAN: 20, ids.ACCOUNT_ROAMING: 20}
_PLATFORMS = {
    ids.PLATFORM_QUOTA: ids.V_CREDIT_DATA_USED_UP,
    ids.PLATFORM_ARREARS: ids.V_CREDIT_OVERDUE,
    ids.PLATFORM_EXPIRED: ids.V_CREDIT_PLAN_EXPIRED,
    ids.PLATFORM_BOUND: ids.V_SIM_BOUND,
    ids.PLATFORM_STOPPED: ids.V_CREDIT_SUSPECTED,
    ids.PLATFORM_MANUAL: ids.V_CREDIT_SUSPECTED,
    ids.PLATFORM_CANCELLED: ids.V_CREDIT_SUSPECTED,
}
# How a network refuses a card in a device that it is not bound to, once the operator said so:
# device not accepted (EMM 5), APN unknown or not subscribed (ESM 27, 33).
_BOUND_CAUSES = (ids.CAUSE_EMM << 8 | 5, ids.CAUSE_ESM << 8 | 27, ids.CAUSE_ESM << 8 | 33)
_LINE = ids.SAYS_SUSPENDED | ids.SAYS_ONE_WAY
_TEXTS = (
    ids.EVIDENCE_TEXT_SUSPENDED,
    ids.EVIDENCE_TEXT_RESTRICTED,
    ids.EVIDENCE_TEXT_BOUND,
    ids.EVIDENCE_TEXT_DATA,
    ids.EVIDENCE_TEXT_EXPIRED,
)
_DATA = ids.SAYS_DATA_STOPPED | ids.SAYS_DATA_USED_UP


class _Sum:
    def __init__(self):
        self.evidence = []
        self.percent = 0
        self.text = 0  # of these by texts

    def add(self, evidence, percent):
        self.evidence.append(evidence)
        self.percent += percent
        if evidence in _TEXTS:
            self.text += percent
        return percent


def explain(c, a):
    """(V_*, percent) or None; leaves the evidence in c.evidence. `a` is the agent."""
    if a.situation in (
        situation.DEAD,
        situation.SIM_LOST,
        situation.SIM_LOCKED,
        situation.RADIO_OFF,
    ):
        c.evidence = []
        return None
    total = _Sum()
    network = _network(total, c, a)
    verdict = _account(total, c, a.cause)
    if c.worked_s > c.said_s and c.said:
        total.add(ids.EVIDENCE_WORKED_SINCE, -20)
    c.evidence = total.evidence
    if total.percent < _SURE_MIN or _text_alone(total, c, a, network):
        return None
    if verdict == ids.V_CREDIT_OVERDUE and network >= _SURE_MIN and not c.confirmed:
        c.confirmed = True
        c.foresee()
    assert verdict and total.evidence
    return verdict, min(total.percent, _SURE_MAX)


def _text_alone(total, c, a, network):
    """Does nothing but a text say it, which nobody asked for? It may be about another line, and
    the fault at hand about neither.
    """
    refused = a.situation in (situation.DENIED, situation.REFUSED) or (
        a.situation == situation.NO_CONTEXT and a.context_failures
    )
    ended = a.situation == situation.UNREGISTERED and a.network.detached  # by the network's order
    if c.answered or network > 0 or ended or (refused and not network):
        return False
    return c.said and total.percent - total.text < _SURE_MIN


def _network(total, c, a):
    """What the modem sees; returns its percent."""
    before = total.percent
    net = a.network
    age_s = a.ladder.trouble_age_s()
    judged = c.judged(a.cause)
    again = a.context_failures > 2 and age_s > _LONG_S
    if judged is not None:
        blames = judged[2]
        if judged[0] == ids.CLASS_TEMPORARY and not again:
            blames = 0  # ESM 36 ends a session every day; only its return speaks of a quota
        percent = (_AREAS if judged[0] == ids.CLASS_AREA else _ACCOUNTS).get(blames, 0)
        if percent:
            total.add(ids.EVIDENCE_CAUSE_ACCOUNT, percent)
        if a.cause == ids.CAUSE_ESM << 8 | 29:
            total.add(ids.EVIDENCE_CAUSE_ACCOUNT, 45)
        if judged[0] == ids.CLASS_TEMPORARY and not blames:
            total.add(ids.EVIDENCE_CAUSE_TEMPORARY, -40)
    elif a.situation == situation.NO_CONTEXT and again:
        total.add(ids.EVIDENCE_REFUSED_SILENTLY, 15)
    if a.situation == situation.DENIED:
        if judged is None:
            total.add(ids.EVIDENCE_REFUSED_SILENTLY, 20)
    elif a.situation == situation.UNREGISTERED:
        if net.no_signal():
            total.add(ids.EVIDENCE_OUTAGE, -60)
        elif age_s > _LONG_S and judged is None:
            total.add(ids.EVIDENCE_REFUSED_SILENTLY, 10)
        elif judged is None:
            total.add(ids.EVIDENCE_OUTAGE, -20)
    elif a.situation == situation.HOST_DOWN:
        if a.path.verdict() == ids.V_CAPTIVE:
            total.add(ids.EVIDENCE_CAPTIVE, 45)
        elif (
            a.path.verdict() in (ids.V_DNS, ids.V_NO_DATA)
            or a.path.fails > 2 * len(a.path.hosts()) > 2
        ):
            total.add(ids.EVIDENCE_NO_TRAFFIC, 15)
    if c.clock.s - c.sms_refused_s < _SMS_S:
        total.add(ids.EVIDENCE_SMS_REFUSED, 20)
    if a.settlement.verdict() == ids.V_TERMINAL_DEACTIVATED:
        total.add(ids.EVIDENCE_GATEWAY, 25)
    return total.percent - before


def _account(total, c, cause):
    """What is known of the account; returns the verdict that it would be."""
    said = c.said
    today = c.today()
    plan = c.plan
    state = plan.get(ids.PLAN_STATE, 0)
    if state in _PLATFORMS:
        total.add(ids.EVIDENCE_PLATFORM_STOPPED, 90)
        return _PLATFORMS[state]
    if state == ids.PLATFORM_ACTIVE:
        total.add(ids.EVIDENCE_PLATFORM_ACTIVE, -30)
    if said & ids.SAYS_RESTRICTED:
        total.add(ids.EVIDENCE_TEXT_RESTRICTED, 80)
        return ids.V_CREDIT_RESTRICTED
    if said & ids.SAYS_BOUND:
        total.add(ids.EVIDENCE_TEXT_BOUND, 70 if cause in _BOUND_CAUSES else 55)
        return ids.V_SIM_BOUND
    money = _money(total, c, today)
    data = total.add(ids.EVIDENCE_TEXT_DATA, 55) if said & _DATA else 0
    ended = total.add(ids.EVIDENCE_TEXT_EXPIRED, 50) if said & ids.SAYS_EXPIRED else 0
    end_day = plan.get(ids.PLAN_END_DAY, 0) or c.valid_day
    if end_day and today > end_day:
        ended += total.add(ids.EVIDENCE_PLAN_OVER, 50)
    if today:
        used, quota, _ = forecast.quota(c, today)
        if quota and used * 100 >= quota * 85:
            data += total.add(ids.EVIDENCE_QUOTA_USED, 45)
        elif c.cut_s is not None and c.cut_verdict == ids.V_CREDIT_DATA_USED_UP:
            data += total.add(ids.EVIDENCE_QUOTA_USED, 30)  # until the new period reached the line
    if data and data >= money and data >= ended:
        return ids.V_CREDIT_DATA_USED_UP
    if ended and ended >= money:
        return ids.V_CREDIT_PLAN_EXPIRED
    if said & _LINE:
        return ids.V_CREDIT_OVERDUE
    if c.estimate_minor is not None and c.estimate_minor <= 0:
        return ids.V_CREDIT_EXHAUSTED
    return ids.V_CREDIT_SUSPECTED


def _money(total, c, today):
    before = total.percent
    if c.said & _LINE:
        total.add(ids.EVIDENCE_TEXT_SUSPENDED, 55)
    minor = c.estimate_minor
    age = today - c.history[-2] if c.history and today else 0
    if minor is not None and minor <= 0:
        total.add(ids.EVIDENCE_BALANCE_EMPTY, 45 if age <= _FRESH_DAYS else 20)
    elif c.state == ids.CREDIT_LOW:
        total.add(ids.EVIDENCE_BALANCE_LOW, 15)
    elif minor is not None and not c.said & _LINE and age <= _BOOK_DAYS:
        total.add(ids.EVIDENCE_BALANCE_GOOD, -15)
    dom = forecast.fee(c)[0]
    if dom and today and forecast.falls(dom, today - _FEE_DAYS, today):
        total.add(ids.EVIDENCE_FEE_DAY, 5 if minor is None else 10 if minor < 1000 else 0)
    return total.percent - before
