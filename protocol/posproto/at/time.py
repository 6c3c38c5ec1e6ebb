"""The network's time: +CCLK, +CTZE, +CTZV (TS 27.007 cl. 8.15, 8.41), +QLTS, +QNTP, *PSUTTZ."""

from . import Unreadable

_YEAR_MIN = 2020  # before the first network time a clock shows 1970, 1980 or 2004
_DAYS = b"\x1f\x1c\x1f\x1e\x1f\x1e\x1f\x1f\x1e\x1f\x1e\x1f"


def zone(line):
    """The zone in a line, in quarters of an hour (China: 32); None without one. Raises
    Unreadable.
    """
    for at in range(line.find(b":") + 1, len(line)):
        if line[at] in b"+-":
            quarters = _numbers(line, at + 1, 1)[0]
            if quarters > 96:
                raise Unreadable("range")
            return quarters if line[at] == 43 else -quarters
    return None


def stamp(line, utc=None):
    """The time in a line -> (unix_s, zone_quarters), None for what the modem does not know yet.

    `utc` says whether this firmware shows UTC (True) or local time (False) beside the zone; by
    default +CTZE and *PSUTTZ are read as UTC, the others as local. Without a zone the time is
    taken as it stands. Raises Unreadable.
    """
    at = line.find(b"/")
    if at < 0:
        if not line.startswith(b"*PSUTTZ:"):
            if line.find(b'""') < 0:
                raise Unreadable("time")
            return None, None
        at = 8
    while line[at - 1 : at].isdigit():
        at -= 1
    year, month, day, hour, minute, second = _numbers(line, at, 6)
    if year < 100:
        year += 2000 if year < 70 else 1900
    quarters = zone(line)
    if year < _YEAR_MIN:
        return None, quarters
    leap = year % 4 == 0  # until 2100
    if not 1 <= month <= 12 or hour > 23 or minute > 59 or second > 60 or year > 2099:
        raise Unreadable("time")
    if not 1 <= day <= _DAYS[month - 1] + (leap and month == 2):
        raise Unreadable("time")
    days = (year - 1970) * 365 + (year - 1969) // 4 + day - 1 + (leap and month > 2)
    for i in range(month - 1):
        days += _DAYS[i]
    unix_s = ((days * 24 + hour) * 60 + minute) * 60 + second
    if utc is None:
        utc = line[:6] in (b"+CTZE:", b"*PSUTT")
    return unix_s if utc or quarters is None else unix_s - quarters * 900, quarters


def _numbers(line, at, count):
    # The next `count` numbers of the line, whatever stands between them.
    out = []
    value = -1
    for i in range(at, len(line) + 1):
        if i < len(line) and 48 <= line[i] <= 57:
            value = max(value, 0) * 10 + line[i] - 48
        elif value >= 0:
            out.append(value)
            value = -1
            if len(out) == count:
                return out
    raise Unreadable("time")
