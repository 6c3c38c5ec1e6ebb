"""Is it this line of which a text tells a state, or money? Where a word stands between that nobody
knows, it is not: what is not understood is another thing's ("your Netflix account is suspended").
"""

from posproto import const

from . import spans

_OTHERS = (spans.LINE, spans.PRODUCT)
_WORD_MAX = const(42)  # bytes of a plain word of a script without spaces


def mine(t: str, found: list, i: int, f, amount: bool = False) -> bool:
    """Does the state found[i] of the normal text `t` speak of this line?

    From its word back to the beginning of the sentence: the first that names this line says so,
    with nothing between but the plain words of the Format `f`, those that name no thing. A
    sentence that names nothing at all is about the line it was written to. The word of an
    `amount` has its clause alone: to a comma, a colon or the fact before it (a top-up's amount
    belongs to it).
    """
    end = found[i][0]
    numbered = False  # "the number 067** is blocked": whose, nobody knows
    if quoted(t, end):
        return False
    for j in range(i - 1, -1, -1):
        begin, after, kind, _ = found[j]
        if kind == spans.NOT:
            continue  # a word of amounts alone: here it is text
        if amount:
            colon = _heading(t, after, end, found[i])
            if colon >= 0:
                return known(t[colon:end], f, False)
            fact = spans.MONEY <= kind <= spans.DATE and found[i][2] >= spans.BALANCE
            if fact or kind == spans.COMMA:
                return known(t[after:end], f, False)
        if not known(t[after:end], f, kind < spans.STOP):
            return False
        if kind in _OTHERS:
            return False
        numbered = numbered or (kind == spans.PHONE and not amount)
        if kind == spans.OWN:
            return True
        if kind == spans.STOP:
            return not numbered and (amount or _first(t, found, i, f))
        end = begin
    colon = _heading(t, 0, end, found[i]) if amount else -1
    if numbered or not known(t[colon + 1 : end], f, False):
        return False
    return amount or _first(t, found, i, f)


def _heading(t, begin, end, span):
    """Where a colon ends a sender's heading ("TIM: your balance"), and not the name of a thing
    ("Moneybox: balance"): more than one word follows it; else -1.
    """
    colon = t.rfind(":", begin, end)
    if colon < 0 or end < span[0] or t[colon + 1 : end].strip():
        return colon
    return colon if " " in t[span[0] : span[1]].strip() else -1


def _first(t, found, i, f):
    """A state that names nothing before it: is what its clause names behind it no other thing?"""
    if f.joined or not spans.LOW < found[i][2] < spans.STATES:
        return True
    at = found[i][1]
    for span in found[i + 1 :]:
        if span[2] in _OTHERS or not known(t[at : span[0]], f, True):
            return False
        if span[2] in (spans.OWN, spans.STOP, spans.COMMA):
            return True
        at = span[1]
    return known(t[at:], f, True)


def quoted(t: str, at: int) -> bool:
    """Does the place stand inside quotation marks: in words that somebody is said to have said?"""
    if t.count('"', 0, at) % 2:
        return t.find('"', at) >= 0
    opens = t.rfind(" '", 0, at)
    return opens >= 0 and t.find("'", opens + 2, at) < 0 and t.find("'", at) >= 0


def known(gap: str, f, within: bool) -> bool:
    """Are all words of `gap` plain ones? `within`: it may begin amid a word, of which the
    beginning is known.
    """
    raw = gap.encode()
    begin = 0
    for at in range(len(raw)):
        if _in_word(raw[at]):
            if f.joined:
                return not _left(raw, f.plain)
        else:
            if at > begin and not within and b"|" + raw[begin:at] + b"|" not in f.plain:
                return False
            begin = at + 1
            within = False
    return begin == len(raw) or within or b"|" + raw[begin:] + b"|" in f.plain


def _left(raw, plain):
    """Do the plain words leave something of text that is set without spaces? The longest first."""
    at = 0
    while at < len(raw):
        if not _in_word(raw[at]):
            at += 1
            continue
        end = min(at + _WORD_MAX, len(raw))
        while end < len(raw) and raw[end] & 0xC0 == 0x80:
            end += 1  # not amid a character
        while end > at and b"|" + raw[at:end] + b"|" not in plain:
            end -= 3 if raw[end - 1] > 127 else 1
        if end <= at:
            return True
        at = end
    return False


def _in_word(byte):
    return byte > 127 or 97 <= byte <= 122


def of_a_pack(t: str, found: list, i: int) -> bool:
    """FREE SEC BAL, PROMO BALANCE: the word before says whose balance it is; not "41 SEC BAL"."""
    before = found[i - 1]
    if not i or before[2] not in (spans.PACK, spans.BONUS) or t[before[1] : found[i][0]].strip():
        return False
    counted = i > 1 and found[i - 2][2] == spans.NUMBER and before[0] - found[i - 2][1] < 2
    return not counted
