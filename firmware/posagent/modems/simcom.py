"""SIMCom SIM7600, A7670 and A76xx, by the maker's AT manuals.

Quirks, each with who saw it:
  AUTOCSQ swallows the answer to CSQ, and it comes as a URC (ModemManager): switched off.
  Sockets may go through another context, "ims" say, where nothing passes (T-SIM7600X #90,
    TinyGSM #649): context 1 is chosen, activated and looked at before NETOPEN.
"""

from posproto import ids
from posproto.at.result import OK

from ..core.modem.command import Command, WaitUrc, matches
from . import common
from .common import field, number

NAME = "simcom"
INIT = (
    b"+AUTOCSQ=0,0",
    b"+CATR=0",
    b"+CSCLK=0",
    b"+UIMHOTSWAPON=1",
    b"+CIPMODE=0",
    b"+CIPSENDMODE=0",
    b"+CIPCCFG=10,0,0,0,1,0,75000",
    b"+CIPTIMEOUT=75000,15000,15000",
    b"+CIPRXGET=1",
    b"+CSOCKSETPN=1",
)
BOOT_URCS = (b"*ATREADY: 1", b"RDY", b"START")
OFF = (b"NORMAL POWER DOWN", b"POWER")
URCS = OFF + (
    b"RING",
    b"NO CARRIER",
    b"SMS ",
    b"PB DONE",
    b"CALL READY",
    b"OPL ",
    b"PNN ",
    b"DST:",
)
DATA_URCS = ((b"+CCHRECV: DATA,", 2),)
LIMIT_MS = 9000
PROMPT_ENDS = False
CONTEXT = b"+IPADDR"
LIMITS = ((b"+CIPSEND", 20000), (b"+CDNSGIP", 60000)) + common.LIMITS
TIMES = (500, 100, 20000, 10000)
_CHUNK = 1460
# +CIPOPEN numbers 0 .. 12 (TCP/IP note) as the neutral ones.
_ERRORS = (0, 566, 561, 552, 563, 554, 556, 557, 568, 563, 569, 565, 550)
_NET_GONE = b"+CIPEVENT:"


def later(text, head, timeout_ms):
    """Procedure: a command whose result comes as a line, before or after its OK; None: neither."""
    reply = yield Command(text, 0, (head, b"+IP ERROR:"))
    if reply.lines:
        return reply.lines[-1]
    if reply.result != OK:
        return None
    return (yield WaitUrc(head, timeout_ms))


def iccid():
    return common.read_iccid(Command(b"+CICCID", 0, b"+ICCID:"), Command(b"+CCID"))


def context_state():
    for line in (yield from common.ask(Command(b"+NETOPEN?"))):
        if number(line, 0) == 1:
            return context_of((yield from common.ask(Command(CONTEXT))))
    return None


def context_of(lines):
    for line in lines:
        address = field(line, 0)
        return address if address.strip(b"0.") else None
    return None


def tcp_open(sock, host, port, timeout_ms):
    text = b'+CIPOPEN=%d,"TCP","%s",%d' % (sock, host, port)
    for _ in range(2):
        line = yield from later(text, b"+CIPOPEN: %d," % sock, timeout_ms)
        if line is None:
            error = ids.TCP_TIMEOUT
        else:
            at = number(line, 1)
            error = _ERRORS[at] if 0 <= at < len(_ERRORS) else ids.TCP_UNKNOWN
        if error == 0:
            return 0
        yield from tcp_close(sock)
        if error != ids.TCP_IN_USE:
            break
    return error


def tcp_send(sock, data):
    head = b"+CIPSEND: %d," % sock
    at = 0
    while at < len(data):
        chunk = data[at : at + _CHUNK]
        reply = yield Command(b"+CIPSEND=%d,%d" % (sock, len(chunk)), 0, (), chunk)
        if reply.result != OK:
            return False
        line = yield WaitUrc((head, _NET_GONE), 15000)
        taken = number(line, 2) if line else -1  # -1 too when the link is closed
        if taken <= 0:
            return False
        at += taken
    return True


def tcp_wait(sock, timeout_ms):
    line = yield WaitUrc(
        (b"+CIPRXGET: 1,%d" % sock, b"+IPCLOSE: %d" % sock, _NET_GONE), timeout_ms
    )
    return urc(line)[0] if line else None


def tcp_recv(sock, n):
    head = b"+CIPRXGET: 2,"
    text = b"+CIPRXGET=2,%d,%d" % (sock, min(n, _CHUNK))
    reply = yield Command(text, 0, (head, b"+IP ERROR:"), payload=(head, 2))
    if reply.result == OK or (reply.lines and reply.lines[-1].endswith(b"No data")):
        return reply.payload or b""
    return None


def tcp_close(sock):
    yield from later(b"+CIPCLOSE=%d" % sock, b"+CIPCLOSE: %d" % sock, 10000)


def urc(line):
    if line.startswith(b"+CIPRXGET: 1,"):
        return ids.NEWS_SOCK_DATA, number(line, 1)
    if line.startswith(b"+IPCLOSE:"):
        return ids.NEWS_SOCK_CLOSED, number(line, 0)
    if line.startswith(_NET_GONE):
        return ids.NEWS_CONTEXT_LOST, 1
    if matches(line, (b"+CCHEVENT:", b"+CCH_PEER_CLOSED:")):
        lost = line[4:5] == b"_"
        return ids.NEWS_SOCK_CLOSED if lost else ids.NEWS_SOCK_DATA, number(line, 0)
    if matches(line, (b"+SIMCARD:", b"+SIM ")):
        return ids.NEWS_SIM_CHANGED, 0
    if matches(line, OFF):
        return ids.NEWS_POWERED_DOWN, 0
    return common.urc(line)
