"""Final result codes (V.250 cl. 5.7.1, TS 27.007 cl. 9.2, TS 27.005 cl. 3.2.5)."""

from .. import const

NOT_FINAL = const(-1)
OK = const(0)
ERROR = const(1)
CME = const(2)
CMS = const(3)
NO_CARRIER = const(4)
CONNECT = const(5)
SEND_OK = const(6)
SEND_FAIL = const(7)
TIMEOUT = const(8)  # the last three are the engine's: no line says them
RESTARTED = const(9)
DEAD = const(10)
EXTRA = const(11)  # one of the command's own finals

_WORDS = (
    (b"OK", OK),
    (b"ERROR", ERROR),
    (b"NO CARRIER", NO_CARRIER),
    (b"CONNECT", CONNECT),
    (b"NO DIALTONE", NO_CARRIER),
    (b"NO ANSWER", NO_CARRIER),
    (b"BUSY", NO_CARRIER),
    (b"COMMAND NOT SUPPORT", ERROR),
    (b"NA", ERROR),
)
_HEADS = ((b"+CME ERROR:", CME), (b"+CMS ERROR:", CMS), (b"MODEM ERROR:", ERROR))
_TERSE = b"\x00\x05\xff\x04\x01\xff\x04\x04\x04"  # V0 digits 0..8; 2 is RING


def final(buf, start, end, extras=()):
    """Which result code `buf[start:end]` is, or NOT_FINAL. Allocates nothing.

    `extras` are the finals of the command in flight: a whole line, a head that ends in `:`
    (`DATA ACCEPT:`), a tail after a link number that starts with a comma (`, CLOSE OK`), or
    `.` for a bare address. `SEND OK` and `SEND FAIL` count only when listed there.
    """
    if end - start < 2:
        return NOT_FINAL
    if extras:
        code = _own(buf, start, end, extras)
        if code != NOT_FINAL:
            return code
    # Nearly all lines are none, and that is known without the rest.
    if buf[start] == 43:
        if end - start < 11 or buf[start + 2] != 77 or buf[start + 5] != 69:
            return NOT_FINAL  # neither +CME E... nor +CMS E...
    elif buf[start] not in b"OENCBM":
        return NOT_FINAL
    return _one_of_all(buf, start, end)


def _own(buf, start, end, extras):
    for extra in extras:
        if _is_extra(buf, start, end, extra):
            if buf.startswith(b"SEND ", start):
                return SEND_OK if buf[start + 5] == 79 else SEND_FAIL
            return EXTRA
    return NOT_FINAL


def _one_of_all(buf, start, end):
    size = end - start
    for word, code in _WORDS:
        if size == len(word) and buf.startswith(word, start):
            return code
    for word, code in _HEADS:
        if buf.startswith(word, start):
            return code
    if size > 8 and buf.startswith(b"CONNECT ", start) and buf[start + 8] in b"0123456789":
        return CONNECT  # with the speed; `CONNECT OK` is another thing
    return NOT_FINAL


def _is_extra(buf, start, end, extra):
    size = len(extra)
    last = extra[size - 1]
    if last == 46:  # `.`: an address alone, as CIFSR answers
        dots = 0
        for i in range(start, end):
            if buf[i] == 46:
                dots += 1
            elif not 48 <= buf[i] <= 57:
                return False
        return dots == 3
    if extra[0] == 44:  # `,`
        return size < end - start <= size + 2 and buf.startswith(extra, end - size)
    return (last == 58 or size == end - start) and buf.startswith(extra, start)


def terse(buf, start, end):
    """The result that a V0 digit stands for, or NOT_FINAL (V.250 table 1).

    A lone digit can also be an answer: ask only where the command gives none.
    """
    if end - start != 1 or not 48 <= buf[start] <= 56:
        return NOT_FINAL
    code = _TERSE[buf[start] - 48]
    return NOT_FINAL if code == 255 else code


def number(buf, start, end):
    """The number of a `+CME ERROR: 14` line; -1 when it is a text (CMEE=2)."""
    at = buf.find(b":", start, end) + 1
    value = -1
    for i in range(at, end):
        c = buf[i]
        if 48 <= c <= 57:
            value = (0 if value < 0 else value) * 10 + c - 48
        elif c != 32:
            return -1
    return value
