"""Which word an amount or a volume belongs to: what stands before it, behind it, around it.

`p` is facts.py's pass over the text; `mark` the number's, found[i]; `role` the mark of the word
that waits for a number, or None. A mark is [begin, end, kind, value].
"""

from posproto import const

from . import marks, subject
from .letters import letter

_BEHIND = const(24)  # between a number and the word that says what it is
_LAST = const(99)  # rank of a balance that only its surroundings tell
_OF = ("of", "of your", "out of", "/", "из", "з", "de", "von", "di", "z", "dari", "sur", "共")
# Between the word of a balance and a number without unit and decimals.
_IS = "is|est|est de|es|es de|e|e de|betragt|betraegt|je|jest|la|con|adalah|ni|hai|wynosi|iznosi"


def behind(t: str, mark: list, following: list | None, after: list | None) -> bool:
    """Does a word close behind the number say that it is something else?"""
    if following is None or following[0] - mark[1] > 2:
        return False
    if following[2] == marks.BONUS:  # "100 KES bonus airtime", not "100 KES bonus 5 KES"
        lonely = after is None or after[2] not in (marks.MONEY, marks.NUMBER)
        return lonely and t[mark[1] - 1] != "."
    return following[2] == marks.NOT or (following[2] == marks.PACK and mark[2] != marks.MONEY)


def volume(p, mark: list, role: list | None, found: list, i: int) -> None:
    """A volume of data is what is left, used or all of it, by the word before or behind it."""
    before = found[i - 1]
    if (
        i
        and before[2] in (marks.VOLUME, marks.PERCENT)
        and p.t[before[1] : mark[0]].strip() in _OF
    ):
        p.take([0, 0, marks.TOTAL, _LAST], mark[3], mark)  # "1 GB of 2 GB"
    elif role is not None and marks.LEFT <= role[2] <= marks.TOTAL and _near(p, role, mark):
        p.take(role[:3] + [_LAST] if p.within else role, mark[3], mark)
    elif _had(p, role, mark) or follows(found, i, marks.AFTER_LEFT) or _counted(p, role, mark):
        p.take([0, 0, marks.LEFT, _LAST], mark[3], mark)


def _had(p, role, mark):
    """ "You have 1 GB", not "you have gifted 1 GB"."""
    if role is None or role[2] != marks.HAVE:
        return False
    return p.t[role[1] : mark[0]].strip(" :-=~") in ("", "data", "internet")


def _counted(p, role, mark):
    """The balance of a data plan: "your balance is 1 GB"."""
    if role is None or role[2] != marks.BALANCE:
        return False
    said = p.t[role[1] : mark[0]].strip(" :=")
    return not said or said in _IS.split("|")


def follows(found: list, i: int, kind: int) -> bool:
    """Is there a mark of the kind close behind the mark `i`, in its sentence?"""
    end = found[i][1]
    for mark in found[i + 1 : i + 4]:
        if mark[0] - end > _BEHIND or mark[2] in (marks.STOP, marks.COMMA):
            return False
        if mark[2] == kind or (kind == marks.AFTER and mark[2] == marks.BALANCE):
            return True
        if mark[2] == marks.LEFT and kind == marks.AFTER_LEFT:
            return mark is found[-1] or found[found.index(mark) + 1][2] != marks.VOLUME
    return False


def money(p, mark: list, role: list | None, following: list | None, found: list, i: int) -> None:
    """An amount is the balance, a part of it, or a debt, by the word that waits for it."""
    value = mark[3]
    if mark[2] == marks.NUMBER:
        value = _bare(p, mark, role) if role is not None and role[2] == marks.BALANCE else None
        if value is None and mark[3] is not None:
            return  # a number of something else
    part = following is not None and following[2] == marks.PART and following[0] - mark[1] < 3
    if part and value is not None:
        if p.parts is not None and p.found.get(marks.BALANCE):
            p.parts += value[0]
            p.found[marks.BALANCE][p.rank] = (p.parts, value[1])
            return
        if role is not None and role[2] == marks.BALANCE:
            p.parts = value[0]
            p.rank = role[3]
    if role is None:
        return
    if role[2] == marks.HAVE:
        if follows(found, i, marks.AFTER):
            p.take([role[0], role[1], marks.BALANCE, _LAST], value, mark)
    elif role[2] in (marks.BALANCE, marks.DEBT) and _near(p, role, mark):
        p.take(role, value, mark)


def _near(p, role, mark):
    """Nothing that nobody knows stands between: not "balance of your gift card: 5.00"."""
    return p.f.strict or subject.known(p.t[role[1] : mark[0]], p.f, True)


def _bare(p, mark, role):
    """(minor units, currency) of a number without a unit: one that has the currency's decimals, or
    stands alone behind its word.
    """
    f = p.f
    if mark[3] is None or f.strict or not f.currency:
        return None
    value, decimals = mark[3]
    rest = p.t[mark[1] :]
    while decimals > f.exponent and value % 10 == 0:
        value //= 10
        decimals -= 1
    if decimals > f.exponent or (not decimals and not _alone(p.t[role[1] : mark[0]], rest)):
        return None
    if decimals < f.exponent:
        if not _alone(p.t[role[1] : mark[0]], rest):
            return None
        value *= 10 ** (f.exponent - decimals)
    elif f.style == "," and p.t[mark[1] - decimals - 1] == "." and not rest.strip(" ."):
        return None  # more digits may have been cut off
    before = p.t[mark[0] - 2 : mark[0]]
    return (-value if before[-1:] == "-" and not letter(before[:1]) else value), f.currency


def _alone(gap, rest):
    """Nothing but "is" before the number, and its sentence or line ends with it; a dot at the very
    end may be one inside of a longer number.
    """
    said = gap.strip(" :=.")
    if not (said in _IS.split("|") if said else ":" in gap or "=" in gap):
        return False
    return rest[:1] in ("\n", ";") or rest[:2] in (". ", ".\n")
