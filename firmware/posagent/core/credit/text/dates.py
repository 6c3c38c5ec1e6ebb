"""Dates of operators' texts, in the order in which the country writes them."""

from ..calendar import day_of
from .letters import digit, letter


def find(t: str, at: int, f):
    """(day since 1970, begin, end) of the date whose first digits stand at `at`, or None.

    A date that can be two days, or none, has the day None.
    """
    first, end = _digits(t, at)
    if end - at > 4:
        return None
    sign = t[end : end + 1]
    if sign in ("年", "月"):
        return _chinese(t, at, f)
    if sign in ("-", "/", ".") and sign:
        got = _numeric(t, at, end, sign, f)
        if got:
            return got
    return _named(t, at, first, end, f)


def _digits(t, at):
    end = at
    while digit(t[end : end + 1]) and end - at < 9:
        end += 1
    return (int(t[at:end]) if end > at else 0), end


def _chinese(t, at, f):
    year = 0
    value, end = _digits(t, at)
    if t.startswith("年", end):
        year = value
        value, end = _digits(t, end + 1)
    if t[end : end + 1] != "月":
        return None
    month = value
    day, last = _digits(t, end + 1)
    if last == end + 1 or last - end > 3:
        return None
    if last == len(t) and last - end == 2:
        return None, at, last  # a second digit may have been cut off
    last += t[last : last + 1] in ("日", "号") and last < len(t)
    if not year and not f.today:
        return None, at, last
    return day_of(_century(year), month, day, f.today) or None, at, last


def _century(year):
    return year + 2000 if 0 < year < 100 else year


def _numeric(t, at, end, sign, f):
    """find() for a date in digits with two signs; None is no date, a day of None is one that
    cannot be told.

        2027-03-05             the year first
        05.03.2027             as the format orders it; without an order it cannot be told
        04/03/27               the day first where only that makes a day near today
        05.03.20 at the end    more digits may have been cut off: it cannot be told
        1.2.3.4  19.99.30      no date; with dots and two digits at last it may be an amount
    """
    parts = [int(t[at:end])]
    sizes = [end - at]
    while len(parts) < 3 and t[end : end + 1] == sign:
        begin = end + 1
        if t[begin : begin + 1] == " " and sign == ".":  # 30. 1. 2027
            begin += 1
        value, end = _digits(t, begin)
        parts.append(value)
        sizes.append(end - begin)
    if len(parts) < 3 or 0 in sizes or sizes[1] > 2 or digit(t[end : end + 1]):
        return None
    if t[end : end + 1] == sign and digit(t[end + 1 : end + 2]):
        return None  # 1.2.3.4
    cut = end == len(t) and sizes[2] < (2 if sizes[0] == 4 else 4)
    if cut and (sizes[0] == 4 or sizes[2] != 2 or parts[2] in (20, 25)):
        return None, at, end  # more digits may have been cut off
    if sizes[0] == 4 and sizes[2] < 3:
        return _day(parts[0], parts[1], parts[2]), at, end
    if sizes[0] > 2 or sizes[2] not in (2, 4):
        return None
    if sign == "." and sizes[2] == 2:
        return None  # may be an amount
    a, b, year = parts
    order = f.order
    if sizes[2] == 2 and (a <= 12 or order != "dmy"):
        return (_near(f, a, b, year) if order == "dmy" else None), at, end  # 04/03/16
    if order == "mdy":
        a, b = b, a
    elif order == "" and a <= 12 and a != b:
        return None, at, end
    return _day(_century(year), b, a), at, end


def _near(f, day, month, year):
    """The country's order, where no other one makes a day of these years."""
    got, other = _day(2000 + year, month, day), _day(2000 + day, month, year)
    if not f.today or not got or not -400 < got - f.today < 3700:
        return None
    return None if other and -400 < other - f.today < 3700 else got


def _day(year, month, day):
    if year > 2500:  # the Buddhist era, as Thailand counts
        year -= 543
    return (day_of(year, month, day) or None) if 2000 <= year < 2100 else None


def _named(t, at, day, end, f):
    """`30-Sep-26`, `14 feb 2027`, `12 de octubre de 2026`; `jun 19 2027`."""
    if day > 31 or not day or not f.months:
        return None
    month, begin = _month_before(t, at, f)
    last = end
    if not month:
        last = _skip(t, end)
        month, last = _month(t, last, f)
        begin = at
    if not month:
        return None
    last = _skip(t, last)
    year, over = _digits(t, last)
    if over - last not in (2, 4):
        return None
    return _day(_century(year), month, day), begin, over


def _skip(t, at):
    while t[at : at + 1] in (" ", "-", "/", ",", ".") and at < len(t):
        at += 1
    if t.startswith("de ", at) or t.startswith("of ", at):
        at += 3
    return at


def _month(t, at, f):
    """(month, end) of the name at `at`, or (0, at)."""
    end = at
    while letter(t[end : end + 1]):
        end += 1
    if end - at < 3:
        return 0, at
    found = f.months.find(t[at : at + 3])
    return (found // 3 + 1, end) if found >= 0 and found % 3 == 0 else (0, at)


def _month_before(t, at, f):
    end = at
    while end and t[end - 1 : end] in " -.":
        end -= 1
    begin = end
    while begin and letter(t[begin - 1 : begin]):
        begin -= 1
    month, last = _month(t, begin, f)
    return (month, begin) if month and last == end and end < at else (0, at)


def clock(t: str, at: int):
    """The end of a time such as 10:20:30."""
    while digit(t[at : at + 1]) or (t[at : at + 1] == ":" and digit(t[at + 1 : at + 2])):
        at += 1
    return at


def packed(digits: str, f):
    """The day that eight digits without signs may be, or None: 20261231, 15022027."""
    if len(digits) != 8 or not digits.isdigit():
        return None
    if digits[:2] == "20":
        return _day(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    if f.order == "ymd":
        return None
    return _day(int(digits[4:]), int(digits[2:4]), int(digits[:2]))
