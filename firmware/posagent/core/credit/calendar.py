"""Days counted from 1970 and what the calendar calls them."""

_LENGTHS = b"\x1f\x1c\x1f\x1e\x1f\x1e\x1f\x1f\x1e\x1f\x1e\x1f"


def _length(year, month):
    return _LENGTHS[month - 1] + (month == 2 and year % 4 == 0)  # until 2100


def day_of(year: int, month: int, dom: int, today: int = 0):
    """The day of a date from 2000 to 2099; 0 when there is no such date.

    Year 0: the first such date not before `today`.
    """
    if not year:
        year = date_of(today)[0]
        day = day_of(year, month, dom)
        return day if not day or day >= today else day_of(year + 1, month, dom)
    if not (2000 <= year < 2100 and 1 <= month <= 12 and 1 <= dom <= _length(year, month)):
        return 0
    day = 10956 + dom + (year - 2000) * 365 + (year - 1997) // 4
    for m in range(1, month):
        day += _length(year, m)
    return day


def date_of(day: int):
    """(year, month, day of the month) of a day from 2000 to 2099."""
    assert 10957 <= day < 47482
    year = 2000 + (day - 10957) // 366
    while day_of(year + 1, 1, 1) <= day and year < 2099:
        year += 1
    rest = day - day_of(year, 1, 1)
    month = 1
    while rest >= _length(year, month):
        rest -= _length(year, month)
        month += 1
    assert 2000 <= year < 2100 and rest < 31
    return year, month, rest + 1
