"""u-blox SARA-R5: 27.007 with this vendor's sockets; no boot line, restarts by CFUN=15 and 16."""

from . import commands_card, standard, ublox_sockets
from .commands_basic import accept, power_off
from .profile import commands, profile
from .results import OK


def counters(m, op, args):
    """+UGCNTRD: cid, bytes of this session out and in, of all sessions out and in."""
    if m.radio.contexts.active():
        m.port.info("+UGCNTRD: 1,%d,%d,%d,%d" % (m.sockets.totals() * 2))
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
        "fun_tail": ",0",
        "restart_funs": (15, 16),  # the second one with its card; both without a word
        "socket_data": ublox_sockets.on_data,
        "socket_closed": ublox_sockets.on_closed,
        "context_gone": ublox_sockets.on_context_gone,
        "boot": ((4500, "ready"), (4600, "radio"), (5200, "sim")),
    }
)

COMMANDS = commands(
    standard.COMMANDS,
    ublox_sockets.COMMANDS,
    {
        "+CCID": commands_card.iccid,
        "+UGCNTRD": counters,
        "+CPWROFF": power_off(),
        "+URAT": rats,
        "+UPINCNT": tries,
        "+UMNOPROF": accept,
        "+UPSV": accept,
    },
)
