"""What a Quectel module is rarely asked for: loaded only then.

Quirk: QIACT of an active context is an ERROR (TCP/IP note), so its state is asked first.
"""

from posproto import ids
from posproto.at.result import ERROR, OK

from ..core.modem.command import Command, WaitUrc
from . import attach, common
from .common import field, number
from .quectel import OFF, TIMES, context_state, last_error


def serving_cell():
    # The SINR of +QENG has another unit by firmware, that of +QCSQ shows which it has.
    quality = yield from attach.serving_cell(Command(b"+QCSQ"), "posproto.at.cell", "qcsq")
    serving = Command(b'+QENG="servingcell"')
    quality.update((yield from attach.serving_cell(serving, "posproto.at.cell", "qeng")))
    return quality


def tray_empty():
    """Whether the tray's switch says so: QSIMSTAT means that only where QSIMDET is enabled."""
    for line in (yield from common.ask(Command(b"+QSIMDET?"))):
        if number(line, 0) == 1:
            for line in (yield from common.ask(Command(b"+QSIMSTAT?"))):
                return number(line, 1) == 0
    return False


def selected_card():
    return attach.selected_card(b"+QDSIM?", 0, 0)


def select_card(slot):
    """EC200x, EC800x, EG91x, M66-DS: AT manuals, drivers of EG915; none other knows it."""
    return attach.select_card(b"+QDSIM=%d" % slot)


def usage():
    for line in (yield from common.ask(Command(b"+QGDCNT?"))):
        if number(line, 0) >= 0 and number(line, 1) >= 0:
            return number(line, 0), number(line, 1)
    return None


def context_up(cfg):
    if cfg["apn"]:
        kind = ("IP", "IPV6", "IPV4V6").index(cfg["pdp_type"]) + 1
        words = (
            kind,
            cfg["apn"],
            cfg["apn_user"],
            cfg["apn_password"],
            attach.AUTH[cfg["apn_auth"]],
        )
        yield Command(('+QICSGP=1,%d,"%s","%s","%s",%d' % words).encode())
    if (yield from context_state()):
        return True, 0
    reply = yield Command(b"+QIACT=1", prefix=())
    if reply.result == OK or (reply.result == ERROR and (yield from context_state())):
        return True, 0
    return False, (yield from attach.refusal(reply))


def context_down():
    yield Command(b"+QIDEACT=1", prefix=())


def resolve(host):
    reply = yield Command(b'+QIDNSGIP=1,"%s"' % host, prefix=())
    line = b""
    if reply.result == OK:
        line = yield WaitUrc(b'+QIURC: "dnsgip"', 60000)
        if line is None:
            return ids.TCP_TIMEOUT, None
        error = number(line, 1)
        if error == 0:
            line = yield WaitUrc(b'+QIURC: "dnsgip","', 5000)
            return (0, field(line, 1)) if line else (ids.TCP_DNS, None)
        return error if error > 0 else ids.TCP_UNKNOWN, None
    return (yield from last_error()), None


def module_reset():
    yield Command(b"+CFUN=1,1", prefix=())


def power_down():
    return attach.said_off(b"+QPOWD=1", OFF, TIMES[3], 0)
