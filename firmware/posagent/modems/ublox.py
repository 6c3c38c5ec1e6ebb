"""u-blox SARA-R4, SARA-R5, LARA-R6: sockets numbered by the module, data as hex digits.

Quirks, each with who saw it:
  USOWR prompts with `@` and wants 50 ms before the data; what USORD gives stands in quotes that
    data may hold, too (TinyGSM): UDCONF=1,1 makes both hex digits (maker's AT manual; Zephyr and
    public SARA drivers set it), so no byte of a message can look like a line's end.
  A closed socket answers "operation not allowed" (TinyGSM): that is a connection that is gone.
  No boot line on SARA-R4 (TinyGSM): a restart shows by its settings.
  SARA-R5 and LARA map a PSD profile onto the context, SARA-R4 knows none (TinyGSM).
"""

from binascii import hexlify

from posproto import ids
from posproto.at.result import OK

from ..core import modules
from ..core.modem.command import Command, WaitUrc
from . import common
from .common import field, number

NAME = "ublox"
INIT = (b"+UDCONF=1,1",)
BOOT_URCS = (b"+PBREADY",)
URCS = (b"RING", b"NO CARRIER")
DATA_URCS = ()
LIMIT_MS = 10000
LIMITS = (
    (b"+USOCO", 130000),
    (b"+USOCL", 40000),
    (b"+UDNSRN", 70000),
    (b"+UPSDA=", 180000),
    (b"+CGATT=", 360000),
    (b"+CFUN=", 180000),
) + common.LIMITS
TIMES = (1500, 100, 10000, 40000)
CONTEXT = b"+CGPADDR=1"
_HEX = Command(b"+UDCONF=1,1")
_CHUNK_OUT = 250  # the hex string of +USOWR holds 512 digits at most (maker's manual)
_CHUNK_IN = 400  # and a line has to fit
_sockets = {}  # ours -> the module's number


def iccid():
    return common.read_iccid(Command(b"+CCID", 0, (b"+CCID:", b"")))


def context_state():
    return context_of((yield from common.ask(Command(CONTEXT))))


def context_of(lines):
    for line in lines:
        address = field(line, 1)
        if address.strip(b"0."):
            return address
    return None


def tcp_open(sock, host, port, timeout_ms):
    yield _HEX  # a reset that nobody saw takes it away
    yield from tcp_close(sock)
    for line in (yield from common.ask(Command(b"+USOCR=6"))):
        _sockets[sock] = number(line, 0)
    if _sockets.get(sock, -1) < 0:
        return ids.TCP_CONTEXT
    reply = yield Command(b'+USOCO=%d,"%s",%d' % (_sockets[sock], host, port), timeout_ms, ())
    if reply.result == OK:
        return 0
    error = ids.TCP_CONNECT if reply.result < 4 else ids.TCP_TIMEOUT
    if reply.result < 4:
        rare = modules.load("posagent.modems.ublox_rare")
        if (yield from rare.unresolved(host)):
            error = ids.TCP_DNS
    yield from tcp_close(sock)
    return error


def tcp_send(sock, data):
    own = _sockets.get(sock, -1)
    for at in range(0, len(data), _CHUNK_OUT):
        piece = data[at : at + _CHUNK_OUT]
        words = (own, len(piece), hexlify(piece))
        reply = yield Command(b'+USOWR=%d,%d,"%s"' % words)
        if reply.result != OK or number(reply.lines[-1] if reply.lines else b"", 1) != len(piece):
            return False
    return True


def tcp_wait(sock, timeout_ms):
    own = _sockets.get(sock, -1)
    heads = (b"+UUSORD: %d," % own, b"+UUSOCL: %d" % own, b"+UUPSDD:")
    line = yield WaitUrc(heads, timeout_ms)
    return urc(line)[0] if line else None


def tcp_recv(sock, n):
    own = _sockets.get(sock, -1)
    return common.read_hex(b"+USORD=%d,%d" % (own, min(n, _CHUNK_IN)), 2)


def tcp_close(sock):
    own = _sockets.pop(sock, -1)
    if own >= 0:
        yield Command(b"+USOCL=%d" % own, prefix=())


def urc(line):
    head = line[:8]
    if head == b"+UUSORD:" or head == b"+UUSOCL:":
        own = number(line, 0)
        for sock in _sockets:
            if _sockets[sock] == own:
                closed = head == b"+UUSOCL:"
                return ids.NEWS_SOCK_CLOSED if closed else ids.NEWS_SOCK_DATA, sock
        return ids.NEWS_SOCK_DATA, -1
    if head == b"+UUPSDD:":
        return ids.NEWS_CONTEXT_LOST, 1
    return common.urc(line)
