"""Characters, numbers and sentences of operators' texts, for text_reader.py."""

from posproto import const

_CUT = "。!?;\n"
_DIGITS_MAX = const(9)


def normal(text):
    """Full-width forms and odd spaces as ASCII, ASCII and Cyrillic capitals small."""
    out = []
    for char in text:
        c = ord(char)
        if 0xFF01 <= c <= 0xFF5E:
            c -= 0xFEE0
        elif c in (0x3000, 0xA0, 0x202F):
            c = 32
        if 65 <= c <= 90 or 0x410 <= c <= 0x42F:
            c += 32
        out.append(chr(c))
    return "".join(out)


def mask(text):
    """Evidence for a log: digits hidden, cut to 60 characters."""
    return "".join(["#" if digit(c) else c for c in normal(text[:60])])


def digit(c):
    return "0" <= c <= "9"


def letter(c):
    return "a" <= c <= "z"


def sentence(t, at):
    """Bounds of the sentence around `at`."""
    first = last = at
    while first > 0 and t[first - 1] not in _CUT and t[first - 2 : first] != ". ":
        first -= 1
    while last < len(t) and t[last] not in _CUT and t[last : last + 2] != ". ":
        last += 1
    return first, last


def number(t, at, thousands, three=False):
    """(digits as an integer, how many of them are decimals, end) of the number at `at`, or None.

    A last separator in front of one or two digits is the decimal one. In front of three it is one
    of thousands where the language writes them so; else the number is unclear, unless `three`
    decimals are usual.
    """
    end = at
    while digit(t[end : end + 1]) or _separates(t, end, thousands):
        end += 1
    text = t[at:end]
    last = max(text.rfind(","), text.rfind("."), text.rfind(" "))
    decimals = len(text) - last - 1 if last >= 0 else 0
    if decimals > 3 or not text:
        return None
    if decimals == 3:
        if text[last] in thousands:
            decimals = 0
        elif not three:
            return None
    elif decimals and text[last] == thousands:
        return None
    whole = text[:last] if decimals else text
    groups = [whole]
    for mark in thousands:
        if mark in whole and not (decimals and text[last] == mark):
            groups = whole.split(mark)
    digits = "".join(groups) + (text[last + 1 :] if decimals else "")
    if len(groups) > 1 and (len(groups[0]) > 3 or max([len(g) for g in groups[1:]]) != 3):
        return None
    if (
        len(digits) > _DIGITS_MAX
        or not digits.isdigit()
        or min([len(g) for g in groups[1:]] or [3]) != 3
    ):
        return None
    return int(digits), decimals, end


def _separates(t, at, thousands):
    c = t[at : at + 1]
    if c == " ":
        return c in thousands and t[at + 1 : at + 4].isdigit() and len(t[at + 1 : at + 4]) == 3
    return c in (",", ".") and digit(t[at + 1 : at + 2])
