"""+CREG, +CGREG, +CEREG, +C5GREG (TS 27.007 cl. 7.2, 10.1.20, 10.1.22, 10.1.47)."""

from .. import const
from . import Unreadable
from .fields import fields, hexadecimal, number, text

PS = const(1)  # of the domains 0 to 3, in the order of _HEADS
FIVEGS = const(3)

# What makers print where no area or cell is known (TS 23.003 cl. 4.1 reserves FFFE).
_NO_AREA = (0xFFFE, 0xFFFF)
_NO_CELL = (0xFFFFFFF, 0xFFFFFFFF)
_DIGITS = b"0123456789"
_HEADS = (b"+CREG:", b"+CGREG:", b"+CEREG:", b"+C5GREG:")


def parse(line, asked=None, mode=None):
    """What a registration line says.

    The read form (`n,stat,...`) and the unsolicited form (`stat,...`) share one head: `asked` is
    True while that head's `?` command is in flight, False when none is, None when not known;
    `mode` is the n last set, None when not known.

    Returns (domain, n, stat, area, ci, act, rac, cause_type, reject_cause); n is None in the
    unsolicited form, area is the lac or tac, and None stands for what the line does not carry.
    cause_type 0 is a 3GPP cause: MM for +CREG, GMM for +CGREG, EMM for +CEREG.
    Raises Unreadable.
    """
    domain = 0
    while not line.startswith(_HEADS[domain]):
        domain += 1
        if domain == len(_HEADS):
            raise Unreadable("head")
    parts = fields(line, _HEADS[domain])
    told = [None] * 9
    told[0] = domain
    told[2] = _stat(parts[0])
    if len(parts) > 1:
        if _is_read(parts, told[2], asked, mode):
            told[1] = told[2]
            told[2] = _stat(parts[1])
            parts.pop(0)
        _locate(told, parts)
    return tuple(told)


def _stat(field):
    value = number(field, 0, 90)
    if 11 < value < 90:  # 90: SIM failure, on nRF91
        raise Unreadable("range")
    return value


def _is_read(parts, first, asked, mode):
    second = parts[1]
    if first > 5 or not second.isdigit() or len(second) > 3 or int(second) > 11:
        return False  # quoted, empty, or hex: a lac after the stat
    if len(parts) == 2 or asked:
        return True
    if len(parts) == 3 and asked is not None and parts[2][:1] != b'"':
        return False  # stat,lac,ci without quotes: the read form has no three fields
    return mode is None or first == mode


def _locate(told, parts):
    # parts: stat, area, ci, act, ...; releases and makers differ in where the rac stands.
    size = len(parts)
    if size > 1:
        told[3] = _known(parts[1], _NO_AREA)
    if size > 4 and not _is_act(parts[3]) and _is_act(parts[4]):
        told[6] = hexadecimal(parts.pop(2))  # TS 27.007 v8.6: stat,tac,rac,ci,act
        size -= 1
    if size > 2:
        told[4] = _known(parts[2], _NO_CELL)
    if size > 3 and _is_act(parts[3]) and parts[3]:
        told[5] = int(parts[3])
    at = 4
    if told[0] == FIVEGS:
        at = 6  # after the allowed NSSAI and its length
    elif size > 4 and (size == 5 or parts[4][:1] == b'"' or (told[0] == PS and size != 6)):
        at = 5
        if told[6] is None and len(text(parts[4])) < 3:
            told[6] = hexadecimal(parts[4])
    if size > at + 1 and parts[at]:
        told[7] = number(parts[at], 0, 1)
        told[8] = number(parts[at + 1], 0, 255)


def _known(field, fillers):
    value = hexadecimal(field)
    return None if value in fillers else value


def _is_act(field):
    return not field or (field.isdigit() and len(field) < 4)


def is_news(buf, start, end):
    """Whether a +CREG, +CGREG or +CEREG line is news and no answer (TS 27.007 cl. 7.2).

    The answer has a bare stat of 1 or 2 digits, or 3 with leading zeros, as its second field; the
    news has a quoted or hex area code there, or nothing. Other lines are never news in this sense.
    """
    at = buf.find(b",", start, end) + 1
    if 0 < at < end and buf[at] in _DIGITS:
        at += 1
        if at < end and buf[at] in _DIGITS:
            at += 1
            if at < end and buf[at - 2] == 48 and buf[at] in _DIGITS:
                at += 1
        if at >= end or buf[at] == 44:
            return False  # nearly all that is asked about
    return buf.find(b"REG:", start, start + 8) >= 0
