"""Stars over what may be a card's number, however its digits are grouped."""

from posproto import const

_LEAST = const(13)  # digits of the shortest card number (ISO/IEC 7812)


def grouped(out: bytearray) -> None:
    """Stars out, in place, the digits of each run of 13 and more in which one blank or dash at
    most stands between two digits. The first and the last one stay.
    """
    digits = []
    gap = 0
    for i in range(len(out) + 1):
        c = out[i] if i < len(out) else 10
        if 48 <= c <= 57:
            digits.append(i)
            gap = 0
        elif digits:
            gap += 1
            if gap > 1 or c not in b" -":
                if len(digits) >= _LEAST:
                    for k in digits[1:-1]:
                        out[k] = 42
                digits = []
                gap = 0


def text(line: str) -> str:
    """`line` so; what is no ASCII stays."""
    out = bytearray(line.encode())
    grouped(out)
    return str(bytes(out), "utf-8")
