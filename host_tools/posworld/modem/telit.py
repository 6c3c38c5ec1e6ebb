"""Telit LE910: 27.007 with #SD and its relatives, for which this maker has numbers of its own.

Data are shown as text or as hex digits by #SCFGEXT; a connection's end by NO CARRIER, with its
number and cause where #SCFGEXT2 asks for them. No boot line.
"""

from . import commands_card, standard
from .charset import hexed
from .commands_basic import number, power_off, reset_command
from .profile import commands, profile
from .results import ERROR, LATER, OK, cme
from .stack import answer_name, dial, dialled, hang_up

_CONNECTIONS = 6
_SEND_MAX = 1500
_CLOSED_BY_HOST, _CONTEXT_ENDED = 1, 5
_NUMBERS = {"context": 556, "dns": 558, "timeout": 559, "refused": 562}


def _set(m, name, slot):
    return m.settings.setdefault(name, {}).get(slot, (0,) * 6)


def context(m, op, args):
    """SGACT=1,1: the address once the stack has it; in use already is an error."""
    if op == "?":
        m.port.info("#SGACT: 1,%d" % (1 if dialled(m) else 0))
        return OK
    if op != "=" or number(args, 0) != 1 or number(args, 1) not in (0, 1):
        return cme(50)
    if number(args, 1) == 0:
        m.later(m.rng.between(200, 900), _down, m)
        return LATER
    if dialled(m):
        return cme(553)

    def told(address):
        if address:
            m.port.info("#SGACT: " + address)
        m.finish(OK if address else cme(555))

    dial(m, told)
    return LATER


def _down(m):
    hang_up(m)
    m.finish(OK)


def configure(name, least):
    """#SCFG, #SCFGEXT, #SCFGEXT2=connection,...: numbers that are kept for each connection."""

    def handler(m, op, args):
        if op == "?":
            return OK
        slot = number(args, 0)
        values = [number(args, i) for i in range(1, len(args))]
        if not 1 <= slot <= _CONNECTIONS or len(values) < least or min(values) < 0:
            return cme(50)
        if m.profile.get("no_" + name):
            return ERROR
        m.settings.setdefault(name, {})[slot] = (tuple(values) + (0,) * 6)[:6]
        return OK

    return handler


def connect(m, op, args):
    """SD=n,0,port,host,closure,local port,1: OK once it is open, and nothing else meanwhile."""
    slot, port = number(args, 0), number(args, 2)
    if not 1 <= slot <= _CONNECTIONS or len(args) < 4 or not 1 <= port <= 65535:
        return cme(50)
    if number(args, 6, 0) != 1:
        return cme(3)  # data mode is not what these worlds speak
    if m.sockets.get(slot):
        return cme(3)
    if not dialled(m):
        return cme(556)

    def done(error):
        m.sockets.decided(slot, error)
        m.finish(cme(_NUMBERS.get(error, 560)) if error else OK)

    m.sockets.open(slot, args[3], port, m.unless_restarted(done), 1)
    return LATER


def send(m, op, args):
    slot, length = number(args, 0), number(args, 1)
    if not m.sockets.writable(slot):
        return ERROR
    if not 1 <= length <= _SEND_MAX:
        return cme(50)
    m.port.prompt(length, lambda data: m.later(m.rng.between(10, 80), _sent, m, slot, data))
    return LATER


def _sent(m, slot, data):
    m.finish(OK if m.sockets.send(slot, data) else ERROR)


def read(m, op, args):
    """SRECV=n,most: an error where nothing is there."""
    slot, most = number(args, 0), number(args, 1)
    if m.sockets.get(slot) is None or not 1 <= most <= _SEND_MAX:
        return ERROR
    data = m.sockets.read(slot, most)
    if not data:
        return cme(4)
    head = "#SRECV: %d,%d" % (slot, len(data))
    if _set(m, "scfgext", slot)[1]:
        m.port.info(head)
        m.port.info(hexed(data))
    else:
        m.port.binary(head + "\r\n", bytes(data))
    return OK


def status(m, op, args):
    """SS=n: 0 closed, 2 open, 3 open with data that wait."""
    slot = number(args, 0)
    socket = m.sockets.get(slot)
    shown = 0
    if socket is not None and socket.state in ("open", "dead"):
        shown = 3 if socket.inbox else 2
    m.port.info("#SS: %d,%d" % (slot, shown))
    return OK


def close(m, op, args):
    """SH=n: of a closed connection too it is OK."""
    slot = number(args, 0)
    if not 1 <= slot <= _CONNECTIONS:
        return cme(50)
    m.later(m.rng.between(30, 400), _closed, m, slot)
    return LATER


def _closed(m, slot):
    if m.sockets.get(slot):
        m.sockets.close(slot)
    m.finish(OK)


def resolve(m, op, args):
    if op != "=" or not args or not dialled(m):
        return cme(556)
    shown = '#QDNS: "%s",' % args[0]
    return answer_name(
        m, args[0], 40000, lambda address: shown + '"%s"' % address, shown + "NOT SOLVED"
    )


def on_data(m, socket, data):
    socket.inbox += data
    if _set(m, "scfgext", socket.slot)[0]:
        m.port.urc("SRING: %d,%d" % (socket.slot, len(socket.inbox)))
    else:
        m.port.urc("SRING: %d" % socket.slot)


def _ended(m, slot, cause):
    mode = _set(m, "scfgext2", slot)[4]
    text = "NO CARRIER"
    if mode:
        text += ":%d" % slot
    m.port.urc(text + (",%d" % cause if mode == 2 else ""))


def on_closed(m, socket):
    _ended(m, socket.slot, _CLOSED_BY_HOST)


def on_context_gone(m, cid):
    for slot in m.sockets.ended:
        _ended(m, slot, _CONTEXT_ENDED)


def card_status(m, op, args):
    """QSS: mode, and 0 no card, 1 a card."""
    if op == "?":
        m.port.info("#QSS: %d,%d" % (m.settings.get("qss", 0), m.sim.fault != "absent"))
    elif op == "=":
        m.settings["qss"] = number(args, 0, 0)
    return OK


def packet_network(m, op, args):
    """PSNT: mode, and 0 GPRS, 4 LTE, 5 none."""
    if op == "?":
        cell = m.radio.cell
        shown = 5 if cell is None else 4 if cell.act == 7 else 0
        m.port.info("#PSNT: 0,%d" % shown)
    return OK


def bands(m, op, args):
    """BND: of GSM and UMTS a choice, of LTE a mask; 5 is bands 1 and 3."""
    if op == "=?":
        m.port.info("#BND: (0),(0),(1-5)")
    elif op == "?":
        m.port.info("#BND: 0,0,5")
    return OK


def package(m, op, args):
    """SWPKGV: the software's version, and those of its parts."""
    for line in ("25.30.226-P0F.260300", "M0F.260006", "P0F.260300", "A0F.260300"):
        m.port.info(line)
    return OK


def positioning(m, op, args):
    if op == "?":
        m.port.info("$GPSP: 0")
    return OK


PROFILE = profile(
    {
        "manufacturer": "Telit",
        "model": "LE910C1-EU",
        "revision": "25.30.226",
        "ati": ("332",),  # a number, no name
        "imei": "357164090000018",
        "iccid_prefix": "#CCID: ",
        "power_key_ms": 1000,
        "power_off_ms": 7000,
        "socket_data": on_data,
        "socket_closed": on_closed,
        "context_gone": on_context_gone,
        "boot": ((6500, "ready"), (6700, "radio"), (7600, "sim")),
    }
)

COMMANDS = commands(
    standard.COMMANDS,
    {
        "#CCID": commands_card.iccid,
        "#SGACT": context,
        "#SCFG": configure("scfg", 5),
        "#SCFGEXT": configure("scfgext", 3),
        "#SCFGEXT2": configure("scfgext2", 2),
        "#SD": connect,
        "#SSENDEXT": send,
        "#SRECV": read,
        "#SS": status,
        "#SH": close,
        "#QDNS": resolve,
        "#QSS": card_status,
        "#PSNT": packet_network,
        "#BND": bands,
        "#SWPKGV": package,
        "$GPSP": positioning,
        "#REBOOT": reset_command,
        "#SHDN": power_off(),
    },
)
