"""What a Telit module is rarely asked for: loaded only then."""

from posproto import ids
from posproto.at.result import OK

from ..core.modem.command import Command
from . import attach
from .common import field
from .telit import context_state

usage = attach.usage  # the order of #GDATAVOL's counts differs by who shows it


def serving_cell():
    """#RFSTS differs by technology and model: +CEREG and +CESQ tell what is needed."""
    return {}
    yield


def context_up(cfg):
    return attach.dialled(cfg, b"#SGACT=1,1", context_state, context_down)


def context_down():
    yield Command(b"#SGACT=1,0", prefix=())
    yield Command(b"+CGACT=0,1", prefix=())


def resolve(host):
    reply = yield Command(b'#QDNS="%s"' % host, 0, b"#QDNS:")
    for line in reply.lines:
        address = field(line, 1)
        if address[:1].isdigit() and address.strip(b"0."):
            return 0, address
    return (ids.TCP_DNS if reply.result < 4 else ids.TCP_TIMEOUT), None


def module_reset():
    yield Command(b"#REBOOT", 15000, ())


def power_down():
    """True when the module took it: it has no last word."""
    reply = yield Command(b"#SHDN", 30000, ())
    return reply.result == OK


def tls(ca, path=None):
    """#SSLD could; how it tells a certificate that is refused is not known well enough."""
    return None
