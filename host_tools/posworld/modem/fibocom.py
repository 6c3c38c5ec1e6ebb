"""Fibocom L610: 27.007 with this vendor's MIP sockets, its TLS store and cell table."""

from . import commands_card, stack, standard
from .charset import hexed
from .commands_basic import accept, number, power_off
from .profile import commands, profile
from .results import ERROR, LATER, OK, cme
from .stack import answer_name, ask_data, dialled, hang_up
from .tls import Verify

_SOCKETS = 6
_ON_DEMAND = 5


def setting(m, op, args):
    """GTSET="NAME",value: IPRFMT tells how data that arrive are shown."""
    if op == "=" and len(args) > 1 and args[0].upper() == "IPRFMT":
        if number(args, 1) not in m.profile.get("iprfmts", (0, 1, 2, 5)):
            return cme(50)
        m.settings["iprfmt"] = number(args, 1)
    return OK


# -- the module's own dialling ----------------------------------------------


def dial(m, op, args):
    c = dialled(m)
    if op == "?":
        m.port.info("+MIPCALL: 1,%s" % c.address if c else "+MIPCALL: 0")
        return OK
    if op != "=":
        return OK
    if number(args, 0) == 0:
        m.later(m.rng.between(200, 900), _hung_up, m)
        return LATER
    if c:
        return ERROR
    if len(args) > 1 and args[1]:
        m.radio.contexts.define(1, "IP", args[1])
    stack.dial(m, lambda address: m.port.urc("+MIPCALL: " + (address or "0")))
    return OK


def _hung_up(m):
    hang_up(m)
    m.port.info("+MIPCALL: 0")
    m.finish(OK)


# -- sockets ----------------------------------------------------------------


def open_socket(m, op, args):
    """MIPOPEN=id,[local],"host",port,kind: OK, later +MIPOPEN: id,1 or +MIPSTAT: id,1."""
    if op == "?":
        free = [str(i) for i in range(1, _SOCKETS + 1) if m.sockets.get(i) is None]
        m.port.info("+MIPOPEN: " + (",".join(free) or "0"))
        return OK
    slot, port, kind = number(args, 0), number(args, 3), number(args, 4, 0)
    if not 1 <= slot <= _SOCKETS or len(args) < 4 or port < 1 or kind not in (0, 2):
        return cme(50)
    if m.sockets.get(slot):
        return cme(3)
    if not dialled(m):
        m.port.info("+TCPIP ERROR: TCPIP mipcall not active")
        return ERROR
    tls = None
    if kind == 2:
        tls = Verify(
            m.settings.get("gtsslmode", 0),
            "TRUSTFILE%d" % m.settings.get("trusted", 0),
            version="3" if m.settings.get("gtsslver", 0) == 4 else "4",
        )

    def done(error):
        m.settings["sslerr"] = -11 if error == "tls" else 0
        m.sockets.decided(slot, error)
        m.port.urc(("+MIPSTAT: %d,1" if error else "+MIPOPEN: %d,1") % slot)

    m.sockets.open(slot, args[2], port, done, 1, tls)
    return OK


def send(m, op, args):
    slot, length = number(args, 0), number(args, 1)
    if not m.sockets.writable(slot):
        return ERROR
    if not 1 <= length <= 1372:
        return cme(50)
    return ask_data(m, slot, length, _sent)


def _sent(m, slot, data):
    if not m.sockets.send(slot, data):
        m.finish(ERROR)
        return
    m.finish(OK)
    m.port.urc("+MIPSEND: %d,0,%d" % (slot, 8192 - len(data)))
    m.later(m.rng.between(60, 400), m.port.urc, "+MIPPUSH: %d,0" % slot)


def read(m, op, args):
    slot, count = number(args, 0), number(args, 1)
    socket = m.sockets.get(slot)
    if socket is None or m.settings.get("iprfmt", 0) != _ON_DEMAND:
        return ERROR
    if not 0 < count <= 2048:
        return cme(50)
    data = m.sockets.read(slot, count)
    if data:
        m.port.binary("+MIPDATA: %d,%d" % (slot, len(data)), data)
    if socket.inbox:
        m.later(20, m.port.urc, "+MIPREAD: %d,%d" % (slot, len(socket.inbox)))
    return OK


def close(m, op, args):
    if op == "?":
        held = [str(i) for i in sorted(m.sockets.slots)]
        m.port.info("+MIPCLOSE: " + (",".join(held) or "0"))
        return OK
    slot = number(args, 0)
    if m.sockets.get(slot) is None:
        return ERROR
    m.later(m.rng.between(30, 500), _closed, m, slot)
    return OK


def _closed(m, slot):
    m.sockets.close(slot)
    m.port.urc("+MIPCLOSE: %d,0" % slot)


def resolve(m, op, args):
    if op != "=" or not args or not dialled(m):
        return ERROR

    def shown(address):
        return '+MIPDNS: "%s",%s' % (args[0], address)

    return answer_name(m, args[0], m.profile["dns_timeout_ms"], shown)


def on_data(m, socket, data):
    if m.settings.get("iprfmt", 0) == _ON_DEMAND:
        socket.inbox += data
        m.port.urc("+MIPREAD: %d,%d" % (socket.slot, len(socket.inbox)))
        return
    m.port.urc("+MIPRTCP: %d,0,%s" % (socket.slot, hexed(data)))


def on_closed(m, socket):
    m.port.urc("+MIPCLOSE: %d,1" % socket.slot)


def on_context_gone(m, cid):
    m.port.urc("+MIPCALL: 0")


# -- TLS and the cell -------------------------------------------------------


def keep(name):
    def handler(m, op, args):
        if op == "=":
            m.settings[name] = number(args, 0, 0)
        elif op == "?":
            m.port.info("+%s: %d" % (name.upper(), m.settings.get(name, 0)))
        return OK

    return handler


def trust(m, op, args):
    """GTSSLFILE="TRUSTFILE",size: one more authority; a restart forgets all of them."""
    if op == "?":
        m.port.info("+GTSSLFILE: CAFILE,0")
        m.port.info("+GTSSLFILE: TRUSTFILE,%d" % m.settings.get("trusted", 0))
        return OK
    size = number(args, 1)
    if op != "=" or args[0] != "TRUSTFILE" or not 4 <= size <= 8192:
        return ERROR

    def given(data):
        m.settings["trusted"] = m.settings.get("trusted", 0) + 1
        m.files["TRUSTFILE%d" % m.settings["trusted"]] = data
        m.finish(OK)

    m.port.prompt(size, given)
    return LATER


def tls_error(m, op, args):
    m.port.info("+GTSSLERR: %d" % m.settings.get("sslerr", 0))
    return OK


def cells(m, op, args):
    cell, dbm = m.radio.cell, m.radio.dbm()
    m.port.info("+GTCCINFO:")
    if cell is not None and dbm is not None:
        plmn = m.operator.plmn
        m.port.info("LTE service cell:")
        m.port.info(
            "1,4,%s,%s,%X,%X,1650,87,103,100,24,30,%d,%d"
            % (plmn[:3], plmn[3:], cell.area, cell.ident, max(0, min(97, dbm + 141)), 14)
        )
    return OK


PROFILE = profile(
    {
        "manufacturer": "Fibocom",
        "model": "L610",
        "revision": "16000.1000.00.01.01.06",
        "ati": ("Fibocom", "L610-CN-00-00", "16000.1000.00.01.01.06"),
        "imei": "866156050000012",
        "cmee": 0,
        "restart_ms": 700,
        "restart_funs": (15,),
        "socket_data": on_data,
        "socket_closed": on_closed,
        "context_gone": on_context_gone,
        "boot": ((5200, "ready"), (5200, "AT READY"), (5400, "radio"), (6800, "+SIM READY")),
    }
)

COMMANDS = commands(
    standard.COMMANDS,
    {
        "+CPWROFF": power_off(),
        "+CCID": commands_card.iccid,
        "+GTDUALSIM": commands_card.slot_command('+GTDUALSIM: %d,"SUB1","LTE"', 0),
        "+GTSET": setting,
        "+GTWAKE": accept,
        "+MIPCALL": dial,
        "+MIPOPEN": open_socket,
        "+MIPSEND": send,
        "+MIPREAD": read,
        "+MIPCLOSE": close,
        "+MIPDNS": resolve,
        "+GTSSLVER": keep("gtsslver"),
        "+GTSSLMODE": keep("gtsslmode"),
        "+GTSSLFILE": trust,
        "+GTSSLERR": tls_error,
        "+GTCCINFO": cells,
    },
)
