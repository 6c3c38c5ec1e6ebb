"""Signal in whole dBm and dB: +CSQ and +CESQ (TS 27.007 cl. 8.5, 8.69).

An index stands for a step: its lower edge is given, rounded down to the dB.
"""

from . import Unreadable
from .fields import fields, number, text


def csq(line):
    """+CSQ -> (rssi_dbm, ber); None where the modem says 99 (199), not known.

    100..191 is a TD-SCDMA RSCP of Quectel modules. Raises Unreadable.
    """
    parts = fields(line, b"+CSQ:")
    value = number(parts[0], 0, 199)
    if value <= 31:
        rssi_dbm = 2 * value - 113
    elif 100 <= value <= 191:
        rssi_dbm = value - 216
    elif value in (99, 199):
        rssi_dbm = None
    else:
        raise Unreadable("range")
    return rssi_dbm, _index(parts[1] if len(parts) > 1 else b"", 7, 0)


def cesq(line):
    """+CESQ -> (rssi_dbm, ber, rscp_dbm, ecno_db, rsrq_db, rsrp_dbm), None where not known.
    Raises Unreadable.
    """
    parts = fields(line, b"+CESQ:")
    if len(parts) < 6:
        raise Unreadable("fields")
    return (
        _index(parts[0], 63, -111),
        _index(parts[1], 7, 0),
        _index(parts[2], 96, -121),
        _index(parts[3], 49, -49, 2),
        _index(parts[4], 34, -40, 2),
        _index(parts[5], 97, -141),
    )


def _index(field, top, base, steps=1):
    if len(field) < 4 and field.isdigit():  # as number() would, without its calls: nearly all
        value = int(field)
    elif text(field):
        value = number(field, 0, 255)
    else:
        return None
    if value in (99, 255):
        return None
    if value > top:
        raise Unreadable("range")
    return (value + base) // steps
