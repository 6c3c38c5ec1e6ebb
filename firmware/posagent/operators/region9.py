"""Cards of no country."""

COUNTRIES = """\
901 en USD .ymd $"""
ROWS = ""
