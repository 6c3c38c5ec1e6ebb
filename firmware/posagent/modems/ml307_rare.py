"""What an ML307 is rarely asked for: loaded only then."""

from posproto import ids
from posproto.at.result import OK

from ..core.modem.command import Command, WaitUrc
from . import attach
from .common import field
from .ml307 import OFF, TIMES, context_state


def serving_cell():
    return attach.serving_cell(
        Command(b'+MUESTATS="cell"', 0, b"+MUESTATS:"), "posproto.at.cell_more", "muestats"
    )


usage = attach.usage


def context_up(cfg):
    return attach.dialled(cfg, b"+MIPCALL=1,1", context_state, context_down)


def context_down():
    yield Command(b"+MIPCALL=0,1", prefix=())
    yield Command(b"+CGACT=0,1", prefix=())


def resolve(host):
    reply = yield Command(b'+MDNSGIP="%s"' % host, prefix=())
    if reply.result != OK:
        return ids.TCP_UNKNOWN, None
    line = yield WaitUrc(b"+MDNSGIP:", 60000)
    if line is None:
        return ids.TCP_TIMEOUT, None
    address = field(line, 1)  # the name alone comes back where it is not known
    return (0, address) if address else (ids.TCP_DNS, None)


def module_reset():
    yield Command(b"+MREBOOT=0", 15000, ())


def power_down():
    return attach.said_off(b"+MPOF=0", OFF, TIMES[3])
