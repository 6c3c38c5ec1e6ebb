"""Unsolicited lines of Quectel, SIMCom and u-blox modules as events that know no vendor."""

from .. import const
from .fields import fields, number, text

SOCKET_DATA = const(1)  # argument: socket
SOCKET_CLOSED = const(2)  # socket
SOCKET_OPENED = const(3)  # socket << 16 | error, 0 when it is open
CONTEXT_LOST = const(4)  # context or cid; None: the only one
CONTEXT_UP = const(5)
BOOT = const(6)  # the module has started: its settings are gone
READY = const(7)  # SIM files and short messages can be used from now on
SIM_IN = const(8)
SIM_OUT = const(9)
SMS_NEW = const(10)  # index
POWER_DOWN = const(11)
SUPPLY = const(12)  # under-voltage: the cable or the supply, not the network
NETWORK_TIME = const(13)

# Whole lines, then heads with the field that decides (None: any) and the place of the
# argument.
_WORDS = (
    (b"RDY", BOOT),
    (b"APP RDY", BOOT),
    (b"START", BOOT),
    (b"SMS DONE", READY),
    (b"PB DONE", READY),
    (b"SMS Ready", READY),
    (b"+QIND: SMS DONE", READY),
    (b"+QIND: PB DONE", READY),
    (b"+QUSIM: 1", SIM_IN),
    (b"+CPIN: READY", SIM_IN),
    (b"+CPIN: NOT READY", SIM_OUT),
    (b"+CPIN: NOT INSERTED", SIM_OUT),
    (b"+CPIN: SIM REMOVED", SIM_OUT),
    (b"+SIMCARD: NOT AVAILABLE", SIM_OUT),
    (b"+PDP: DEACT", CONTEXT_LOST),
    (b"+CIPEVENT: NETWORK CLOSED UNEXPECTEDLY", CONTEXT_LOST),
    (b"POWERED DOWN", POWER_DOWN),
    (b"NORMAL POWER DOWN", POWER_DOWN),
    (b"POWERD DOWN", POWER_DOWN),  # so it is written
)
_HEADS = (
    (b"+QIURC:", b"recv", SOCKET_DATA, 1),
    (b"+QIURC:", b"closed", SOCKET_CLOSED, 1),
    (b"+QIURC:", b"pdpdeact", CONTEXT_LOST, 1),
    (b"+QSSLURC:", b"recv", SOCKET_DATA, 1),
    (b"+QSSLURC:", b"closed", SOCKET_CLOSED, 1),
    (b"+CIPRXGET:", b"1", SOCKET_DATA, 1),
    (b"+IPCLOSE:", None, SOCKET_CLOSED, 0),
    (b"+CADATAIND:", None, SOCKET_DATA, 0),
    (b"+CASTATE:", b"0", SOCKET_CLOSED, 0),
    (b"+APP PDP:", b"DEACTIVE", CONTEXT_LOST, 0),  # codespell:ignore deactive
    (b"+APP PDP:", b"ACTIVE", CONTEXT_UP, 0),
    (b"+UUSORD:", None, SOCKET_DATA, 0),
    (b"+UUSOCL:", None, SOCKET_CLOSED, 0),
    (b"+UUPSDD:", None, CONTEXT_LOST, 0),
    (b"+UUPSDA:", b"0", CONTEXT_UP, 0),
    (b"+CMTI:", None, SMS_NEW, 1),
)
_OPENED = (b"+QIOPEN:", b"+QSSLOPEN:", b"+CIPOPEN:", b"+CAOPEN:", b"+CCHOPEN:", b"+UUSOCO:")
_STATE_LAST = (b"+CASTATE:", b"+APP PDP:")
_TIMES = (b"+CTZV:", b"+CTZE:", b"*PSUTTZ:")


def urc(line):
    """(event, argument) of an unsolicited line; None for one that says nothing here.

    Raises Unreadable when the line is of a known kind and its numbers cannot be read.
    """
    for word, event in _WORDS:
        if line == word:
            return event, None
    colon = line.find(b":") + 1
    head = line[:colon]
    if not colon:
        if line.startswith(b"UNDER-VOLTAGE"):
            return SUPPLY, None
        if line.endswith(b", CLOSED"):
            return SOCKET_CLOSED, number(line[:-8], 0, 11)
        return None
    if head in _TIMES:
        return NETWORK_TIME, None
    if head in _OPENED:
        parts = fields(line, head)
        if len(parts) < 2:
            return None  # of another command with this head
        error = number(parts[1], -1, 65535)
        return SOCKET_OPENED, number(parts[0], 0, 31) << 16 | error & 65535
    for known, first, event, place in _HEADS:
        if known == head:
            parts = fields(line, head)
            value = text(parts[-1 if head in _STATE_LAST else 0])
            if (first is None or value == first) and len(parts) > place:
                return event, number(parts[place], 0, 255)
    return None
