"""Amounts, volumes, percents, dates and phone numbers of a text, each with its unit.

What a number is follows from its unit, its separators and the country: a Format (reader.py) says
how people write there.
"""

from posproto import const, currency

from . import dates, spans
from .letters import digit, letter

_DIGITS_MAX = const(9)
_PHONE_MIN = const(7)
_STAGE = const(3)  # numbers of one stage
_VOLUMES = (
    ("kb", 1),
    ("ko", 1),
    ("кб", 1),
    ("k", 1),
    ("mb", 1024),
    ("mo", 1024),
    ("мб", 1024),
    ("兆", 1024),
    ("m", 1024),
    ("gb", 1048576),
    ("go", 1048576),
    ("гб", 1048576),
    ("g", 1048576),
)


def find(t: str, f, found: list):
    """Procedure: append a span for every number of the normal text `t`, written as the Format `f`
    says.
    """
    at = 0
    i = -1
    left = _STAGE
    link, over = _link(t, 0)
    # By bytes: to reach a place in a string MicroPython counts from its beginning, and makes a
    # name of each character.
    for byte in t.encode():
        i += not 128 <= byte < 192
        if i < at or not 48 <= byte <= 57:
            continue
        while i >= over and over:
            link, over = _link(t, over)
        if link <= i < over:
            at = over
        elif len(found) < spans.SPANS_MAX:
            at = _one(t, i, f, found)
            assert at > i  # what is read is behind
            left -= 1
            if not left:
                left = _STAGE
                yield


def _link(t, at):
    """(begin, end) of the next address of a page; no end where none follows."""
    begin = t.find("http", at)
    other = t.find("www.", at)
    if begin < 0 or 0 <= other < begin:
        begin = other
    if begin < 0:
        return 0, 0
    end = begin
    while "!" <= t[end : end + 1] <= "~":
        end += 1
    return begin, end


def _one(t, at, f, found):
    """Append the span of the number at `at`; returns where to go on."""
    end = at
    stars = t[at - 1 : at] in ("*", "#") and at > 0
    while end < len(t) and (digit(t[end : end + 1]) or t[end : end + 1] in "*x#"):
        stars = stars or not digit(t[end : end + 1])
        end += 1
    if stars and end - at < _PHONE_MIN:
        return end  # a code to dial
    got = None if stars else dates.find(t, at, f)
    if got:
        found.append([got[1], got[2], spans.DATE, got[0]])
        return got[2]
    unit = _before(t, at, f)
    if letter(t[at - 1 : at]) and at and not unit and not stars:
        return end  # of a name: IM3
    if stars or (end - at >= _PHONE_MIN and not unit and not _after(t, end, f)):
        found.append([at, end, spans.PHONE, dates.packed(t[at:end], f)])
        return end
    if t.startswith(":", end) and digit(t[end + 1 : end + 2]) and end - at < 3:
        return dates.clock(t, end)
    if t.startswith("日", end) or t.startswith("号", end):
        found.append([at, end, spans.DOM, int(t[at:end])])
        return end
    return _quantity(t, at, unit, f, found)


def _quantity(t, at, unit, f, found):
    """Append the span of the number at `at`, no date and no phone number; returns its end.
    It is a share ("80%"), a volume ("1.5 GB"), an amount where a unit of money stands before it
    (`unit`) or behind, else a bare number; its value is None where its digits cannot be read.
    """
    got = number(t, at, f)
    if got is None:
        end = at
        while digit(t[end : end + 1]) or (
            t[end : end + 1] in (",", ".") and digit(t[end + 1 : end + 2])
        ):
            end += 1
        found.append([at, end, spans.NUMBER, None])
        return end
    value, decimals, end = got
    after = end + t.startswith(" ", end)
    if t.startswith("%", after):
        if not decimals:
            found.append([at, after + 1, spans.PERCENT, value])
        return after + 1
    size = 0 if unit else _size(t, after)
    if size:
        return _volume(t, at, got, size, f, found)
    unit = unit or _after(t, end, f)
    if not unit:
        found.append([at, end, spans.NUMBER, (value, decimals)])
        return end
    begin = min(unit[0], at)
    last = max(unit[1], end)
    found.append([begin, last, spans.MONEY, _minor(t, begin, last, got, unit, f)])
    return last


def _minor(t, begin, last, got, unit, f):
    """(minor units, currency) of an amount, None where its digits do not fit."""
    value, decimals, end = got
    code = unit[2]
    places = 0 if unit[3] else currency.exponent(code)
    if digit(t[last : last + 1]) or (unit[3] and decimals):
        return None  # 12元5角
    if last == end and _times(t, last):
        return None
    if last > end and places == 2 and not decimals and _two(t, last):
        return None  # 20 euros 50
    if last == end and not t[end:].strip(" .,") and f.style == ",":
        exact = decimals == places and decimals and t[end - decimals - 1] == ","
        if not exact and (decimals or value < 1000):
            return None  # more digits may have been cut off
    value *= 10**places
    if value % 10**decimals:
        return None
    value //= 10**decimals
    # A dash behind a word ("BAL-38.12") is none of the number's.
    minus = t[begin - 1 : begin] == "-" and not letter(t[begin - 2 : begin - 1])
    sign = minus or "-" in t[begin : end - 1]
    return (-value if sign else value, code)


def _times(t, at):
    """Is the number gone on with, by a letter ("Rp10rb") or a word that multiplies it?"""
    if "a" <= t[at : at + 1] <= "z":
        return True
    for word in (" rb", " ribu", " jt", " juta", " mil", " lakh", " crore"):
        if t.startswith(word, at) and not letter(t[at + len(word) : at + len(word) + 1]):
            return True
    return False


def _two(t, at):
    """Do just two digits and a word follow, that may be the decimals?"""
    part = t[at : at + 4]
    return len(part) == 4 and part[:1] == part[3:] == " " and part[1:3].isdigit()


def _volume(t, at, got, size, f, found):
    total = 0
    end = at
    while size and got:
        value, decimals, end = got
        total += value * size[1] // 10**decimals
        end += t.startswith(" ", end) + len(size[0])
        begin = end + t.startswith(" ", end)
        last = size[1]
        got = number(t, begin, f) if digit(t[begin : begin + 1]) else None
        size = _size(t, got[2] + t.startswith(" ", got[2])) if got else None
        if size and size[1] >= last:
            size = None  # 1GB 2GB are two volumes
    found.append([at, end, spans.VOLUME, total])
    return end


def _size(t, at):
    for size in _VOLUMES:
        if t.startswith(size[0], at) and not letter(t[at + len(size[0]) : at + len(size[0]) + 1]):
            return size
    return None


# Units: (begin, end, currency, is it the minor unit)


def _before(t, at, f):
    at -= t[at - 1 : at] in ("-", "+")
    at -= t[at - 1 : at] == " "
    best = None
    for unit, code in _units(f):
        begin = at - len(unit)
        if begin < 0 or not t.startswith(unit, begin) or (best and begin >= best[0]):
            continue
        if not (letter(unit[0]) and letter(t[begin - 1 : begin])):
            best = (begin, at, code, False)
    if not best and t[at - 1 : at] == ":" and f.currency and t[at - 4 : at - 1] == "usd":
        return (at - 4, at, "USD", False)
    return best


def _after(t, end, f):
    at = end + t.startswith(" ", end)
    best = None
    for unit, code in _units(f):
        last = at + len(unit)
        if not t.startswith(unit, at) or (best and last <= best[1]):
            continue
        if not (letter(unit[-1]) and letter(t[last : last + 1])):
            best = (at, last, code, False)
    if not best and f.strict and t.startswith("分", end):
        return (end, end + 1, f.currency, True)
    return best


def _units(f):
    for unit in f.units:
        yield unit, f.currency
    for unit in ("usd", "us$"):
        yield unit, "USD"
    for unit in ("eur", "euro", "euros", "€"):
        yield unit, "EUR"


def number(t: str, at: int, f):
    """(digits as an integer, how many of them are decimals, end) of the number at `at`; None where
    its separators mean nothing.

    The last of two kinds of separators is the decimal one; one that comes twice, or none but
    before three digits, is one of thousands, where the country writes them so.
    """
    end = at
    while True:
        while digit(t[end : end + 1]):
            end += 1
        sign = t[end : end + 1]
        if (sign in (",", ".") and sign and digit(t[end + 1 : end + 2])) or (
            sign == " " and f.style != "." and _three(t, end + 1) and end - at < 8
        ):
            end += 1
        else:
            break
    text = t[at:end]
    last = max(text.rfind(","), text.rfind("."))
    places = len(text) - last - 1 if last >= 0 else 0
    if places and (text.count(text[last]) > 1 or _thousands(text, last, places, f)):
        places = 0
    whole = text[: len(text) - places - 1] if places else text
    groups = whole.replace(",", " ").replace(".", " ").split(" ")
    digits = "".join(groups) + text[len(text) - places :] * (places > 0)
    if len(digits) - places > _DIGITS_MAX or not _grouped(groups, f) or places > 6:
        return None
    assert 0 <= places <= 6 and end > at
    return int(digits), places, end


def _thousands(text, last, places, f):
    if places != 3 or text[:last].strip("0") == "" or f.exponent == 3:
        return False
    return f.exponent == 0 or f.style == "," or (f.style == "." and text[last] == ",")


def _grouped(groups, f):
    if len(groups) > 1:
        if len(groups[0]) > 3 or not groups[0] or len(groups[-1]) != 3:
            return False
        for group in groups[1:-1]:
            if len(group) != 3 and not (len(group) == 2 and f.style == "."):  # 1,23,450
                return False
    return True


def _three(t, at):
    part = t[at : at + 3]
    return len(part) == 3 and part.isdigit() and not digit(t[at + 3 : at + 4])
