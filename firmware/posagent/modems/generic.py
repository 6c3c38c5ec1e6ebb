"""A module of no known family: TS 27.007 and 27.005 alone, which all should know. No TCP."""

from posproto import ids
from posproto.at.result import OK

from ..core import modules
from ..core.modem.command import Command
from . import common

NAME = "generic"
INIT = (b"+CNEC=24",)  # EMM and ESM causes as URCs (cl. 9.1B), where the module knows it
BOOT_URCS = (b"RDY", b"APP RDY", b"START", b"^SYSSTART", b"*ATREADY: 1")
URCS = (b"RING", b"NO CARRIER", b"BUSY")
DATA_URCS = ()
LIMIT_MS = 10000
PROMPT_ENDS = True  # it has no TCP
CONTEXT = b"+CGPADDR=1"
LIMITS = common.LIMITS
TIMES = (1500, 500, 20000, 60000)  # long enough for the makers that are known
urc = common.urc


def iccid():
    return common.read_iccid(Command(b"+CCID", 0, (b"+CCID:", b"+ICCID:", b"")))


def serving_cell():
    """No standard command tells more than +CEREG and +CESQ do."""
    return {}
    yield


def usage():
    return None
    yield


def context_up(cfg):
    yield from modules.use("posagent.modems.attach", "define_context", cfg)
    return (yield from modules.use("posagent.modems.attach", "activate"))


def context_down():
    yield Command(b"+CGACT=0,1", prefix=())


def context_state():
    return context_of((yield from common.ask(Command(CONTEXT))))


def context_of(lines):
    for line in lines:
        address = common.field(line, 1)
        if address.strip(b"0."):
            return address
    return None


def resolve(host):
    return ids.TCP_NOT_SUPPORTED, None
    yield


def tcp_open(sock, host, port, timeout_ms):
    return ids.TCP_NOT_SUPPORTED
    yield


def tcp_send(sock, data):
    return False
    yield


def tcp_wait(sock, timeout_ms):
    return None
    yield


def tcp_recv(sock, n):
    return None
    yield


def tcp_close(sock):
    return None
    yield


def tls(ca, path=None):
    return None


def module_reset():
    yield Command(b"+CFUN=1,1", 15000, ())


def power_down():
    """Off the network at least; the supply may go then."""
    reply = yield Command(b"+CFUN=0", 15000, ())
    return reply.result == OK
