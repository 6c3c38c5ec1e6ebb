"""What a Neoway module is rarely asked for: loaded only then."""

from posproto import ids
from posproto.at.result import OK

from ..core.modem.command import Command
from . import attach
from .common import field
from .neoway import context_state


def serving_cell():
    return attach.serving_cell(Command(b"+NETDMSG"), "posproto.at.cell_more", "netdmsg")


usage = attach.usage


def context_up(cfg):
    return attach.dialled(cfg, b"+XIIC=1", context_state, context_down)


def context_down():
    yield Command(b"+XIIC=0", prefix=())
    yield Command(b"+CGACT=0,1", prefix=())


def resolve(host):
    reply = yield Command(b'+DNS="%s"' % host, 60000, b"+DNS:")
    for line in reply.lines:
        address = field(line, 0)
        if address[:1].isdigit() and address.strip(b"0."):
            return 0, address
    return (ids.TCP_DNS if reply.result < 4 else ids.TCP_TIMEOUT), None


def module_reset():
    yield Command(b"+CFUN=1,1", 15000, ())


def power_down():
    """True when the module took it: it has no last word."""
    reply = yield Command(b"$MYPOWEROFF", 20000, ())
    return reply.result == OK


def tls(ca, path=None):
    """SSLTCPSETUP could; what it reads stands bare inside a line, where no end of it is sure."""
    return None
