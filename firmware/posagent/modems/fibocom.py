"""Fibocom L610, L716 and relatives: sockets numbered from 1, data read on demand.

Quirks, each with who saw it:
  Data come unasked, as hex digits of any length, unless IPRFMT is 5 (RT-Thread's L610 driver): a
    module that does not know it is not talked to.
  +MIPOPEN: n,1 means open, and a failure is told by +MIPSTAT: n,1 (drivers of TencentOS and of
    others); the same words mean the opposite on China Mobile's modules.
  A refused +MIPOPEN says why before its ERROR, in words or as a number: "mipcall not active" or
    631 (a public driver in MicroPython).
  +MIPCLOSE: n,0 is our own close, with another number it is the peer's (RT-Thread).
  +SIM READY and +SIM DROP tell of the card (ModemManager's plugin).
"""

from posproto import ids
from posproto.at.result import CME, ERROR, OK

from ..core.modem.command import Command, WaitUrc, matches
from . import common
from .common import field, number

NAME = "fibocom"
INIT = (b'+GTSET="IPRFMT",5',)
BOOT_URCS = (b"AT READY", b"RDY")
URCS = (b"RING", b"NO CARRIER")
DATA_URCS = ()
LIMIT_MS = 9000
PROMPT_ENDS = False
LIMITS = (
    (b"+MIPCALL=", 120000),  # the maker's support: it gives up after 120 s
    (b"+MIPSEND", 15000),
    (b"+MIPDNS", 65000),
    (b"+GTSSLFILE", 15000),
) + common.LIMITS
TIMES = (1500, 300, 15000, 30000)
CONTEXT = b"+MIPCALL?"
_CHUNK = 1024
_GONE = b"+MIPCALL: 0"
_ON_DEMAND = Command(INIT[0])
trusted = b""  # file of fibocom_tls that was loaded into the module


def iccid():
    return common.read_iccid(Command(b"+CCID", 0, (b"+CCID:", b"+ICCID:", b"")))


def context_state():
    return context_of((yield from common.ask(Command(CONTEXT))))


def context_of(lines):
    for line in lines:
        if number(line, 0) == 1 and field(line, 1).strip(b"0."):
            return field(line, 1)
    return None


def tcp_open(sock, host, port, timeout_ms):
    return opened(sock, host, port, timeout_ms, 0)


def opened(sock, host, port, timeout_ms, kind):
    """Procedure: open a connection, of TCP by kind 0, of TLS by 2; the error."""
    own = sock + 1
    reply = yield _ON_DEMAND  # a restart that nobody saw takes it away
    error = ids.TCP_NOT_SUPPORTED
    for _ in range(2 if reply.result == OK else 0):
        words = (own, host, port, kind)
        reply = yield Command(b'+MIPOPEN=%d,,"%s",%d,%d' % words, 0, b"+TCPIP ERROR:")
        error = ids.TCP_IN_USE if reply.result in (ERROR, CME) else ids.TCP_UNKNOWN
        for line in reply.lines:
            if b"mipcall" in line or number(line, 0) == 631:
                error = ids.TCP_CONTEXT
        if reply.result == OK:
            heads = (b"+MIPOPEN: %d," % own, b"+MIPSTAT: %d," % own, _GONE)
            line = yield WaitUrc(heads, timeout_ms)
            if line is None:
                error = ids.TCP_TIMEOUT
            elif line.startswith(_GONE):
                error = ids.TCP_CONTEXT
            elif line.startswith(b"+MIPOPEN:") and number(line, 1) == 1:
                return 0
            else:
                error = ids.TCP_CONNECT
        yield from tcp_close(sock)
        if error != ids.TCP_IN_USE:
            break
    return error


def tcp_send(sock, data):
    own = sock + 1
    for at in range(0, len(data), _CHUNK):
        chunk = data[at : at + _CHUNK]
        reply = yield Command(b"+MIPSEND=%d,%d" % (own, len(chunk)), 0, (), chunk)
        if reply.result != OK:
            return False
        line = yield WaitUrc(b"+MIPSEND: %d," % own, 15000)
        if line is None or number(line, 1) != 0:
            return False
    return True


def tcp_wait(sock, timeout_ms):
    own = sock + 1
    heads = (b"+MIPREAD: %d," % own, b"+MIPCLOSE: %d," % own, b"+MIPSTAT: %d," % own, _GONE)
    line = yield WaitUrc(heads, timeout_ms)
    return urc(line)[0] if line else None


def tcp_recv(sock, n):
    text = b"+MIPREAD=%d,%d" % (sock + 1, min(n, _CHUNK))
    reply = yield Command(text, 0, b"+MIPDATA:", payload=(b"+MIPDATA:", 1))
    return reply.payload or b"" if reply.result == OK else None


def tcp_close(sock):
    reply = yield Command(b"+MIPCLOSE=%d" % (sock + 1), prefix=())
    if reply.result == OK:
        yield WaitUrc(b"+MIPCLOSE: %d" % (sock + 1), 10000)


def urc(line):
    if line.startswith(b"+MIPREAD:"):
        return ids.NEWS_SOCK_DATA, number(line, 0) - 1
    if matches(line, (b"+MIPCLOSE:", b"+MIPSTAT:")):
        return ids.NEWS_SOCK_CLOSED, number(line, 0) - 1
    if line.startswith(_GONE):
        return ids.NEWS_CONTEXT_LOST, 1
    if line.startswith(b"+SIM "):
        return ids.NEWS_SIM_CHANGED, 0
    return common.urc(line)
