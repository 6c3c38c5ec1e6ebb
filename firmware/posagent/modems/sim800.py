"""SIMCom SIM800 and SIM900: 2G, an older command set whose results are words of their own.

Quirks: CIFSR answers a bare address and no OK; CIPSHUT, CIPCLOSE and CIPSEND end with own words
(TinyGSM); a dip of the 2 A supply shows as UNDER-VOLTAGE lines: a power fault, not the network's.
"""

from posproto import ids
from posproto.at.result import EXTRA, OK

from ..core.modem.command import Command, WaitUrc, matches
from . import common
from .common import number

NAME = "sim800"
INIT = (b"+CSCLK=0", b"+CIURC=1")
BOOT_URCS = (b"RDY",)
OFF = (b"NORMAL POWER DOWN",)
_SUPPLY = (b"UNDER-VOLTAGE", b"OVER-VOLTAGE")
URCS = (
    OFF
    + _SUPPLY
    + (
        b"RING",
        b"NO CARRIER",
        b"Call Ready",
        b"SMS Ready",
        b"0, ",
        b"1, ",
    )
)
DATA_URCS = ()
LIMIT_MS = 5000
PROMPT_ENDS = False
CONTEXT = b""  # +CIFSR ends without a result
LIMITS = (
    (b"+CIICR", 85000),
    (b"+CIPSHUT", 65000),
    (b"+CIPSEND", 60000),
) + common.LIMITS
TIMES = (1500, 150, 10000, 5000)
_CHUNK = 1460
_CONTEXT_GONE = b"+PDP: DEACT"
_READ_ON_DEMAND = Command(b"+CIPRXGET=1")
_READ_ADDRESS = Command(b"+CIFSR", LIMIT_MS, (), finals=(b".",))  # in each look


def iccid():
    return common.read_iccid(Command(b"+CCID", 0, (b"+CCID:", b"")))


def context_state():
    reply = yield _READ_ADDRESS
    return reply.text if reply.result == EXTRA and reply.text.strip(b"0.") else None


def tcp_open(sock, host, port, timeout_ms):
    # Without it the module pushes data at us; a reset that nobody saw takes it away.
    yield _READ_ON_DEMAND
    for _ in range(2):
        reply = yield Command(b'+CIPSTART=%d,"TCP","%s",%d' % (sock, host, port), prefix=())
        if reply.result != OK:
            error = ids.TCP_UNKNOWN
        else:
            line = yield WaitUrc((b"%d, " % sock, _CONTEXT_GONE), timeout_ms)
            if line is None:
                error = ids.TCP_TIMEOUT
            elif line.endswith(b", CONNECT OK"):
                return 0
            else:
                error = ids.TCP_IN_USE if line.endswith(b"ALREADY CONNECT") else ids.TCP_CONNECT
        yield from tcp_close(sock)
        if error != ids.TCP_IN_USE:
            break
    return error


def tcp_send(sock, data):
    finals = (b"DATA ACCEPT:", b", SEND OK", b", SEND FAIL")
    for at in range(0, len(data), _CHUNK):
        chunk = data[at : at + _CHUNK]
        reply = yield Command(b"+CIPSEND=%d,%d" % (sock, len(chunk)), 0, (), chunk, finals)
        if reply.result != EXTRA or reply.text.endswith(b"FAIL"):
            return False
    return True


def tcp_wait(sock, timeout_ms):
    heads = (b"+CIPRXGET: 1,%d" % sock, b"%d, CLOSED" % sock, _CONTEXT_GONE)
    line = yield WaitUrc(heads, timeout_ms)
    return urc(line)[0] if line else None


def tcp_recv(sock, n):
    head = b"+CIPRXGET: 2,"
    text = b"+CIPRXGET=2,%d,%d" % (sock, min(n, _CHUNK))
    reply = yield Command(text, 0, head, payload=(head, 2))
    return reply.payload or b"" if reply.result == OK else None


def tcp_close(sock):
    yield Command(b"+CIPCLOSE=%d,1" % sock, prefix=(), finals=(b", CLOSE OK",))


def urc(line):
    if line.startswith(b"+CIPRXGET: 1,"):
        return ids.NEWS_SOCK_DATA, number(line, 1)
    if line.endswith(b", CLOSED"):
        return ids.NEWS_SOCK_CLOSED, line[0] - 48
    if line == _CONTEXT_GONE:
        return ids.NEWS_CONTEXT_LOST, 1
    if matches(line, _SUPPLY):
        return ids.NEWS_SUPPLY, 0
    if line in OFF:
        return ids.NEWS_POWERED_DOWN, 0
    return common.urc(line)
