"""Which network is visited: asked where the roaming policy is a list."""

from posproto.at import Unreadable, operator
from posproto.at.result import OK

from ..modem.command import Command


def look(network):
    """Procedure: `plmn` of the network, "" where it does not show."""
    yield Command(b"+COPS=3,2", prefix=())
    reply = yield Command(b"+COPS?")
    if reply.result == OK and reply.lines:
        try:
            form, name = operator.cops(reply.lines[-1])[1:3]
        except Unreadable:
            return
        if form == 2 and name and name.isdigit():
            network.plmn = str(name, "ascii")
