"""What a SIMCom module is rarely asked for: loaded only then.

Quirks: CICCID is answered by +ICCID: (TinyGSM). "+NETOPEN: 1" means open as an answer and failed
as a result (TCP/IP note). A7672 wants CGATT and CGACT before NETOPEN (TinyGSM); their refusal also
tells the cause.
"""

from posproto import ids

from ..core.modem.command import Command
from . import attach
from .common import field, number
from .simcom import OFF, TIMES, context_state, later

_OPEN_MS = 75000


def serving_cell():
    return attach.serving_cell(Command(b"+CPSI?"), "posproto.at.cell", "cpsi")


def selected_card():
    return attach.selected_card(b"+SMSIMCFG?", 1, 1)


def select_card(slot):
    """+SMSIMCFG: 1,2 (public tools for SIM76xx and SIM82xx); A76xx has two lines at once."""
    return attach.select_card(b"+SMSIMCFG=1,%d" % (slot + 1))


usage = attach.usage


def context_up(cfg):
    yield from attach.define_context(cfg)
    if (yield from context_state()):
        return True, 0
    up, cause = yield from attach.activate()
    if not up:
        return False, cause
    line = yield from later(b"+NETOPEN", b"+NETOPEN:", _OPEN_MS)
    if line and (number(line, 0) == 0 or b"already" in line) and (yield from context_state()):
        return True, 0
    yield from context_down()
    return False, (yield from attach.last_cause())


def context_down():
    yield from later(b"+NETCLOSE", b"+NETCLOSE:", 60000)


def resolve(host):
    reply = yield Command(b'+CDNSGIP="%s"' % host)
    for line in reply.lines:
        if number(line, 0) == 1:
            return 0, field(line, 2)
        return ids.TCP_DNS, None
    return ids.TCP_UNKNOWN, None


def module_reset():
    yield Command(b"+CRESET", 15000, ())


def power_down():
    return attach.said_off(b"+CPOF", OFF, TIMES[3])
