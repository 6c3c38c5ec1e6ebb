"""The numbers of card and module: ICCID, IMSI, IMEI, tries left (TS 27.007 cl. 5, 8.18, 8.65)."""

from . import Unreadable
from .fields import after_head, fields, number, text


def cpinr(line):
    """+CPINR: SIM PIN,3,3 -> (name, tries left). Raises Unreadable."""
    parts = fields(line, b"+CPINR:")
    if len(parts) < 2:
        raise Unreadable("fields")
    return text(parts[0]), number(parts[1], 0, 99)


def _digits(value, least, most):
    if not least <= len(value) <= most or not value.isdigit():
        raise Unreadable("digits")
    return value


def imsi(line):
    """AT+CIMI -> 14 or 15 digits."""
    return _digits(after_head(line), 14, 15)


def imei(line):
    """AT+CGSN -> 15 digits; what some makers put after a comma is dropped."""
    return _digits(after_head(line), 15, 15)


def iccid(line):
    """Any ICCID answer, or the +CRSM of EF_ICCID -> 18 to 20 characters without padding.

    Nibbles may be swapped as on the card (they begin with 98 then): an ICCID begins with 89.
    Raises Unreadable.
    """
    value = crsm(line) if line.startswith(b"+CRSM:") else after_head(line)
    value = value.upper()
    for c in value:
        if c not in b"0123456789ABCDEF":
            raise Unreadable("digits")
    if value[:2] == b"98" and len(value) == 20:
        value = swapped(value)
    value = value.rstrip(b"F")
    # A letter inside, F too, is the issuer's own: 898602F9... of China Mobile.
    if value[:2] != b"89" or not 18 <= len(value) <= 20 or value.find(b"FFF") >= 0:
        raise Unreadable("iccid")
    return value


def swapped(value):
    """Hex digits with the two of each octet exchanged."""
    out = bytearray(len(value) & ~1)
    for i in range(len(out)):
        out[i] = value[i ^ 1]
    return bytes(out)


def crsm(line):
    """+CRSM: 144,0,"98..." -> the hex digits; Unreadable when the card refused."""
    parts = fields(line, b"+CRSM:")
    if number(parts[0], 0, 255) not in (144, 145) or len(parts) < 3:
        raise Unreadable("card")
    return text(parts[2])


def fplmn(line):
    """+CRSM of EF_FPLMN -> the forbidden networks, as PLMN digits (TS 31.102 cl. 4.2.16)."""
    value = swapped(crsm(line).upper())
    out = []
    for i in range(0, len(value) - 5, 6):
        plmn = value[i : i + 3] + value[i + 4 : i + 6] + value[i + 3 : i + 4].rstrip(b"F")
        if plmn.isdigit():
            out.append(plmn)
    return out
