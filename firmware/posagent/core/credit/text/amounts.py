"""Which word an amount or a volume belongs to: what stands before it, behind it, around it.

`p` is facts.py's pass over the text; `span` the number's, found[i]; `role` the span of the word
that waits for a number, or None. A span is [begin, end, kind, value].
"""

from posproto import const

from . import spans, subject
from .letters import letter

_BEHIND = const(24)  # between a number and the word that says what it is
_LAST = const(99)  # rank of a balance that only its surroundings tell
_OF = ("of", "of your", "out of", "/", "из", "з", "de", "von", "di", "z", "dari", "sur", "共")
# Between the word of a balance and a number without unit and decimals.
_IS = "is|est|est de|es|es de|e|e de|betragt|betraegt|je|jest|la|con|adalah|ni|hai|wynosi|iznosi"


def behind(t: str, span: list, following: list | None, after: list | None) -> bool:
    """Does a word close behind the number say that it is something else?"""
    if following is None or following[0] - span[1] > 2:
        return False
    if following[2] == spans.BONUS:  # "100 KES bonus airtime", not "100 KES bonus 5 KES"
        lonely = after is None or after[2] not in (spans.MONEY, spans.NUMBER)
        return lonely and t[span[1] - 1] != "."
    return following[2] == spans.NOT or (following[2] == spans.PACK and span[2] != spans.MONEY)


def volume(p, span: list, role: list | None, found: list, i: int) -> None:
    """A volume of data is what is left, used or all of it, by the word before or behind it."""
    before = found[i - 1]
    if (
        i
        and before[2] in (spans.VOLUME, spans.PERCENT)
        and p.t[before[1] : span[0]].strip() in _OF
    ):
        p.take([0, 0, spans.TOTAL, _LAST], span[3], span)  # "1 GB of 2 GB"
    elif role is not None and spans.LEFT <= role[2] <= spans.TOTAL and _near(p, role, span):
        p.take(role[:3] + [_LAST] if p.within else role, span[3], span)
    elif _had(p, role, span) or follows(found, i, spans.AFTER_LEFT) or _counted(p, role, span):
        p.take([0, 0, spans.LEFT, _LAST], span[3], span)


def _had(p, role, span):
    """ "You have 1 GB", not "you have gifted 1 GB"."""
    if role is None or role[2] != spans.HAVE:
        return False
    return p.t[role[1] : span[0]].strip(" :-=~") in ("", "data", "internet")


def _counted(p, role, span):
    """The balance of a data plan: "your balance is 1 GB"."""
    if role is None or role[2] != spans.BALANCE:
        return False
    said = p.t[role[1] : span[0]].strip(" :=")
    return not said or said in _IS.split("|")


def follows(found: list, i: int, kind: int) -> bool:
    """Is there a span of the kind close behind the span `i`, in its sentence?"""
    end = found[i][1]
    for span in found[i + 1 : i + 4]:
        if span[0] - end > _BEHIND or span[2] in (spans.STOP, spans.COMMA):
            return False
        if span[2] == kind or (kind == spans.AFTER and span[2] == spans.BALANCE):
            return True
        if span[2] == spans.LEFT and kind == spans.AFTER_LEFT:
            return span is found[-1] or found[found.index(span) + 1][2] != spans.VOLUME
    return False


def money(p, span: list, role: list | None, following: list | None, found: list, i: int) -> None:
    """An amount is the balance, a part of it, or a debt, by the word that waits for it."""
    value = span[3]
    if span[2] == spans.NUMBER:
        value = _bare(p, span, role) if role is not None and role[2] == spans.BALANCE else None
        if value is None and span[3] is not None:
            return  # a number of something else
    part = following is not None and following[2] == spans.PART and following[0] - span[1] < 3
    if part and value is not None:
        if p.parts is not None and p.found.get(spans.BALANCE):
            p.parts += value[0]
            p.found[spans.BALANCE][p.rank] = (p.parts, value[1])
            return
        if role is not None and role[2] == spans.BALANCE:
            p.parts = value[0]
            p.rank = role[3]
    if role is None:
        return
    if role[2] == spans.HAVE:
        if follows(found, i, spans.AFTER):
            p.take([role[0], role[1], spans.BALANCE, _LAST], value, span)
    elif role[2] in (spans.BALANCE, spans.DEBT) and _near(p, role, span):
        p.take(role, value, span)


def _near(p, role, span):
    """Nothing that nobody knows stands between: not "balance of your gift card: 5.00"."""
    return p.f.strict or subject.known(p.t[role[1] : span[0]], p.f, True)


def _bare(p, span, role):
    """(minor units, currency) of a number without a unit: one that has the currency's decimals, or
    stands alone behind its word.
    """
    f = p.f
    if span[3] is None or f.strict or not f.currency:
        return None
    value, decimals = span[3]
    rest = p.t[span[1] :]
    while decimals > f.exponent and value % 10 == 0:
        value //= 10
        decimals -= 1
    if decimals > f.exponent or (not decimals and not _alone(p.t[role[1] : span[0]], rest)):
        return None
    if decimals < f.exponent:
        if not _alone(p.t[role[1] : span[0]], rest):
            return None
        value *= 10 ** (f.exponent - decimals)
    elif f.style == "," and p.t[span[1] - decimals - 1] == "." and not rest.strip(" ."):
        return None  # more digits may have been cut off
    before = p.t[span[0] - 2 : span[0]]
    return (-value if before[-1:] == "-" and not letter(before[:1]) else value), f.currency


def _alone(gap, rest):
    """Nothing but "is" before the number, and its sentence or line ends with it; a dot at the very
    end may be one inside of a longer number.
    """
    said = gap.strip(" :=.")
    if not (said in _IS.split("|") if said else ":" in gap or "=" in gap):
        return False
    return rest[:1] in ("\n", ";") or rest[:2] in (". ", ".\n")
