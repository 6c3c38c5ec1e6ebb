"""Who the operator is: +COPS (TS 27.007 cl. 7.3), IMSI, ICCID."""

from .. import const
from . import Unreadable
from .fields import fields, number, optional, text

OWNER_UNKNOWN = const(0)
CHINA_MOBILE = const(1)
CHINA_UNICOM = const(2)
CHINA_TELECOM = const(3)
CHINA_BROADNET = const(4)

# Owner by the last two digits of 460xx, and of 8986xx on the card (ITU-T E.118).
_MNC = b"1213132112033004"
_ISSUER = b"1213102112030004"
# Countries with three-digit MNCs.
_LONG_MNC = (
    b" 302 310 311 312 313 314 315 316 330 334 338 342 344 346 348 350 352 354 356 358 360 365"
    b" 366 376 708 722 732 750"
)


def cops(line):
    """+COPS? -> (mode, format, operator, act); all but mode are None when not registered.

    format 2 gives the PLMN's digits, 0 and 1 names.
    """
    parts = fields(line, b"+COPS:")
    mode = number(parts[0], 0, 4)
    if len(parts) < 3:
        return mode, None, None, None
    return mode, optional(parts, 1, 0, 2), text(parts[2]), optional(parts, 3, 0, 255)


def plmn(imsi):
    """The home network's digits: MCC and an MNC of two or three."""
    number(imsi[:5], 1, 99999)
    return imsi[:6] if _LONG_MNC.find(b" " + imsi[:3]) >= 0 else imsi[:5]


def owner(digits):
    """Owner of a card in mainland China by its PLMN, IMSI or ICCID; else OWNER_UNKNOWN.
    Raises Unreadable: its network's digits are none.
    """
    if digits[:3] == b"460":
        table = _MNC
        at = digits[3:5]
    elif digits[:4] == b"8986":
        table = _ISSUER
        at = digits[4:6]
    else:
        return OWNER_UNKNOWN
    if not at.isdigit():
        raise Unreadable("digits")
    at = int(at)
    return table[at] - 48 if at < len(table) else OWNER_UNKNOWN
