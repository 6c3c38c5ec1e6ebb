"""Dates of the Gregorian calendar from seconds, without the time module (not on every port)."""


def civil(unix_s):
    """(year, month, day, hour, minute, second) of a count of seconds since 1970."""
    days, rest = divmod(unix_s, 86400)
    # Years begin in March here, so that the leap day is a year's last one.
    z = days + 719468
    era, day_of_era = divmod(z, 146097)
    year_of_era = (
        day_of_era - day_of_era // 1460 + day_of_era // 36524 - day_of_era // 146096
    ) // 365
    day_of_year = day_of_era - (365 * year_of_era + year_of_era // 4 - year_of_era // 100)
    shifted = (5 * day_of_year + 2) // 153
    day = day_of_year - (153 * shifted + 2) // 5 + 1
    month = shifted + 3 if shifted < 10 else shifted - 9
    year = year_of_era + era * 400 + (1 if month <= 2 else 0)
    return year, month, day, rest // 3600, rest // 60 % 60, rest % 60


def unix(year, month, day, hour=0, minute=0, second=0):
    """Seconds since 1970; the inverse of civil()."""
    if month <= 2:
        year -= 1
        month += 12
    days = 365 * year + year // 4 - year // 100 + year // 400 + (153 * (month - 3) + 2) // 5 + day
    return (days - 719469) * 86400 + hour * 3600 + minute * 60 + second


def clock_text(unix_s, zone_quarters):
    """A local time as +CCLK writes it: yy/MM/dd,hh:mm:ss+zz (TS 27.007 cl. 8.15)."""
    y, mo, d, h, mi, s = civil(unix_s + zone_quarters * 900)
    sign = "-" if zone_quarters < 0 else "+"
    return "%02d/%02d/%02d,%02d:%02d:%02d%s%02d" % (
        y % 100,
        mo,
        d,
        h,
        mi,
        s,
        sign,
        abs(zone_quarters),
    )
