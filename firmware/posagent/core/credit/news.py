"""What a text or a platform means for the account. Loaded when one speaks."""

from posproto import const, ids

from . import reasons

_STATES = (
    ids.SAYS_SUSPENDED
    | ids.SAYS_ONE_WAY
    | ids.SAYS_DATA_STOPPED
    | ids.SAYS_DATA_USED_UP
    | ids.SAYS_EXPIRED
    | ids.SAYS_RESTRICTED
    | ids.SAYS_BOUND
)
_STALE_S = const(86400)  # a number of yesterday
_SKEW_S = const(600)  # between the message centre's clock and ours
_OLD_S = const(259200)  # a state told three days ago is no news
_CHECK_S = const(90)  # after a top-up the operator's books take a moment
_ANSWER_S = const(900)  # a text so soon after a query is its answer, if a strange one
_WAIT_S = const(300)


def apply(c, r, masked: str, age_s: int) -> bool:
    """Take over what the Reading `r` says. True when it has the number that was asked for."""
    assert age_s >= 0
    then = c.clock.unix_s - age_s
    told = min(c.balance_unix_s, c.clock.unix_s)  # a calendar that was wrong may say later
    if age_s > _STALE_S or 0 < then < told - _SKEW_S:
        # A text that waited in the store while the agent was off, or for its other parts.
        if r.balance_minor is not None:
            c.ask_soon(reasons.SUSPICION, _CHECK_S)
        r.balance_minor = r.left_kb = None
    if r.valid_day and r.valid_day > c.today():
        c.valid_day = r.valid_day
    if r.fee_dom:
        assert 1 <= r.fee_dom <= 28
        c.fee_dom = r.fee_dom
    if r.left_kb is not None:
        c.left_kb = r.left_kb
    _said(c, r, masked, age_s)
    if r.balance_minor is not None:
        _balance(c, r, age_s)
    elif r.left_kb is None:
        if c.asked_s is not None and r.says & ids.SAYS_WAIT:
            c.answer_s = c.clock.s - c.asked_s + _WAIT_S
        elif c.clock.s - c.ask_s < _ANSWER_S and not r.says & ~ids.SAYS_NO_NUMBER:
            c.unread = masked
        return False
    c.asked_s = None
    c.reply = ""
    c.fails = c.mute = 0
    c.unread = ""
    c.look = False
    return True


def _balance(c, r, age_s):
    now = c.clock.unix_s
    c.balance_minor, c.currency = r.balance_minor, r.currency
    c.balance_up_s = c.clock.s - age_s
    c.balance_unix_s = now - age_s if now else 0
    args = {ids.A_BALANCE_MINOR: r.balance_minor, ids.A_CURRENCY: r.currency}
    c.on_event(ids.E_BALANCE, ids.SEV_INFO, args)
    if r.balance_minor > 0 and not r.says & _STATES:
        c.said &= ~(ids.SAYS_SUSPENDED | ids.SAYS_ONE_WAY | ids.SAYS_LOW)


def _said(c, r, masked, age_s):
    if age_s > _OLD_S:
        return
    if r.says & (ids.SAYS_RESTORED | ids.SAYS_TOPPED_UP):
        paid = r.says & ids.SAYS_TOPPED_UP
        event = ids.E_TOPUP_SEEN if paid else ids.E_RESTORED_SEEN
        c.on_event(event, ids.SEV_INFO, {ids.A_TEXT: masked})
        c.said = 0
        c.hint = True
        c.advice = bool(r.says & ids.SAYS_RESTART)
        if r.balance_minor is None:
            c.ask_soon(reasons.TOP_UP, _CHECK_S)
        return
    told = r.says & (_STATES | ids.SAYS_LOW)
    if told:
        c.said = told
        c.answered = c.asked_s is not None
        c.said_s = c.clock.s - age_s
        c.said_unix_s = c.clock.unix_s - age_s if c.clock.unix_s else 0
        if told & _STATES and r.balance_minor is None:
            c.ask_soon(reasons.SUSPICION, _CHECK_S)


_TEXTS = (ids.PLAN_RESELLER, ids.PLAN_CURRENCY)
_DOMS = (ids.PLAN_RESET_DOM, ids.PLAN_FEE_DOM)
_TEXT_MAX = const(40)


def plan(c, values: dict):
    """Take plan data in, all or nothing; returns what is wrong or None. -1 or "" removes."""
    for key in values:
        value = values[key]
        if not isinstance(key, int) or not 0 <= key <= ids.PLAN_CURRENCY:
            return "key"
        if key in _TEXTS:
            if not isinstance(value, str) or len(value) > _TEXT_MAX:
                return "text %d" % key
        elif isinstance(value, bool) or not isinstance(value, int):
            return "type %d" % key
        elif (value < -1 and key != ids.PLAN_BALANCE_MINOR) or (key in _DOMS and value > 28):
            return "range %d" % key
    for key in values:
        value = values[key]
        if value == "" or (value == -1 and key != ids.PLAN_BALANCE_MINOR):
            c.plan.pop(key, None)
        else:
            c.plan[key] = value
    if ids.PLAN_STATE in values and values[ids.PLAN_STATE] == ids.PLATFORM_ACTIVE:
        c.said = 0
        c.hint = True
    minor = c.plan.pop(ids.PLAN_BALANCE_MINOR, None)
    if minor is not None:
        c.balance_minor = minor
        c.currency = c.plan.get(ids.PLAN_CURRENCY, c.currency)
        c.balance_up_s = c.clock.s
        c.balance_unix_s = c.clock.unix_s
    return None
