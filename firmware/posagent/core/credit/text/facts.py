"""What the spans of a text say, sentence by sentence, and the judgement of it.

A word opens a role (balance, left, valid until, ...) and the next number of its kind close behind
it takes the role. What stands in a sentence about another line, another product or an offer is
passed over; a state behind an "if" is a warning.
"""

from posproto import const, ids

from . import amounts, spans, subject
from .judge import REMARKS, judge

_STAGE = const(12)  # spans of one stage
_CONDITIONAL = const(8)  # so many states turn into a warning behind an "if"
_GAP = const(40)  # between a word and its number
_SERVICE = const(7)  # digits: longer ones are subscribers' numbers
_TILL = const(5)  # letters: a shorter word says only "till"
_OWN = const(32)  # of p.pairs, beside RELOAD, DONE, DATUM, GONE, CUT from 1 on
_PAIRS = ((3, spans.TOPPED_UP), (12, spans.USED_UP), (48, spans.SUSPENDED))


class _Pass:
    """One pass over the spans of a text."""

    def __init__(self, t, f, trace):
        self.t = t
        self.f = f
        self.found = {}  # kind: {rank: value, or "" where two differ}
        self.why = [] if trace else None
        self.says = 0
        self.passed = False  # something was passed over as another's
        self.foreign = False  # a state was passed over that is of what nobody knows
        self.sure = False  # a last day is this line's
        self.packed = False  # a pack's last day stands in the text
        self.stranger = 0  # 2: another line's number stands in the text; 1: anybody's
        self.subject = 0
        self.offer = False
        self.reset()

    def reset(self):
        """A sentence begins. A bare "valid until" in it goes with the sentence before."""
        self.follows = self.offer or self.subject in (spans.LINE, spans.PRODUCT)
        self.subject = 0
        self.condition = self.offer = self.within = self.dated = False
        self.pack = self.bonus = False  # what was named last is no balance of the line's
        self.told = self.says  # by the sentences before
        self.pairs = 0  # bits of the words that mean a state together with another one
        self.role = None  # the span that waits for a number
        self.parts = None  # of a balance in parts: what is summed so far
        self.day = None  # the last date's span

    def note(self, field, span):
        if self.why is not None:
            self.why.append((field, span[0], span[1]))

    def close(self, span):
        """Does the number of this span take the role that is open? The role ends."""
        role = self.role
        self.role = None
        if role is None or span[0] - role[1] > _GAP:
            return None
        gap = self.t[role[1] : span[0]]
        if self.f.strict:
            for i in range(len(gap)):
                if gap[i : i + 1] not in self.f.fill:
                    return None
        return role

    def take(self, role, value, span):
        kind, rank = role[2], role[3]
        if value is None or rank < 0:
            value = ""
        values = self.found.setdefault(kind, {})
        if values.get(rank, value) != value:
            value = ""
        values[rank] = value
        if kind < spans.STOP:
            if role[1]:
                self.note(spans.KINDS[kind], role)
            self.note(spans.KINDS[kind], span)

    def best(self, kind):
        """The value of the kind's best word; None where none stands or two differ."""
        values = self.found.get(kind)
        if not values:
            return None
        value = values[min(values)]
        return None if value == "" else value


def gather(t: str, f, found: list, trace=False):
    """Procedure: the Reading of the normal text `t` in the Format `f`; its spans are `found`."""
    p = _Pass(t, f, trace)
    alien = weak = False
    for i in range(len(found)):
        if i % _STAGE == _STAGE - 1:
            yield
        span = found[i]
        kind = span[2]
        following = found[i + 1] if i + 1 < len(found) else None
        if kind == spans.STOP:
            p.reset()
        elif kind == spans.COMMA:
            p.role = None
        elif kind < spans.STATES:
            _state(p, span, found, i)
        elif kind in (spans.OWN, spans.LINE, spans.PRODUCT):
            p.subject = kind
            if kind == spans.OWN:
                p.follows = False
                _pair(p, span, _OWN, found, i)
            else:
                p.note("subject", span)
        elif kind == spans.IF:
            p.condition = True
        elif kind == spans.DENIED:
            p.says = p.told | p.says & REMARKS
            p.condition = True
        elif kind == spans.OFFER:
            p.offer = True
        elif kind == spans.WITHIN:
            p.within = True
        elif kind == spans.ALIEN:
            if not _item(t, span[0]):
                alien = True
                p.note("subject", span)
        elif kind == spans.PHONE:
            if not i or found[i - 1][2] != spans.WEAK or span[0] - found[i - 1][1] > 3:
                _phone(p, span, found)  # not a payment's number
        elif kind == spans.LEFT and _balance_left(p, span):
            p.role = [span[0], span[1], spans.BALANCE, p.role[3]]
        elif spans.BALANCE <= kind < spans.VALID:
            if following and following[2] == spans.DATE and p.role and p.role[2] == spans.VALID:
                continue  # "last day of your credit: ..."
            _word(p, span, found, i)
        elif kind == spans.PACK:
            p.pack = True
            p.bonus = False
            if p.role is not None and p.role[2] == spans.BALANCE:
                p.role = None
        elif kind == spans.VALID or kind in (spans.HAVE, spans.FEE):
            packed = kind == spans.VALID and _packed(p, span, found, i)
            p.packed = p.packed or packed
            p.role = None if packed else span
        elif spans.RELOAD <= kind <= spans.CUT:
            _pair(p, span, 1 << kind - spans.RELOAD, found, i)
        elif kind == spans.WEAK:
            weak = True
        elif kind == spans.ENDS:
            if p.day and span[0] - p.day[1] < 9:
                _date(p, p.day, span, found)
        elif kind >= spans.MONEY:
            _number(p, span, following, found, i)
    foreign = p.foreign and not p.says & ~REMARKS  # then so is what else it says
    return judge(p, alien or foreign or (weak and not p.says & ids.SAYS_TOPPED_UP))


def _word(p, span, found, i):
    """The word of an amount opens its role, where the amount can be this line's."""
    kind = span[2]
    if kind == spans.BALANCE and subject.of_a_pack(p.t, found, i):
        span = [span[0], span[1], spans.BONUS, 0]
    elif kind != spans.BONUS and not subject.mine(p.t, found, i, p.f, True):
        p.passed = True  # of something that nobody knows
        if kind != spans.LEFT:
            p.role = None
            return
        span = [span[0], span[1], kind, -1]  # so what is left in all is not known
    p.pack = p.bonus = span[2] == spans.BONUS
    p.role = span
    p.follows = False


def _packed(p, span, found, i):
    """Is the last day behind this word a second purse's, or a quota's?"""
    before = found[i - 1]
    if i and before[2] == spans.VOLUME:
        return True  # "2 GB valid until": the quota's end
    return p.pack and not (p.bonus and span[0] - before[1] > 3)  # right behind its amount


def _item(t, at):
    """Is the place in an item of a menu: "2>by card", on a line of its own?"""
    begin = t.rfind("\n", 0, at) + 1
    sign = t[begin + 1 : begin + 2]
    return begin > 0 and t[begin : begin + 1].isdigit() and sign in (">", ".", ")")


def _pair(p, span, bit, found, i):
    """Some states take two words of a sentence, in any order: "recharge of 5 was successful"."""
    assert 0 < bit <= _OWN
    p.pairs |= bit
    for both, state in _PAIRS:
        if bit & both and p.pairs & both == both:
            _state(p, [span[0], span[1], state], found, i)


def _balance_left(p, span):
    """话费余额还剩: it is the balance that is left."""
    role = p.role
    return role is not None and role[2] == spans.BALANCE and span[0] - role[1] < 2


def _elsewhere(p):
    if p.offer or p.subject in (spans.LINE, spans.PRODUCT):
        p.passed = True
        return True
    return False


def _state(p, span, found, i):
    """A word that may tell a state. A remark counts wherever it stands. A state is passed over
    where it is another line's or product's, a warning under a condition, and else it counts: "if
    unpaid, your line will be suspended" is SAYS_WARNING, "your line is suspended" SAYS_SUSPENDED.
    """
    if p.role is not None and p.role[2] == spans.HAVE:
        p.role = None
    bit = 1 << span[2]
    if bit == ids.SAYS_SUSPENDED and i and found[i - 1][2] == spans.DATUM:
        bit = ids.SAYS_DATA_STOPPED  # "your data services have been suspended"
    if bit == ids.SAYS_TOPPED_UP:
        p.role = None  # what follows is what came
    if not bit & REMARKS or bit == ids.SAYS_MAINTENANCE:
        if _elsewhere(p) or (p.pack and bit == ids.SAYS_EXPIRED):
            p.foreign = p.foreign or p.subject in (spans.LINE, spans.PRODUCT)
            return
        if p.condition and (span[2] < _CONDITIONAL or bit == ids.SAYS_BOUND):
            bit = ids.SAYS_WARNING
        elif not subject.mine(p.t, found, i, p.f, bit == ids.SAYS_TOPPED_UP):
            p.passed = p.foreign = True
            return
    p.says |= bit
    p.note(spans.KINDS[span[2]], span)


def _phone(p, span, found):
    """A number that may be a phone's. Behind a word for "to" the text is about another line. Where
    a day is awaited its eight digits may be one. The own number, or a short one, leaves what is
    awaited as it is; another one ends it. Else a long one is a sign of a stranger.
    """
    before = p.t[: span[0]].rstrip(" :(+")
    for word in p.f.to.split("|"):
        if word and before.endswith(word):
            p.stranger = 2
            p.subject = spans.LINE
            p.note("subject", span)
            return
    role = p.role
    if role is not None and role[2] == spans.VALID:
        if span[3] is not None and p.close(span):
            _date(p, span, role, found)
    elif role is not None and (p.subject == spans.OWN or span[1] - span[0] <= _SERVICE):
        p.role = [role[0], span[1], role[2], role[3]]  # the own number, or none
    elif role is not None:
        p.role = None  # "balance of 9875***": whose, nobody knows
    elif p.subject != spans.OWN and span[1] - span[0] > _SERVICE:
        p.stranger = max(p.stranger, 1)


def _number(p, span, following, found, i):
    """Takes a span with digits for what the word before it, or its unit, says that it is.

    A date belongs to "valid until"; a day of the month to a fee that is taken on it; a percentage
    to what is used of a plan; a volume to its data; the rest is money. What stands behind a word
    of another thing, or in a condition, is none of these: in "balance 30.00, 5.00 for each SMS"
    the 5.00 is no balance.
    """
    kind = span[2]
    if kind == spans.DATE:
        p.day = span
        if p.role is not None and p.role[2] == spans.BALANCE:
            p.role = [p.role[0], span[1], p.role[2], p.role[3]]  # balance as of a day
        elif p.role is not None and p.role[2] == spans.VALID:
            role = p.role
            bare = not p.f.strict and role[1] - role[0] < _TILL
            if p.close(span):
                _date(p, span, role, found, bare)
        return
    if p.role is not None and p.role[2] == spans.VALID and kind == spans.NUMBER:
        return  # "until 0h on ..."
    behind = amounts.behind(p.t, span, following, found[i + 2] if i + 2 < len(found) else None)
    role = None if behind or _elsewhere(p) else p.close(span)
    if kind == spans.DOM:
        # "each month on the 1st": the fee's day where the clause goes on with what is taken
        taken = role is not None and amounts.follows(found, i, spans.AFTER)
        if taken and role[2] == spans.FEE and 1 <= span[3] <= 28:
            p.take(role, span[3], span)
        return
    if behind or _elsewhere(p):
        p.role = None
    elif kind == spans.PERCENT:
        # "100% of your daily data", "80% of it is used"
        daily = amounts.follows(found, i, spans.TOTAL) or amounts.follows(found, i, spans.USED)
        if (role is not None and role[2] == spans.USED) or daily:
            p.take([0, 0, spans.PERCENT, 0], span[3], span)
            if span[3] >= 100:
                p.says |= ids.SAYS_DATA_USED_UP
    elif kind == spans.VOLUME:
        amounts.volume(p, span, role, found, i)
    elif not p.condition:
        amounts.money(p, span, role, following, found, i)


def _date(p, date, word, found, bare=False):
    if not _elsewhere(p):
        at = found.index(word)
        if not subject.mine(p.t, found, at, p.f, True):
            p.passed = True
            return
        p.sure = p.sure or subject.mine(p.t, found, at, p.f)
        _valid(p, date[3], date, bare)
        p.note("valid", date if word[0] < date[0] else word)


def _valid(p, day, span, bare=False):
    if p.follows:
        p.passed = True
    elif day is not None and not _elsewhere(p):
        if not p.dated:  # the line's, before the day on which its number goes
            p.take([0, 0, spans.VALID, 0], day, span)
            p.packed = p.packed or bare  # "till" alone is any offer's too
        p.dated = True
