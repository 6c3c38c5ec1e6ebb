"""What a SIM800 is rarely asked for: loaded only then."""

from posproto import ids
from posproto.at.result import OK

from ..core.modem.command import Command, WaitUrc, matches
from . import attach
from .common import field, number
from .sim800 import OFF, context_state


def serving_cell():
    """+CENG is not read: the 2G level is in +CSQ."""
    return {}
    yield


usage = attach.usage


def context_up(cfg):
    if (yield from context_state()):
        return True, 0
    yield from context_down()
    for text in (b"+CIPMUX=1", b"+CIPQSEND=1", b"+CIPRXGET=1"):
        yield Command(text)
    login = tuple([cfg[k].encode() for k in ("apn", "apn_user", "apn_password")])
    yield Command(b'+CSTT="%s","%s","%s"' % login)
    reply = yield Command(b"+CIICR", prefix=())
    if reply.result == OK and (yield from context_state()):
        return True, 0
    return False, (yield from attach.refusal(reply))


def context_down():
    yield Command(b"+CIPSHUT", prefix=(), finals=(b"SHUT OK",))


def resolve(host):
    reply = yield Command(b'+CDNSGIP="%s"' % host, prefix=())
    if reply.result != OK:
        return ids.TCP_UNKNOWN, None
    line = yield WaitUrc(b"+CDNSGIP:", 60000)
    if line is None:
        return ids.TCP_TIMEOUT, None
    return (0, field(line, 2)) if number(line, 0) == 1 else (ids.TCP_DNS, None)


def module_reset():
    yield Command(b"+CFUN=1,1", prefix=())


def power_down():
    """True when the module said that it is off: only then may the supply go."""
    reply = yield Command(b"+CPOWD=1", prefix=(), finals=OFF)
    return matches(reply.text, OFF)


def tls(ca, path=None):
    """CIPSSL encrypts, but looks at no certificate."""
    return None
