"""Quectel EC2x, EC200x, EG91x, EC800x, BG9x, by the maker's AT and TCP/IP notes.

Quirks, each with who saw it:
  QIOPEN fails and its slot stays taken until QICLOSE (TCP/IP note); a stale slot answers 563 or
    "already connect" (opentracker #28): closed, opened once more.
  SEND FAIL means that the buffer is full, nothing was taken (TCP/IP note): sent again later.
  URCs go to the USB port unless told otherwise (EC2x AT manual): told to come everywhere.
  No AT is executed while QIACT, QIDEACT or QICLOSE runs (TCP/IP note): hence their long limits.
"""

from posproto import ids
from posproto.at.result import ERROR, OK, SEND_FAIL, SEND_OK

from ..core.modem.command import Command, Sleep, WaitUrc, matches
from . import common
from .common import field, number

NAME = "quectel"
INIT = (
    b'+QURCCFG="urcport","uart1"',
    b'+QURCCFG="urcport","all"',  # not every member of the family knows it
    b"+QSCLK=0",
    b"+QSIMSTAT=1",
)
BOOT_URCS = (b"RDY", b"APP RDY")
OFF = (b"POWERED DOWN", b"NORMAL POWER DOWN")
URCS = (b"RING", b"NO CARRIER") + OFF
DATA_URCS = ()
LIMIT_MS = 5000
PROMPT_ENDS = True  # after 5 s (TCP/IP note)
LIMITS = (
    (b"+QIACT=", 150000),
    (b"+QIDEACT", 40000),
    (b"+QICLOSE", 20000),
    (b"+QISEND", 15000),  # the prompt gives up after 5 s
    (b"+QSSL", 20000),
    (b"+QF", 20000),
) + common.LIMITS
TIMES = (1500, 500, 15000, 60000)
_CHUNK = 1460
_SENDS = (b"SEND OK", b"SEND FAIL")
_CONTEXT_GONE = b'+QIURC: "pdpdeact"'
CONTEXT = b"+QIACT?"


def iccid():
    return common.read_iccid(Command(b"+QCCID"))


def context_state():
    return context_of((yield from common.ask(Command(CONTEXT))))


def context_of(lines):
    for line in lines:
        if number(line, 0) == 1 and number(line, 1) == 1 and field(line, 3).strip(b"0."):
            return field(line, 3)
    return None


def last_error():
    for line in (yield from common.ask(Command(b"+QIGETERROR"))):
        return max(number(line, 0), ids.TCP_UNKNOWN)
    return ids.TCP_UNKNOWN


def tcp_open(sock, host, port, timeout_ms):
    text = b'+QIOPEN=1,%d,"TCP","%s",%d,0,0' % (sock, host, port)
    return (yield from opened(text, b"+QIOPEN: %d," % sock, b"+QICLOSE=%d" % sock, timeout_ms))


def opened(text, head, close, timeout_ms):
    """Procedure: open a connection by `text`, whose result has `head`; the error."""
    error = ids.TCP_IN_USE
    for _ in range(2):
        reply = yield Command(text, prefix=())
        if reply.result == OK:
            line = yield WaitUrc((head, _CONTEXT_GONE), timeout_ms)
            if line is None:
                error = ids.TCP_TIMEOUT
            else:
                error = ids.TCP_CONTEXT if line.startswith(_CONTEXT_GONE) else number(line, 1)
            if error == 0:
                return 0
        elif reply.result == ERROR:
            error = yield from last_error()
        else:
            return ids.TCP_UNKNOWN
        yield Command(close, prefix=())
        if error != ids.TCP_IN_USE:
            break
    return error if error > 0 else ids.TCP_UNKNOWN


def tcp_send(sock, data):
    return (yield from send(b"+QISEND=%d,%d", sock, data))


def send(text, sock, data):
    """Procedure: the data in pieces by `text` % (sock, size); True when all was taken."""
    for at in range(0, len(data), _CHUNK):
        chunk = data[at : at + _CHUNK]
        for _ in range(5):
            reply = yield Command(text % (sock, len(chunk)), 0, (), chunk, _SENDS)
            if reply.result != SEND_FAIL:
                break
            yield Sleep(500)
        if reply.result != SEND_OK:
            return False
    return True


def tcp_wait(sock, timeout_ms):
    heads = (b'+QIURC: "recv",%d' % sock, b'+QIURC: "closed",%d' % sock, _CONTEXT_GONE)
    line = yield WaitUrc(heads, timeout_ms)
    return urc(line)[0] if line else None


def tcp_recv(sock, n):
    reply = yield Command(b"+QIRD=%d,%d" % (sock, min(n, 1500)), payload=(b"+QIRD:", 0))
    return reply.payload or b"" if reply.result == OK else None


def tcp_close(sock):
    yield Command(b"+QICLOSE=%d" % sock, prefix=())


def urc(line):
    if matches(line, (b"+QIURC: ", b"+QSSLURC: ")):
        kind = field(line, 0)
        if kind == b"recv":
            return ids.NEWS_SOCK_DATA, number(line, 1)
        if kind == b"closed":
            return ids.NEWS_SOCK_CLOSED, number(line, 1)
        if kind == b"pdpdeact":
            return ids.NEWS_CONTEXT_LOST, number(line, 1)
    elif matches(line, (b"+QUSIM:", b"+QSIMSTAT:")):
        return ids.NEWS_SIM_CHANGED, 0
    elif line in OFF:
        return ids.NEWS_POWERED_DOWN, 0
    return common.urc(line)
