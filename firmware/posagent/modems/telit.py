"""Telit LE910, ME910, ME310: the "IP Easy" sockets of #SD, data read as hex digits on demand.

Quirks, each with who saw it:
  #SD in command mode (its last 1) ends with OK once the connection is open (mbed-os ME310,
  public drivers of LE910); 556 to 562 are this maker's own numbers of what failed (AT manuals).
  #SRECV of an empty buffer is an error: #SS tells whether the connection is gone (public drivers).
  SRING has no plus; NO CARRIER tells the connection only where #SCFGEXT2 knows how (AT manuals).
  #SSEND of hex digits ends by Ctrl-Z, so that two lost digits make a shorter message: #SSENDEXT
  counts, and its bytes are raw.
  No boot line (TinyGSM's and mbed-os's drivers wait for none): a restart shows by its settings.
"""

from binascii import unhexlify

from posproto import ids
from posproto.at.result import CME, ERROR, OK

from ..core.modem.command import Command, WaitUrc
from . import common
from .common import number

NAME = "telit"
INIT = ()
BOOT_URCS = ()
URCS = (b"SRING:", b"NO CARRIER", b"RING")
DATA_URCS = ()
LIMIT_MS = 10000
PROMPT_ENDS = False
LIMITS = (
    (b"#SD=", 130000),
    (b"#SGACT=", 150000),
    (b"#QDNS=", 70000),
    (b"#SH=", 15000),
) + common.LIMITS
TIMES = (5000, 200, 25000, 30000)
CONTEXT = b""
_CHUNK_OUT = 1024  # 1500 are allowed
_CHUNK_IN = 400  # a line has to fit
_ERRORS = {556: ids.TCP_CONTEXT, 558: ids.TCP_DNS, 559: ids.TCP_TIMEOUT}


def iccid():
    return common.read_iccid(Command(b"#CCID", 0, b"#CCID:"), Command(b"+CCID"))


def context_state():
    """The address of context 1, where the module's own stack uses it."""
    for line in (yield from common.ask(Command(b"#SGACT?", 0, b"#SGACT:"))):
        if number(line, 0) == 1 and number(line, 1) == 1:
            return context_of((yield from common.ask(Command(b"+CGPADDR=1"))))
    return None


def context_of(lines):
    for line in lines:
        address = common.field(line, 1)
        if address.strip(b"0."):
            return address
    return None


def tcp_open(sock, host, port, timeout_ms):
    own = sock + 1
    yield from tcp_close(sock)
    # No limit of idleness, and of opening so many tenths; data told by their count, read as hex.
    yield Command(b"#SCFG=%d,1,300,0,%d,50" % (own, min(timeout_ms // 100, 1200)))
    yield Command(b"#SCFGEXT=%d,1,1,0,0,0" % own)
    yield Command(b"#SCFGEXT2=%d,0,0,0,0,2" % own)
    reply = yield Command(b'#SD=%d,0,%d,"%s",0,0,1' % (own, port, host), timeout_ms + 5000, ())
    if reply.result == OK:
        return 0
    error = ids.TCP_CONNECT if reply.result < 4 else ids.TCP_TIMEOUT
    if reply.result == CME:
        error = _ERRORS.get(reply.code, ids.TCP_CONNECT)
    yield from tcp_close(sock)
    return error


def tcp_send(sock, data):
    for at in range(0, len(data), _CHUNK_OUT):
        piece = data[at : at + _CHUNK_OUT]
        reply = yield Command(b"#SSENDEXT=%d,%d" % (sock + 1, len(piece)), 0, (), piece)
        if reply.result != OK:
            return False
    return True


def tcp_wait(sock, timeout_ms):
    own = sock + 1
    line = yield WaitUrc((b"SRING: %d" % own, b"NO CARRIER:%d" % own, b"NO CARRIER"), timeout_ms)
    return urc(line)[0] if line else None


def tcp_recv(sock, n):
    text = b"#SRECV=%d,%d" % (sock + 1, min(n, _CHUNK_IN))
    reply = yield Command(text, 0, (b"#SRECV:", b""))
    if reply.result == OK and reply.lines:
        try:
            data = unhexlify(b"".join(reply.lines[1:]))
        except ValueError:
            return None
        return data if len(data) == number(reply.lines[0], 1) else None
    if reply.result in (ERROR, CME):
        for line in (yield from common.ask(Command(b"#SS=%d" % (sock + 1), 0, b"#SS:"))):
            return None if number(line, 1) == 0 else b""
    return None


def tcp_close(sock):
    yield Command(b"#SH=%d" % (sock + 1), prefix=())


def urc(line):
    if line.startswith(b"SRING:"):
        return ids.NEWS_SOCK_DATA, number(line, 0) - 1
    if line.startswith(b"NO CARRIER"):
        return ids.NEWS_SOCK_CLOSED, max(number(line, 0), 0) - 1
    return common.urc(line)
