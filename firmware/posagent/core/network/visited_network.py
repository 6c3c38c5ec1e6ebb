"""Which network is visited: asked where roaming is a list, or no other answer has it."""

from posproto.at import Unreadable, operator
from posproto.at.result import OK

from ..modem.command import Command


def look(network):
    """Procedure: `plmn` of the network, "" where it does not show."""
    plmn = yield from read()
    if plmn:
        network.plmn = str(plmn, "ascii")


def read():
    """Procedure: the digits of the network that serves, or None."""
    yield Command(b"+COPS=3,2", prefix=())
    reply = yield Command(b"+COPS?")
    if reply.result == OK and reply.lines:
        try:
            form, name = operator.cops(reply.lines[-1])[1:3]
        except Unreadable:
            return None
        if form == 2 and name and name.isdigit():
            return name
    return None
