"""What a u-blox module is rarely asked for: loaded only then.

Quirk: SARA-R5 and LARA-R6 restart with CFUN=16, SARA-R4 with CFUN=15 (TinyGSM, ModemManager).
"""

from posproto import ids
from posproto.at.result import OK

from ..core.modem.command import Command, WaitUrc
from . import attach, common
from .common import field, number


def serving_cell():
    """+UCGED differs by model: +CEREG and +CESQ tell what is needed."""
    return {}
    yield


def usage():
    # cid, bytes of this session out and in, of all sessions out and in (ModemManager).
    sent = received = -1
    for line in (yield from common.ask(Command(b"+UGCNTRD"))):
        if number(line, 4) >= 0:
            sent = max(sent, 0) + number(line, 3)
            received = max(received, 0) + number(line, 4)
    return (sent, received) if sent >= 0 else None


def context_up(cfg):
    yield from attach.define_context(cfg)
    up, cause = yield from attach.activate()
    if up:
        reply = yield Command(b"+UPSD=0,100,1")
        if reply.result == OK:  # profile 0 is context 1 from now on
            reply = yield Command(b"+UPSDA=0,3")
            if reply.result == OK:
                yield WaitUrc(b"+UUPSDA:", 20000)
    return up, cause


def context_down():
    yield Command(b"+CGACT=0,1", prefix=())


def resolve(host):
    reply = yield Command(b'+UDNSRN=0,"%s"' % host)
    if reply.result == OK and reply.lines:
        return 0, field(reply.lines[-1], 0)
    return (ids.TCP_DNS if reply.result < 4 else ids.TCP_TIMEOUT), None


def unresolved(host):
    """Procedure: whether the name itself is the trouble of a connection that did not open."""
    if not host.strip(b"0123456789."):
        return False
    error, _ = yield from resolve(host)
    return error == ids.TCP_DNS


def module_reset():
    reply = yield Command(b"+CFUN=16", 15000, ())
    if reply.result != OK:
        yield Command(b"+CFUN=15", 15000, ())


def power_down():
    reply = yield Command(b"+CPWROFF", 40000, ())
    return reply.result == OK


def tls(ca, path=None):
    """USECPRF could; how each model tells a refused certificate is not known well enough."""
    return None
