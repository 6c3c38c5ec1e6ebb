"""What a Luat module is asked for rarely and not as a SIM800."""

from posproto import ids
from posproto.at.result import OK

from ..core import modules
from ..core.modem.command import Command, WaitUrc, matches
from .common import field, number
from .luat import OFF


def serving_cell():
    """+CCED differs by chip: +CEREG and +CESQ tell what is needed."""
    return {}
    yield


def resolve(host):
    reply = yield Command(b'+CDNSGIP="%s"' % host, 60000)
    line = reply.lines[-1] if reply.lines else None
    if reply.result == OK and line is None:
        line = yield WaitUrc(b"+CDNSGIP:", 60000)
    if line is None:
        return ids.TCP_TIMEOUT if reply.result == OK else ids.TCP_UNKNOWN, None
    return (0, field(line, 2)) if number(line, 0) == 1 else (ids.TCP_DNS, None)


def module_reset():
    yield Command(b"+RESET", 15000, ())


def power_down():
    """True when the module said that it is off: only then may the supply go."""
    reply = yield Command(b"+CPOWD=1", 15000, (), finals=OFF)
    if reply.result == OK:
        return (yield WaitUrc(OFF, 5000)) is not None
    return matches(reply.text, OFF)


def tls(ca):
    return modules.use("posagent.modems.luat_tls", "Tls", ca)
