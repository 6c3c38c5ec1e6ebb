"""China Mobile OneMO ML302, ML305, ML307: data as hex digits, read on demand.

By the maker's TCP/IP manual 5.1 and SSL manual 5.4, as their users quote them. Quirks:
  +MIPOPEN: n,0 means open, the opposite of Fibocom's; other numbers are CME errors (manual).
  A connection that ends by itself frees its slot, with what was not read, unless told (autofree).
  +MIPCALL=0 ends the module's own dialling, not the bearer (flow guide): the ladder's attach does.
  AT+MCCID, and AT+ICCID on older ones (drivers of esp-ml307 and RT-Thread).
"""

from posproto import ids
from posproto.at.result import CME, OK

from ..core.modem.command import Command, WaitUrc
from . import common
from .common import field, number

NAME = "ml307"
INIT = ()
BOOT_URCS = (b"+MATREADY", b"+MATREADY:")
OFF = (b"POWER OFF",)
URCS = (b"RING", b"NO CARRIER", b"REBOOTING") + OFF
DATA_URCS = ()
LIMIT_MS = 9000
PROMPT_ENDS = True  # after 10 s (manual)
LIMITS = (
    (b"+CGATT=", 140000),
    (b"+MIPCALL=", 60000),
    (b"+MIPSEND", 15000),
    (b"+MSSL", 20000),
    (b"+CFUN=", 45000),
) + common.LIMITS
TIMES = (2300, 300, 12000, 10000)
CONTEXT = b"+MIPCALL?"
_CHUNK_OUT = 1460
_CHUNK_IN = 400  # a line has to fit
_SETTINGS = (b'+MIPCFG="encoding",%d,0,1', b'+MIPCFG="autofree",%d,1')
_GONE = (b"+MIPCALL: 1,0", b"+MIPCALL:1,0")
_ERRORS = {
    552: ids.TCP_IN_USE,
    557: ids.TCP_CONNECT,
    558: ids.TCP_TIMEOUT,
    559: ids.TCP_CONNECT,
    570: ids.TCP_CONTEXT,
    571: ids.TCP_CONTEXT,
    575: ids.TCP_CONTEXT,  # no APN is set
    580: ids.TCP_DNS,
    752: ids.TCP_TLS_CERTIFICATE,
    753: ids.TCP_TLS,  # the negotiation: time-out, failed
    754: ids.TCP_TLS,
}


def iccid():
    return common.read_iccid(Command(b"+MCCID", 0, (b"+MCCID:", b"")), Command(b"+ICCID"))


def context_state():
    return context_of((yield from common.ask(Command(CONTEXT))))


def context_of(lines):
    for line in lines:
        if number(line, 0) == 1 and number(line, 1) == 1 and field(line, 2).strip(b"0."):
            return field(line, 2)
    return None


def tcp_open(sock, host, port, timeout_ms):
    return opened(sock, host, port, timeout_ms, 0)


def opened(sock, host, port, timeout_ms, tls):
    """Procedure: open a connection, inside TLS of context 1 where `tls`; the error."""
    for text in _SETTINGS:
        yield Command(text % sock, prefix=())
    yield Command(b'+MIPCFG="ssl",%d,%d,1' % (sock, tls), prefix=())
    error = ids.TCP_UNKNOWN
    for _ in range(2):
        words = (sock, host, port, max(10, timeout_ms // 1000))
        reply = yield Command(b'+MIPOPEN=%d,"TCP","%s",%d,%d,2' % words, prefix=())
        if reply.result == OK:
            line = yield WaitUrc(b"+MIPOPEN: %d," % sock, timeout_ms + 2000)
            code = number(line, 1) if line else 558
            if code == 0:
                return 0
            error = _ERRORS.get(code, ids.TCP_UNKNOWN)
        elif reply.result == CME:
            error = _ERRORS.get(reply.code, ids.TCP_UNKNOWN)
        yield from tcp_close(sock)
        if error != ids.TCP_IN_USE:
            break
    return error


def tcp_send(sock, data):
    for at in range(0, len(data), _CHUNK_OUT):
        chunk = data[at : at + _CHUNK_OUT]
        reply = yield Command(b"+MIPSEND=%d,%d" % (sock, len(chunk)), 0, (), chunk)
        if reply.result != OK:
            return False
    return True


def tcp_wait(sock, timeout_ms):
    heads = (b'+MIPURC: "rtcp",%d,' % sock, b'+MIPURC: "disconn",%d,' % sock) + _GONE
    line = yield WaitUrc(heads, timeout_ms)
    return urc(line)[0] if line else None


def tcp_recv(sock, n):
    return common.read_hex(b"+MIPRD=%d,%d" % (sock, min(n, _CHUNK_IN)), 3)


def tcp_close(sock):
    reply = yield Command(b"+MIPCLOSE=%d" % sock, prefix=())
    if reply.result == OK:
        yield WaitUrc(b"+MIPCLOSE: %d" % sock, 10000)


def urc(line):
    if line.startswith(b"+MIPURC:"):
        kind = field(line, 0)
        if kind == b"rtcp":
            return ids.NEWS_SOCK_DATA, number(line, 1)
        if kind == b"disconn":
            if number(line, 2) == 3:
                return ids.NEWS_CONTEXT_LOST, 1
            return ids.NEWS_SOCK_CLOSED, number(line, 1)
    if line in _GONE:
        return ids.NEWS_CONTEXT_LOST, 1
    if line in OFF:
        return ids.NEWS_POWERED_DOWN, 0
    return common.urc(line)
