"""What an F39 means for the sender: six groups, and the verdict that some codes lead to.

A accepted              R retry later: issuer, switch or host side
T terminal, merchant,   C card or cardholder: not the terminal's concern
  key or batch set-up   P retain the card: shop staff
M message refused, and every code that is not known: stop and report
"""

from posproto import ids

# Of ISO 8583:1987, and what UnionPay makes of the numbers that are left to nations: elsewhere 97
# may say that a settlement is done already.
_CODES = (
    "A 00 10 11 08 16",
    "R 06 09 19 68 90 91 92 96",
    "T 03 12 22 25 30 40 58 64 94 95",
    "C 01 02 05 13 14 42 56 15 31 20 21 23 39 44 52 53 51 54 55 75 57 59 62 63 60 66 61 65 93",
    "P 04 07 33 34 35 36 37 38 41 43 67",
)
_NATIONAL = ("A A2 A4 A5 A6", "R 98 A7", "T 77 79 97 99 A0 A1 A3 45")
_VERDICTS = (
    (ids.V_HOST_MAINTENANCE, "90 91 92 96"),
    (ids.V_TERMINAL_DEACTIVATED, "58"),
    (ids.V_MERCHANT_UNKNOWN, "03"),
)
_NATIONAL_VERDICTS = (
    (ids.V_TERMINAL_DEACTIVATED, "97"),
    (ids.V_KEYS_OUT_OF_STEP, "99 A0"),
    (ids.V_BATCH_OUT_OF_STEP, "77"),
)


def group(f39: str, overrides: dict | None = None, national: bool = True) -> str:
    """The group's letter; `overrides` are the acquirer's own groups by code, `national` says
    whether UnionPay's codes hold. None is M.
    """
    if overrides and f39 in overrides:
        return overrides[f39]
    for codes in _CODES + (_NATIONAL if national else ()):
        if _has(codes[2:], f39):
            return codes[0]
    return "M"


def is_own(f39: str, overrides: dict | None = None, national: bool = True) -> bool:
    """Does the code mean something else here than the tables say? Then neither its verdict nor
    its words hold.
    """
    return group(f39, overrides, national) != group(f39)


def verdict(f39: str, overrides: dict | None = None, national: bool = True) -> int:
    """The V_* that a code alone leads to, 0 where it says nothing about the terminal or host."""
    if is_own(f39, overrides, national):
        return 0
    for number, codes in _VERDICTS + (_NATIONAL_VERDICTS if national else ()):
        if _has(codes, f39):
            return number
    return 0


def _has(codes, f39):
    return f39 in codes.split()


def cause(f39: str) -> int:
    """The code as a cause number (ids.CAUSE_F39): both characters in base 36.

    A code that is absent or has other characters, which hosts do send, gives the number behind ZZ.
    """
    number = 0
    for c in f39 or "?":
        digit = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ".find(c.upper())
        if digit < 0:
            number = 1296
            break
        number = number * 36 + digit
    return (ids.CAUSE_F39 << 8) + number
