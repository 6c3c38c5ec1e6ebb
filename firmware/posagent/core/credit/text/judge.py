"""What was found in a text, as one value per field or none."""

from posproto import ids

from . import spans

_CUTS = (
    ids.SAYS_SUSPENDED
    | ids.SAYS_ONE_WAY
    | ids.SAYS_DATA_STOPPED
    | ids.SAYS_DATA_USED_UP
    | ids.SAYS_EXPIRED
    | ids.SAYS_BOUND
)
REMARKS = (
    ids.SAYS_RESTART | ids.SAYS_WAIT | ids.SAYS_NO_NUMBER | ids.SAYS_MAINTENANCE | ids.SAYS_WARNING
)


class Reading:
    """What stands in a text; None: not there, or not to be read with certainty."""

    says = 0  # ids.SAYS_* bits
    balance_minor = None
    currency = None
    debt_minor = None  # owed, above zero
    left_kb = None
    used_kb = None
    total_kb = None
    used_percent = None
    valid_day = None  # last day, counted from 1970
    fee_dom = None  # day of the month on which the fee is taken
    alien = False  # about another account, line or product
    why = ()  # (field, begin, end) in the normal text, where a trace was asked for

    def empty(self) -> bool:
        """Nothing at all was understood."""
        return not self.says and not self.facts()

    def facts(self) -> bool:
        """Is there more than remarks?"""
        for value in (self.balance_minor, self.debt_minor, self.left_kb, self.valid_day):
            if value is not None:
                return True
        used = self.fee_dom or self.used_kb or self.used_percent or self.total_kb
        return bool(used or self.says & ~REMARKS)


def judge(p, alien: bool):
    """One value per field, or none; of several states the one that is the cause."""
    r = Reading()
    r.why = tuple(p.why or ())
    says = p.says
    if alien:
        r.says = says & REMARKS
        r.alien = True
        return r
    mine = not (p.stranger > 1 or (p.stranger and says & ids.SAYS_TOPPED_UP))
    if not mine:
        says &= ~ids.SAYS_TOPPED_UP
    else:
        r.balance_minor, r.currency = p.best(spans.BALANCE) or (None, None)
        owed = (p.best(spans.DEBT) or (None,))[0]
        r.debt_minor = owed if owed and owed > 0 else None
    r.left_kb = p.best(spans.LEFT)
    r.used_kb = p.best(spans.USED)
    r.total_kb = p.best(spans.TOTAL)
    r.used_percent = p.best(spans.PERCENT)
    if not p.packed or r.balance_minor is not None:  # which of the packs' days, nobody knows
        r.valid_day = p.best(spans.VALID)
    if not p.sure and r.balance_minor is None and r.left_kb is None:
        r.valid_day = None  # the end of what, nobody knows
    r.fee_dom = p.best(spans.FEE)
    if says & (ids.SAYS_MAINTENANCE | ids.SAYS_RESTORED):
        says &= ~(_CUTS | ids.SAYS_LOW)
    if says & ids.SAYS_RESTRICTED:
        says &= ~_CUTS
    elif says & ids.SAYS_BOUND:
        says = (says & ~_CUTS) | ids.SAYS_BOUND
    elif says & ids.SAYS_EXPIRED:
        says &= ~(_CUTS & ~ids.SAYS_EXPIRED)
    elif says & ids.SAYS_DATA_USED_UP and says & ids.SAYS_SUSPENDED:
        says = (says & ~ids.SAYS_SUSPENDED) | ids.SAYS_DATA_STOPPED
    if says & _CUTS:
        says &= ~ids.SAYS_LOW  # why it was cut is no news
    assert not (says & ids.SAYS_RESTRICTED and says & _CUTS)  # one cause
    assert (r.balance_minor is None) == (r.currency is None)
    r.says = says
    r.alien = p.passed and not r.facts()
    return r
