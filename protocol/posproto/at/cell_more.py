"""Serving cell of Fibocom (+GTCCINFO), China Mobile (+MUESTATS) and Neoway (+NETDMSG) modules.

Keys and units as cell.qeng(); what a line does not hold has no entry.
"""

from . import Unreadable
from .fields import fields, hexadecimal, number, text

_LTE = 7  # AcT, TS 27.007 cl. 7.3


def _level(cell, name, part, low, high, scale=1, base=0):
    # Scaled as the maker prints it; what no receiver measures, or marks as unknown, is left out.
    part = part.strip(b'" ')
    if (part[1:] if part[:1] == b"-" else part).isdigit():
        value = number(part, -99999, 99999)
        if low <= value <= high:
            cell[name] = value // scale + base


def gtccinfo(line):
    """One line of +GTCCINFO?: 1,rat,mcc,mnc,tac,ci,earfcn,pci,band,bw,sinr,rxlev,rsrp,rsrq of the
    serving LTE cell (maker's manual, cl. 11.1); others are Unreadable. Levels as +CESQ has them.
    """
    parts = fields(line, b"")
    if len(parts) < 14 or parts[0] != b"1" or parts[1] != b"4":
        raise Unreadable("row")
    mnc = b"0" + parts[3] if len(parts[3]) == 1 else parts[3]
    cell = {"act": _LTE, "plmn": parts[2] + mnc}
    cell["area"], cell["ci"] = hexadecimal(parts[4]), hexadecimal(parts[5])
    _level(cell, "sinr_db", parts[10], -40, 80, 2)
    _level(cell, "rsrp_dbm", parts[12], 0, 97, 1, -141)
    _level(cell, "rsrq_db", parts[13], 0, 34, 2, -20)
    return cell


def muestats(line):
    """+MUESTATS: "scell",rat,mcc,mnc,earfcn,offset,pci,rsrp,rsrq,rssi,sinr,.. in tenths of dB;
    -32768 is unknown (AT manual of the 4G series). Area and cell stand in +CEREG alone.
    Raises Unreadable.
    """
    parts = fields(line, b"+MUESTATS:")
    if text(parts[0]) != b"scell" or len(parts) < 11 or parts[1] != b"4":
        raise Unreadable("row")
    cell = {"act": _LTE, "plmn": parts[2] + parts[3]}
    _level(cell, "rsrp_dbm", parts[7], -1600, -300, 10)
    _level(cell, "rsrq_db", parts[8], -400, 30, 10)
    _level(cell, "rssi_dbm", parts[9], -1300, -100, 10)
    _level(cell, "sinr_db", parts[10], -300, 500, 10)
    return cell


def netdmsg(line):
    """+NETDMSG: "460+01",0x758A,0x6040021,pci,"FDD LTE",LTE BAND 3,earfcn,rx,tx,sid,nid,bid,rsrp,
    rsrq,sinr, the last three in tenths of dB (maker's manual, logs of N58). Raises Unreadable.
    """
    parts = fields(line, b"+NETDMSG:")
    if len(parts) < 15 or text(parts[4]).find(b"LTE") < 0:
        raise Unreadable("row")
    cell = {"act": _LTE, "plmn": text(parts[0]).replace(b"+", b"")}
    cell["area"], cell["ci"] = hexadecimal(parts[1]), hexadecimal(parts[2])
    _level(cell, "rssi_dbm", parts[7], -130, -10)
    _level(cell, "rsrp_dbm", parts[12], -1600, -300, 10)
    _level(cell, "rsrq_db", parts[13], -400, 30, 10)
    _level(cell, "sinr_db", parts[14], -300, 500, 10)
    return cell
