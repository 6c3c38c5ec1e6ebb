"""What an F39 means for the sender: six groups, and the verdict that some codes lead to.

A accepted              R retry later: issuer, switch or host side
T terminal, merchant,   C card or cardholder: not the terminal's concern
  key or batch set-up   P retain the card: shop staff
M message refused, and every code that is not known: stop and report
"""

from posproto import ids

# Meanings, most named as the code that has them at UnionPay's POS centre: each stands in a group,
# may lead to a verdict, and has words of its own at the host. Those of three characters are what
# other dialects say by a number that UnionPay took for something else.
_GROUPS = (
    "A 00 10 11 08 16 A2 A4 A5 A6",
    "R 06 09 19 68 90 91 92 96 98 A7",
    "T 03 12 22 25 30 40 58 64 94 95 77 79 97 99 A0 A1 A3 45 77n 97n",
    "C 01 02 05 13 14 42 56 15 31 20 21 23 39 44 52 53 51 54 55 75 57 59 62 63 60 66 61 65 93",
    "P 04 07 33 34 35 36 37 38 41 43 67",
)
_VERDICTS = (
    (ids.V_HOST_MAINTENANCE, "90 91 92 96"),
    (ids.V_TERMINAL_DEACTIVATED, "58 97"),
    (ids.V_MERCHANT_UNKNOWN, "03"),
    (ids.V_KEYS_OUT_OF_STEP, "99 A0"),
    (ids.V_BATCH_OUT_OF_STEP, "77"),
)
# Codes that ISO 8583 leaves to nations, and what they are outside of UnionPay's dialect: a 77
# closes a batch with a difference (NAC), a 97 says that nothing can be settled now (AS2805, NAC).
_NATIONAL = "A2 A4 A5 A6 98 A7 77 79 97 99 A0 A1 A3 45"
_ELSEWHERE = {"77": "77n", "97": "97n"}


def meaning(f39: str, overrides: dict | None = None, national: bool = True) -> str:
    """The meaning's name; a group's letter where only the group is known; "" where nothing is.

    `overrides`: of the acquirer, {code: a group's letter, or the meaning whose group, verdict and
    words it has}. `national`: do UnionPay's codes hold?
    """
    own = overrides and overrides.get(f39)
    if own:
        # The group that it has anyway changes nothing.
        usual = meaning(f39, None, national)
        return usual if len(own) == 1 and _group(usual) == own else own
    if not national and _has(_NATIONAL, f39):
        return _ELSEWHERE.get(f39, "")
    return f39 if _group(f39) != "M" and len(f39) == 2 else ""


def group(f39: str, overrides: dict | None = None, national: bool = True) -> str:
    """The group's letter, see meaning(). None is M."""
    return _group(meaning(f39, overrides, national)) if f39 else "M"


def _group(name):
    if len(name or "") == 1:
        return name
    for names in _GROUPS:
        if _has(names[2:], name):
            return names[0]
    return "M"


def verdict(f39: str, overrides: dict | None = None, national: bool = True) -> int:
    """The V_* that a code alone leads to, 0 where it says nothing about the terminal or host."""
    name = meaning(f39, overrides, national) if f39 else ""
    for number, names in _VERDICTS:
        if _has(names, name):
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
