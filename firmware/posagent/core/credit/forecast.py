"""Balance, plan and quota against the calendar: what is left, until when, and what to warn of.

Loaded once a day and after news. Everything is counted in whole days and minor units.
"""

from posproto import const, ids

from .calendar import date_of

_PAIRS_MAX = const(32)  # balances kept, one a day
_WINDOW_DAYS = const(21)  # the present pace
_FAR_DAYS = const(60)  # farther is not foreseen
_JUMP = const(5)  # a debit so many times the usual is a fee or a mistake, not use
_FRESH_DAYS = const(1)
_DOM_MAX = const(28)  # a day of every month, and the shortest month
_SAME = const(50)  # equal within 2 %
_FEW_DAYS = const(3)  # too few to tell a pace from
_CALM_DAYS = const(2)  # an alert ends when its limit is passed by so much: no flicker

_DATA_STATES = ids.SAYS_DATA_STOPPED | ids.SAYS_DATA_USED_UP
_CUTS = ids.SAYS_SUSPENDED | ids.SAYS_ONE_WAY | ids.SAYS_DATA_STOPPED | ids.SAYS_EXPIRED


def foresee(c, minor: int | None) -> None:
    """Today against the calendar; `minor` is a balance of now, or None."""
    if minor is not None:
        add(c, minor)
    evaluate(c)


def add(c, minor: int | None) -> None:
    """A balance of today; replaces an earlier one of the same day."""
    today = c.today()
    if not today:
        return
    h = c.history
    if len(h) > 1 and h[-2] >= today:
        h[-1] = minor
        return
    if len(h) > 1:
        _learn(c, h[-2], h[-1], today, minor)
    h.append(today)
    h.append(minor)
    while len(h) > 2 * _PAIRS_MAX:
        del h[:2]
    assert h[-2] == today and len(h) % 2 == 0 <= 2 * _PAIRS_MAX - len(h)  # pairs, newest last


def _learn(c, day_a, minor_a, day_b, minor_b):
    """Was the debit between two balances a monthly fee? Once is enough to expect the next one.

    What comes back in full was a wrong debit; what does not come again a month later was one too.
    """
    usual = _rate(c)[0] * (day_b - day_a) // 1000
    extra = minor_a - minor_b - usual
    dom = c.plan.get(ids.PLAN_FEE_DOM, 0) or c.fee_dom
    if extra > max(usual * _JUMP, minor_a // 20):
        if falls(1, day_a, day_b) and not falls(dom, day_a, day_b):
            dom = 1  # as operators take theirs
        elif not falls(dom, day_a, day_b):
            if ids.PLAN_FEE_DOM in c.plan:
                return
            dom = min(date_of(day_a + 1)[2], _DOM_MAX)
        c.fee_dom, c.fee_minor, c.jump_day = dom, extra, day_b
    elif c.fee_minor:
        back = abs(c.fee_minor + extra) * _SAME < c.fee_minor and day_b - c.jump_day < _DOM_MAX
        if back or (falls(dom, day_a, day_b) and day_b - c.jump_day >= _DOM_MAX):
            c.fee_minor = 0
            c.fee_dom = 1 if dom == 1 else 0


def falls(dom: int, day_a: int, day_b: int) -> bool:
    """Does a day of the month `dom` lie behind day_a, up to day_b?"""
    for day in range(day_a + 1, day_b + 1):  # noqa: SIM110
        if dom and date_of(day)[2] == dom:
            return True
    return False


def fee(c):
    """(day of the month, minor units) of the monthly fee, told or learned; (0, 0) for none."""
    plan = c.plan
    dom = plan.get(ids.PLAN_FEE_DOM, 0) or c.fee_dom
    return (dom, plan.get(ids.PLAN_FEE_MINOR, 0) or c.fee_minor) if dom else (0, 0)


def _rate(c):
    """(thousandths of a minor unit used a day, days seen), without fees, jumps and top-ups."""
    h = c.history
    dom, minus = fee(c)
    drops = []
    for i in range(0, len(h) - 2, 2):
        length = h[i + 2] - h[i]
        drop = h[i + 1] - h[i + 3]
        assert length > 0
        if minus and falls(dom, h[i], h[i + 2]):
            drop = max(drop - minus, 0)
        if drop >= 0 and h[i + 2] > h[-2] - _WINDOW_DAYS:
            drops.append((drop * 1000 // length, length))
    if not drops:
        return 0, 0
    drops.sort()
    usual = drops[len(drops) // 2][0]
    total = days = 0
    for rate, length in drops:
        if len(drops) < 3 or rate <= usual * _JUMP + 1000:
            total += rate * length
            days += length
    return (total // days if days else usual), days


def pace(c):
    """Thousandths of a minor unit a day; None where two days were not seen yet."""
    rate, seen = _rate(c)
    return rate if seen > 1 else None


def _days_left(c, today):
    """(estimated balance now, days until it is empty or None, does a fee empty it)."""
    minor = c.balance_minor
    if minor is None or not today:
        return minor, None, False
    rate = pace(c) or 0
    dom, minus = fee(c)
    then = c.history[-2] if c.history else today
    left = minor * 1000
    estimate = None
    day = then
    while day < today + _FAR_DAYS:
        if day == today:
            estimate = left // 1000
        if left <= 0 and day >= today:
            return estimate, day - today, False
        day += 1
        left -= rate
        if minus and date_of(day)[2] == dom:
            left -= minus * 1000
            if left < 0 and day >= today:
                return minor if estimate is None else estimate, day - today, True
    return estimate, None, False


def _ahead(c, today):
    """What a wrong calendar dated, and lies ahead of the right one, was told by now at the latest:
    else no answer would count as newer, and no query be due, until then.
    """
    now = c.clock.unix_s
    c.balance_unix_s = min(c.balance_unix_s, now)
    c.said_unix_s = min(c.said_unix_s, now)
    c.ask_unix_s = min(c.ask_unix_s, now)
    c.count_day = min(c.count_day, today)
    c.jump_day = min(c.jump_day, today)
    h = c.history
    if h and h[-2] > today:
        minor = h[-1]
        while h and h[-2] >= today:
            del h[-2:]
        h += [today, minor]
    assert not h or h[-2] <= today


def _roll(c, today):
    """A new period of the plan: the counts begin anew."""
    dom = c.plan.get(ids.PLAN_RESET_DOM, 1) or 1
    assert 1 <= dom <= _DOM_MAX  # each month has it
    year, month, _ = date_of(today - dom + 1)
    period = year * 12 + month
    if period != c.period:
        if c.period:
            c.traffic_before = c.traffic_bytes
            c.traffic_bytes = [0, 0, 0]
            c.left_kb = None
            c.said &= ~_DATA_STATES
            c.plan.pop(ids.PLAN_USED_KB, None)
        c.period = period
        c.count_day = today


def _bytes(counts):
    """What the module counted, or what went out by our own count where that is more."""
    return max(counts[2], counts[0] + counts[1])


def quota(c, today: int):
    """(KB used in this period, quota or None, days until it is used up or None)."""
    own = _bytes(c.traffic_bytes) // 1024
    assert own >= 0
    used = max(own, c.plan.get(ids.PLAN_USED_KB, 0))
    limit = c.plan.get(ids.PLAN_QUOTA_KB)
    if c.left_kb is not None:
        limit = max(limit or 0, used + c.left_kb)
        used = max(used, limit - c.left_kb)
    if not limit:
        return used, None, None
    if used >= limit:
        return used, limit, 0
    dom = c.plan.get(ids.PLAN_RESET_DOM, 1) or 1
    into = date_of(today - dom + 1)[2]
    seen = max(today - c.count_day, 0) + 1  # evaluate() has yet to hear of a day that comes again
    a_day = own // seen
    if seen <= _FEW_DAYS and used * 2 < limit:
        a_day = _bytes(c.traffic_before) // 30720
    left = (limit - used) // a_day if a_day else _FAR_DAYS
    return used, limit, left if left < 31 - into else None


_LOW = const(1)
_PLAN = const(2)
_FEE = const(4)
_DATA = const(8)


def evaluate(c) -> None:
    """Look at today: state, days left, alerts; events for what is new, once each."""
    config = c.config
    today = c.today()
    c.day = today
    if today:
        _ahead(c, today)
        _roll(c, today)
    c.estimate_minor, c.days_left, by_fee = _days_left(c, today)
    if c.history and today - c.history[-2] <= _FRESH_DAYS:
        c.estimate_minor = c.balance_minor  # what the operator said yesterday is better
    warn_days = config["balance_warn_days"]
    limit = config["balance_low_minor"]
    low = c.estimate_minor is not None and c.estimate_minor < limit
    _state(c, low or bool(c.said & ids.SAYS_LOW))
    soon = warn_days + (_CALM_DAYS if c.alerts & _LOW else 0)
    empty = c.days_left is not None and c.days_left <= soon
    _alert(c, _LOW, low or empty or bool(c.said & ids.SAYS_LOW), ids.V_CREDIT_LOW, c.days_left)
    fee_day = _fee_day(c, today)
    near = fee_day is not None and fee_day <= warn_days
    _alert(c, _FEE, near or (empty and by_fee), ids.V_CREDIT_FEE_DUE, fee_day)
    end_day = c.plan.get(ids.PLAN_END_DAY, 0) or c.valid_day
    left = end_day - today if end_day and today else None
    near = left is not None and left <= config["plan_warn_days"]
    _alert(c, _PLAN, near, ids.V_CREDIT_PLAN_EXPIRING, left)
    left = None
    near = False
    if today:
        used, limit, left = quota(c, today)
        full = bool(limit) and used * 100 >= limit * config["quota_warn_percent"]
        near = full or (left is not None and left <= warn_days)
    _alert(c, _DATA, near, ids.V_CREDIT_DATA_LOW, left)
    _warn(c)


def _fee_day(c, today):
    day = c.plan.get(ids.PLAN_FEE_DAY, 0)
    return day - today if day and today and day >= today else None


def _alert(c, bit, holds, verdict, left):
    if not holds:
        c.alerts &= ~bit
    elif not c.alerts & bit:
        c.alerts |= bit
        args = {ids.A_VERDICT: verdict}
        if left is not None:
            args[ids.A_COUNT] = max(left, 0)
        c.on_event(ids.E_CREDIT_ALERT, ids.SEV_WARNING, args)


def _state(c, low):
    """The account's state, the first that holds: restricted; suspended, by the platform or by a
    text that was confirmed; suspected, by a text alone; exhausted, by the operator's own number;
    low; good, or unknown without a balance. An event where it changed.
    """
    said = c.said
    platform = c.plan.get(ids.PLAN_STATE, 0)
    if said & ids.SAYS_RESTRICTED:
        state = ids.CREDIT_RESTRICTED
    elif platform > ids.PLATFORM_INACTIVE or (said & _CUTS and c.confirmed):
        state = ids.CREDIT_SUSPENDED
    elif said & (_CUTS | ids.SAYS_DATA_USED_UP | ids.SAYS_BOUND):
        state = ids.CREDIT_SUSPECTED
    elif c.balance_minor is not None and c.balance_minor <= 0:
        state = ids.CREDIT_EXHAUSTED  # the operator's own number; an estimate only warns
    elif low:
        state = ids.CREDIT_LOW
    else:
        state = ids.CREDIT_UNKNOWN if c.balance_minor is None else ids.CREDIT_GOOD
    if state != c.state:
        c.state = state
        severity = ids.SEV_INFO
        if state == ids.CREDIT_LOW:
            severity = ids.SEV_WARNING
        elif state > ids.CREDIT_LOW:
            severity = ids.SEV_ERROR
        c.on_event(ids.E_CREDIT_STATE, severity, {ids.A_STATE: state})


def _warn(c):
    """The worst of what is known while the line works."""
    state = c.state
    alerts = c.alerts
    assert 0 <= alerts < 2 * _DATA
    c.warn = 0
    if state == ids.CREDIT_RESTRICTED:
        c.warn = ids.V_CREDIT_RESTRICTED
    elif state == ids.CREDIT_EXHAUSTED:
        c.warn = ids.V_CREDIT_EXHAUSTED
    elif state in (ids.CREDIT_SUSPENDED, ids.CREDIT_SUSPECTED):
        c.warn = ids.V_SIM_BOUND if c.said & ids.SAYS_BOUND else ids.V_CREDIT_SUSPECTED
    elif alerts & _LOW:
        c.warn = ids.V_CREDIT_LOW
    elif alerts & _DATA:
        c.warn = ids.V_CREDIT_DATA_LOW
    elif alerts & _PLAN:
        c.warn = ids.V_CREDIT_PLAN_EXPIRING
    elif alerts & _FEE:
        c.warn = ids.V_CREDIT_FEE_DUE
