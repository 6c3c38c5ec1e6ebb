"""u-blox SARA-R5: 27.007 with this vendor's sockets; no boot line, restarts by CFUN=15 and 16."""

from . import (
    commands_basic,
    commands_card,
    commands_network,
    commands_packet,
    commands_sms,
    ublox_sockets,
)
from .commands_basic import accept, number
from .profile import commands, profile
from .results import OK


def functionality(m, op, args):
    """CFUN=15 and 16 restart the module, the second one with its card; both without a word."""
    if op == "=" and number(args, 0) in (15, 16):
        m.operator.note("module_reset")
        m.later(900, m.restart)
        return OK
    return commands_basic.functionality(m, op, args)


def counters(m, op, args):
    """+UGCNTRD: cid, bytes of this session out and in, of all sessions out and in."""
    sent, received = m.sockets.past_sent, m.sockets.past_read
    for socket in m.sockets.slots.values():
        sent += socket.total_sent
        received += socket.total_read + len(socket.inbox)
    if m.radio.contexts.active():
        m.port.info("+UGCNTRD: 1,%d,%d,%d,%d" % (sent, received, sent, received))
    return OK


def rats(m, op, args):
    """+URAT: radio technologies that can be chosen (maker's manual): 0 GSM, 3 LTE."""
    if op == "=?":
        m.port.info("+URAT: (0,3,5),(0,3)")
    elif op == "?":
        m.port.info("+URAT: 5,3")
    return OK


def tries(m, op, args):
    """+UPINCNT: tries left of PIN, PIN2, PUK and PUK2."""
    m.port.info("+UPINCNT: %d,3,%d,10" % (m.sim.pin_tries, m.sim.puk_tries))
    return OK


def power_off(m, op, args):
    m.operator.note("power_down")
    m.shut_down("", m.profile["power_off_ms"])
    return OK


PROFILE = profile(
    {
        "manufacturer": "u-blox",
        "model": "SARA-R510S",
        "revision": "03.15",
        "ati": ("Manufacturer: u-blox", "Model: SARA-R510S-01B", "Revision: 03.15"),
        "imei": "356726100000017",
        "rats": (7, 0),
        "registration_modes": (3, 3, 5),
        "power_off_ms": 9000,
        "socket_data": ublox_sockets.on_data,
        "socket_closed": ublox_sockets.on_closed,
        "context_gone": ublox_sockets.on_context_gone,
        "boot": ((4500, "ready"), (4600, "radio"), (5200, "sim")),
    }
)

COMMANDS = commands(
    commands_basic.COMMANDS,
    commands_card.COMMANDS,
    commands_network.COMMANDS,
    commands_packet.COMMANDS,
    commands_sms.COMMANDS,
    ublox_sockets.COMMANDS,
    {
        "+CFUN": functionality,
        "+CCID": commands_card.iccid,
        "+UGCNTRD": counters,
        "+CPWROFF": power_off,
        "+URAT": rats,
        "+UPINCNT": tries,
        "+UMNOPROF": accept,
        "+UPSV": accept,
    },
)
