"""What a Fibocom module is rarely asked for: loaded only then."""

from posproto import ids
from posproto.at.result import OK

from ..core.modem.command import Command
from . import attach
from .common import field
from .fibocom import context_state


def serving_cell():
    return attach.serving_cell(
        Command(b"+GTCCINFO?", 0, (b"+GTCCINFO:", b"")), "posproto.at.cell_more", "gtccinfo"
    )


def selected_card():
    return attach.selected_card(b"+GTDUALSIM?", 0, 0)


def select_card(slot):
    """+GTDUALSIM: 0,"SUB1","No Service" (public logs of FM150)."""
    return attach.select_card(b"+GTDUALSIM=%d" % slot)


usage = attach.usage


def context_up(cfg):
    return attach.dialled(cfg, b"+MIPCALL=1", context_state, context_down)


def context_down():
    yield Command(b"+MIPCALL=0", prefix=())
    yield Command(b"+CGACT=0,1", prefix=())


def resolve(host):
    reply = yield Command(b'+MIPDNS="%s",0' % host)
    for line in reply.lines:
        address = field(line, 1)
        if address.strip(b"0."):
            return 0, address
    return (ids.TCP_DNS if reply.result < 4 else ids.TCP_TIMEOUT), None


def module_reset():
    yield Command(b"+CFUN=15", 15000, ())


def power_down():
    """True when the module took it: it has no last word."""
    reply = yield Command(b"+CPWROFF", 30000, ())
    return reply.result == OK
