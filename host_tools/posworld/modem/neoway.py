"""Neoway N58: 27.007 with XIIC, TCPSETUP and their relatives; results without OK."""

from . import commands_card, standard
from .charset import hexed, unhexed
from .commands_basic import number, power_off
from .profile import commands, profile
from .results import ERROR, LATER, OK, SILENT
from .stack import answer_name, dial, dialled, hang_up

_LINKS = 6


def _blank(m):
    """Older firmware prints no blank behind the colon."""
    return "" if m.profile.get("no_blank") else " "


def link(m, op, args):
    """XIIC=1: OK at once; whether it came up is asked for. The state has four blanks before it."""
    c = dialled(m)
    if op == "?":
        m.port.info("+XIIC:    1,%s" % c.address if c else "+XIIC:    0,0.0.0.0")
        return OK
    if op != "=":
        return ERROR
    if number(args, 0) == 0:
        m.later(m.rng.between(200, 900), _down, m)
        return LATER
    dial(m, lambda address: None)
    return OK


def _down(m):
    hang_up(m)
    m.finish(OK)


def _only(m, text):
    """A result that is a line of its own: no OK follows."""
    m.port.final(text, False)
    return SILENT


def setup(m, op, args):
    """TCPSETUP=n,host,port: OK, later +TCPSETUP: n,OK or n,FAIL; a link in use answers at once."""
    slot, port = number(args, 0), number(args, 2)
    if op != "=" or len(args) < 3 or not 0 <= slot < _LINKS or port < 1:
        return _only(m, "+TCPSETUP:%sERROR" % _blank(m))
    if not dialled(m):
        return ERROR
    if m.sockets.get(slot):
        return _only(m, "+TCPSETUP:%s%d,ERROR1" % (_blank(m), slot))

    def done(error):
        m.sockets.decided(slot, error)
        m.port.urc("+TCPSETUP:%s%d,%s" % (_blank(m), slot, "FAIL" if error else "OK"))

    m.sockets.open(slot, args[1], port, done)
    return OK


def send(m, op, args):
    """TCPSEND=n,length[,content[,mode]]: behind a prompt, or in the command, as hex by mode 1."""
    slot, length = number(args, 0), number(args, 1)
    if not m.sockets.writable(slot):
        return _only(m, "+TCPSEND:%sSOCKET ID OPEN FAILED" % _blank(m))
    if len(args) < 3:
        if not 1 <= length <= 4096:
            return _only(m, "+TCPSEND:%sDATA LENGTH ERROR" % _blank(m))
        m.port.prompt(length, lambda data: m.later(40, _sent, m, slot, data))
        return LATER
    data = unhexed(args[2])
    if number(args, 3, 0) != 1 or not data or len(data) != length or length > 512:
        return _only(m, "+TCPSEND:%sERROR" % _blank(m))
    m.later(m.rng.between(10, 80), _sent, m, slot, data)
    return LATER


def _sent(m, slot, data):
    if m.sockets.send(slot, data):
        m.finish(OK)
        m.later(15, m.port.urc, "+TCPSEND:%s%d,%d" % (_blank(m), slot, len(data)))
    else:
        m.port.final("+TCPSEND:%sERROR" % _blank(m), False)
        m.finish(SILENT)


def receive_mode(m, op, args):
    """RECVMODE=n[,mode]: 0 keeps the data; mode 1 shows hex. Setting it drops what is there."""
    if op == "?":
        m.port.info("+RECVMODE: %d,%d" % tuple(m.settings.get("recvmode", (1, 0))))
        return OK
    m.settings["recvmode"] = (number(args, 0, 1), number(args, 1, 0))
    for socket in m.sockets.slots.values():
        socket.inbox = bytearray()
    return OK


def read(m, op, args):
    slot, count = number(args, 0), number(args, 1)
    if m.sockets.get(slot) is None or not 0 < count <= 2048:
        return ERROR
    data = m.sockets.read(slot, count)
    if m.settings.get("recvmode", (1, 0))[1]:
        shown = hexed(data)
    else:
        shown = "".join([chr(b) for b in data])
    m.port.info("+TCPREAD:%s%d,%d%s" % (_blank(m), slot, len(data), "," + shown if data else ""))
    return OK


def close(m, op, args):
    slot = number(args, 0)
    if m.sockets.get(slot) is None:
        return _only(m, "+TCPCLOSE:%sERROR" % _blank(m))
    m.later(m.rng.between(30, 400), _closed, m, slot)
    return LATER


def _closed(m, slot):
    m.sockets.close(slot)
    m.port.final("+TCPCLOSE:%s%d,OK" % (_blank(m), slot), False)
    m.finish(SILENT)


def status(m, op, args):
    slot = number(args, 0)
    s = m.sockets.get(slot)
    if s is not None and s.state in ("open", "dead"):
        m.port.info("+IPSTATUS: %d,CONNECT,TCP,4096" % slot)
    else:
        m.port.info("+IPSTATUS: %d,DISCONNECT" % slot)
    return OK


def resolve(m, op, args):
    if op != "=" or not args or not dialled(m):
        return ERROR
    head = "+DNS:" + _blank(m)
    return answer_name(m, args[0], 40000, lambda address: head + address)


def cell(m, op, args):
    c, dbm = m.radio.cell, m.radio.dbm()
    if c is None or dbm is None:
        return ERROR
    plmn = m.operator.plmn
    m.port.info(
        '+NETDMSG: "%s+%s", 0x%X, 0x%08X, 87, "FDD LTE", LTE BAND 3, 1650, %d, 23, 0x0, 0x0, 0x0, '
        "%d, -110, 152" % (plmn[:3], plmn[3:], c.area, c.ident, dbm + 27, dbm * 10)
    )
    return OK


def on_data(m, socket, data):
    keep, digits = m.settings.get("recvmode", (1, 0))
    if not keep:
        socket.inbox += data
        m.port.urc("+TCPRECV:%s%d" % (_blank(m), socket.slot))
        return
    head = "\r\n+TCPRECV:%s%d,%d," % (_blank(m), socket.slot, len(data))
    shown = hexed(data).encode() if digits else bytes(data)
    m.port.write(head.encode() + shown + b"\r\n")


def on_closed(m, socket):
    m.port.urc("+TCPCLOSE:%s%d,Link Closed" % (_blank(m), socket.slot))


def on_context_gone(m, cid):
    """Nothing is told but the end of each link, and that XIIC? answers 0."""
    for slot in m.sockets.ended:
        m.port.urc("+TCPCLOSE:%s%d,Link Closed" % (_blank(m), slot))


PROFILE = profile(
    {
        "manufacturer": "Neoway",
        "model": "N58",
        "revision": "N58-CA-V01-STD-BZ-007",
        "ati": ("Neoway", "N58", "N58-CA-V01-STD-BZ-007"),
        "imei": "869019060000015",
        "cmee": 0,
        "socket_data": on_data,
        "socket_closed": on_closed,
        "context_gone": on_context_gone,
        "boot": (
            (4800, "ready"),
            (4800, "MODEM:STARTUP"),
            (5100, "radio"),
            (5600, "sim"),
            (8300, "+PBREADY"),
        ),
    }
)

COMMANDS = commands(
    standard.COMMANDS,
    {
        "+CCID": commands_card.iccid,
        "+XIIC": link,
        "+TCPSETUP": setup,
        "+TCPSEND": send,
        "+TCPREAD": read,
        "+TCPCLOSE": close,
        "+RECVMODE": receive_mode,
        "+IPSTATUS": status,
        "+DNS": resolve,
        "+NETDMSG": cell,
        "$MYPOWEROFF": power_off(),
    },
)
