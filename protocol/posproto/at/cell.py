"""Serving cell of Quectel (+QENG, +QCSQ) and SIMCom (+CPSI) modules, in whole dBm and dB."""

from .. import const
from . import Unreadable
from .fields import fields, hexadecimal, number, optional, text

SEARCH = const(0)  # no cell
LIMITED = const(1)  # camped, service refused: denied, barred or no SIM
IDLE = const(2)  # registered
ACTIVE = const(3)
_STATES = (b"SEARCH", b"LIMSRV", b"NOCONN", b"CONNECT")

# Heads of the vendors' words, AcT (TS 27.007 cl. 7.3), and where +QENG has
# mcc, area, ci, rssi, rsrp, rsrq, rscp after the word; 0: nowhere.
_LTE = b"\x02\x0a\x04\x0d\x0b\x0c\x00"
_RATS = (
    (b"GSM", 0, b"\x01\x03\x04\x08\x00\x00\x00"),
    (b"WCDMA", 2, b"\x01\x03\x04\x00\x00\x00\x08"),
    (b"TDSCDMA", 2, b"\x01\x03\x04\x06\x00\x00\x07"),
    (b"LTE", 7, _LTE),
    (b"CAT-", 7, _LTE),
    (b"eMTC", 7, _LTE),
    (b"NB", 9, _LTE),
    (b"NR5G-NSA", 13, b"\x01\x00\x00\x00\x04\x06\x00"),
    (b"NR5G", 11, b"\x02\x06\x04\x00\x0a\x0b\x00"),
)
_NAMES = ("rssi_dbm", "rsrp_dbm", "rsrq_db", "rscp_dbm")


def qcsq(line):
    """+QCSQ: "CAT-M1",rssi,rsrp,sinr,rsrq -> {act, rssi_dbm, rsrp_dbm, rsrq_db, sinr_db or
    rscp_dbm}. SINR comes as 0..250 for -20..30 dB, on some firmware in whole dB; what may be
    either is left out.
    """
    parts = fields(line, b"+QCSQ:")
    act = _rat(text(parts[0]))[0]
    if act is None:
        return {}
    cell = {"act": act}
    for name, at in zip(_NAMES, b"\x01\x00\x00\x02" if act == 2 else b"\x01\x02\x04\x00"):
        _put(cell, name, parts, at)
    if act != 2 and len(parts) > 4:
        sinr = _level(parts[3])
        if sinr is not None and 30 < sinr <= 250:
            cell["sinr_db"] = sinr // 5 - 20
        elif sinr is not None and -20 <= sinr < 0:
            cell["sinr_db"] = sinr
    return cell


def _rat(word):
    for head, act, places in _RATS:
        if word.startswith(head):
            return 9 if act == 7 and word.find(b"NB") > 0 else act, places
    if word in (b"NOSERVICE", b"NO SERVICE"):
        return None, None
    raise Unreadable("rat")


def _put(cell, name, parts, at):
    # Values that no receiver measures are not known: no entry.
    value = _level(parts[at]) if 0 < at < len(parts) else None
    if value is not None and -160 <= value <= 20:
        cell[name] = value


def _level(part):
    # None for `-` and for nothing, too.
    return number(part, -99999, 99999) if part.lstrip(b"-").isdigit() else None


def qeng(line):
    """One +QENG serving-cell line (EN-DC gives three) -> dict.

    Keys, where the line has them: state (SEARCH, LIMITED, IDLE, ACTIVE), act, plmn (bytes), area
    (lac or tac), ci, rssi_dbm, rsrp_dbm, rsrq_db, rscp_dbm. Raises Unreadable.
    """
    parts = fields(line, b"+QENG:")
    cell = {}
    if parts[0] == b'"servingcell"':
        if len(parts) < 2 or text(parts[1]) not in _STATES:
            raise Unreadable("state")
        cell["state"] = _STATES.index(text(parts[1]))
        parts = parts[2:]
        if not parts:
            return cell
    cell["act"], places = _rat(text(parts[0]))
    mcc = places[0]
    if len(parts) > mcc + 1 and parts[mcc].isdigit() and parts[mcc + 1].isdigit():
        cell["plmn"] = parts[mcc] + parts[mcc + 1]
    for at in (1, 2):
        if 0 < places[at] < len(parts):
            value = hexadecimal(parts[places[at]])
            if value is not None:
                cell["area" if at == 1 else "ci"] = value
    for at in range(4):
        _put(cell, _NAMES[at], parts, places[at + 3])
    return cell


def cpsi(line):
    """+CPSI -> dict as qeng(); state is SEARCH without service, else missing: "Online" is the mode
    of the module, the opposite of Low Power, and holds where the network refuses the card too.

    Firmware differs in the unit: tenths of dB, whole dB, or the index of +CESQ when positive.
    Raises Unreadable.
    """
    parts = fields(line, b"+CPSI:")
    act = _rat(text(parts[0]))[0]
    if act is None:
        return {"state": SEARCH}
    cell = {"act": act}
    if len(parts) < 5:
        raise Unreadable("fields")
    cell["plmn"] = parts[2].replace(b"-", b"")
    cell["area"] = hexadecimal(parts[3])
    cell["ci"] = number(parts[4], 0, 1 << 36)
    if act == 0:
        _put(cell, "rssi_dbm", parts, 6)
    elif act == 2:
        rscp = optional(parts, 10, -160, 160)  # printed without its sign
        if rscp:
            cell["rscp_dbm"] = -abs(rscp)
    elif len(parts) > 12:
        _cpsi_lte(cell, parts)
    return cell


def _cpsi_lte(cell, parts):
    rsrq, rsrp, rssi = [number(part, -9999, 97) for part in parts[10:13]]
    if rsrp >= 0:
        rsrq, rsrp, rssi = (rsrq - 40) // 2, rsrp - 141, rssi - 111
    elif rsrp < -200:
        rsrq, rsrp, rssi = (rsrq + 5) // 10, (rsrp + 5) // 10, (rssi + 5) // 10
    cell["rsrq_db"] = rsrq
    cell["rsrp_dbm"] = rsrp
    cell["rssi_dbm"] = rssi
    if parts[11][:1] == b"-" and len(parts) > 13:  # beside an index the unit of RSSNR is unknown
        sinr = _level(parts[13])
        if sinr is not None and -20 <= sinr <= 40:
            cell["sinr_db"] = sinr
