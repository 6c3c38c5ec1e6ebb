"""Neoway N58, N21 and relatives that know +XIIC: data as hex digits, read on demand.

By the maker's N58 AT manual 2.0. Quirks, each with who saw it:
  Results of connections end without OK: +TCPCLOSE: n,OK; older ones print no blank behind the
    colon (manual, and public M590 sketches).
  The prompt wants 50 to 100 ms before the data (manual): they go as hex digits in the command.
  RECVMODE empties what was received (manual): set in INIT, and again only before an opening.
  N720 with $MYNET commands alone answers ERROR to XIIC: it has no TCP for us.
"""

from binascii import hexlify

from posproto import ids
from posproto.at.result import CME, ERROR, EXTRA, OK

from ..core.modem.command import Command, WaitUrc
from . import common
from .common import field, number

NAME = "neoway"
INIT = (b"+RECVMODE=0,1",)
BOOT_URCS = (b"MODEM:STARTUP", b"+PBREADY")
URCS = (b"RING", b"NO CARRIER")
DATA_URCS = ()
LIMIT_MS = 9000
PROMPT_ENDS = True  # none is used
LIMITS = ((b"+TCPCLOSE", 20000), (b"+DNS", 60000), (b"+XIIC=", 60000)) + common.LIMITS
TIMES = (1500, 300, 15000, 20000)
CONTEXT = b"+XIIC?"
_ON_DEMAND = Command(INIT[0])
_CHUNK_OUT = 250  # 512 bytes are allowed in a command, 1024 digits
_CHUNK_IN = 400  # a line has to fit


def iccid():
    return common.read_iccid(Command(b"+CCID", 0, (b"+CCID:", b"")))


def context_state():
    return context_of((yield from common.ask(Command(CONTEXT))))


def context_of(lines):
    for line in lines:
        if number(line, 0) == 1 and field(line, 1).strip(b"0."):
            return field(line, 1)
    return None


def _heads(sock, *names):
    return tuple([name + form % sock for name in names for form in (b": %d", b":%d")])


def tcp_open(sock, host, port, timeout_ms):
    reply = yield _ON_DEMAND  # a restart that nobody saw takes it away
    error = ids.TCP_NOT_SUPPORTED
    for _ in range(0 if reply.result in (ERROR, CME) else 2):
        text = b"+TCPSETUP=%d,%s,%d" % (sock, host, port)
        reply = yield Command(text, prefix=(), finals=(b"+TCPSETUP:",))
        line = reply.text if reply.result == EXTRA else None
        if reply.result == OK:
            line = yield WaitUrc(_heads(sock, b"+TCPSETUP", b"+TCPCLOSE"), timeout_ms)
        word = field(line, 1) if line else b""
        if word == b"OK":
            return 0
        error = ids.TCP_IN_USE if word == b"ERROR1" else ids.TCP_CONNECT
        if not word:
            error = ids.TCP_TIMEOUT if reply.result == OK else ids.TCP_CONTEXT
        yield from tcp_close(sock)
        if error != ids.TCP_IN_USE:
            break
    return error


def tcp_send(sock, data):
    for at in range(0, len(data), _CHUNK_OUT):
        piece = data[at : at + _CHUNK_OUT]
        words = (sock, len(piece), hexlify(piece))
        text = b'+TCPSEND=%d,%d,"%s",1' % words
        reply = yield Command(text, prefix=(), finals=(b"+TCPSEND:",))
        line = reply.text if reply.result == EXTRA else None
        if reply.result == OK:
            line = yield WaitUrc(_heads(sock, b"+TCPSEND"), 15000)
        if line is None or number(line, 1) != len(piece):
            return False
    return True


def tcp_wait(sock, timeout_ms):
    line = yield WaitUrc(_heads(sock, b"+TCPRECV", b"+TCPCLOSE"), timeout_ms)
    return urc(line)[0] if line else None


def tcp_recv(sock, n):
    return common.read_hex(b"+TCPREAD=%d,%d" % (sock, min(n, _CHUNK_IN)), 2)


def tcp_close(sock):
    yield Command(b"+TCPCLOSE=%d" % sock, prefix=(), finals=(b"+TCPCLOSE:",))


def urc(line):
    if line.startswith(b"+TCPRECV:"):
        return ids.NEWS_SOCK_DATA, number(line, 0)
    if line.startswith(b"+TCPCLOSE:"):
        return ids.NEWS_SOCK_CLOSED, number(line, 0)
    return common.urc(line)
