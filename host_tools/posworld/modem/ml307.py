"""China Mobile ML307R: 27.007 with this vendor's MIP sockets, TLS contexts and cell line."""

from . import commands_basic, stack, standard
from .charset import hexed
from .commands_basic import number, power_off, reset_command
from .profile import commands, profile
from .results import OK, cme
from .stack import ask_data, ask_file, dialled
from .tls import Verify

_SOCKETS = 6
_NOT_ALLOWED, _BAD, _IN_USE, _NOT_CONNECTED, _NO_PDP, _NO_CERTIFICATE = 3, 50, 552, 553, 570, 762
_ITEMS = ("cid", "encoding", "autofree", "ssl", "ackmode")
_FAILED = {
    "refused": 557,
    "timeout": 558,
    "dns": 580,
    "context": 570,
    "tls": 752,
    "tls suite": 754,
}


def functionality(m, op, args):
    """Within two seconds of +MATREADY it takes no change (flow guide)."""
    if op == "=" and m.agenda.now_ms - m.boot_ms < m.profile["ready_ms"] + 2000:
        return cme(_NOT_ALLOWED)
    return commands_basic.functionality(m, op, args)


def reboot(m, op, args):
    m.later(60, m.port.urc, "REBOOTING")
    return reset_command(m, op, args)


def card(prefix):
    def handler(m, op, args):
        if m.sim_error():
            return cme(m.sim_error())
        m.port.info(prefix + m.sim.iccid_text())
        return OK

    return handler


# -- the module's own dialling ----------------------------------------------


def dial(m, op, args):
    c = dialled(m)
    if op == "?":
        m.port.info('+MIPCALL: 1,1,"%s"' % c.address if c else "+MIPCALL: 1,0")
        return OK
    if op != "=" or number(args, 1, 1) != 1:
        return cme(_BAD)
    if number(args, 0) == 0:  # the bearer stays
        m.later(m.rng.between(100, 600), _hung_up, m)
        return OK

    def told(address):
        if address:
            m.port.urc('+MIPCALL: 1,1,"%s"' % address)

    stack.dial(m, told)
    return OK


def _hung_up(m):
    if dialled(m):
        dialled(m).bound = False
    m.sockets.end_context(1)
    _disconnected(m)
    m.port.urc("+MIPCALL:1,0")


def _disconnected(m):
    for slot in m.sockets.ended:
        m.port.urc('+MIPURC: "disconn",%d,3' % slot)


# -- sockets ----------------------------------------------------------------


def configure(m, op, args):
    """MIPCFG="item",id[,value..]: for one start of the module."""
    if op != "=" or len(args) < 2 or args[0] not in _ITEMS:
        return cme(_BAD)
    key = "mip %s %s" % (args[0], args[1])
    if len(args) == 2:
        shown = ",".join(m.settings.get(key, ["0"]))
        m.port.info('+MIPCFG: "%s",%s,%s' % (args[0], args[1], shown))
    else:
        m.settings[key] = args[2:]
    return OK


def _configured(m, item, slot, at=0):
    values = m.settings.get("mip %s %d" % (item, slot), [])
    return values[at] if at < len(values) else "0"


def open_socket(m, op, args):
    """MIPOPEN=id,"TCP","host",port[,timeout[,mode]]: OK, later +MIPOPEN: id,result."""
    slot, port, mode = number(args, 0), number(args, 3), number(args, 5, 0)
    if op != "=" or not 0 <= slot < _SOCKETS or args[1] != "TCP" or port < 1 or mode not in (0, 2):
        return cme(_BAD)
    if m.sockets.get(slot):
        return cme(_IN_USE)
    if not dialled(m):
        return cme(_NO_PDP)
    tls = None
    if _configured(m, "ssl", slot) == "1":
        tls = _verify(m, int(_configured(m, "ssl", slot, 1)))

    def done(error):
        m.sockets.decided(slot, error)
        m.port.urc("+MIPOPEN: %d,%d" % (slot, _FAILED.get(error, 559) if error else 0))

    m.sockets.open(slot, args[2], port, done, 1, tls)
    m.sockets.get(slot).mode = mode
    return OK


def send(m, op, args):
    slot, length = number(args, 0), number(args, 1)
    if not m.sockets.writable(slot):
        return cme(_NOT_CONNECTED)
    if not 1 <= length <= 8192:
        return cme(_BAD)
    return ask_data(m, slot, length, _sent, 10000, lambda: cme(_BAD))


def _sent(m, slot, data):
    if m.sockets.send(slot, data):
        m.port.info("+MIPSEND: %d,%d" % (slot, len(data)))
        m.finish(OK)
    else:
        m.finish(cme(560))


def read(m, op, args):
    slot, count = number(args, 0), number(args, 1, -1)
    socket = m.sockets.get(slot)
    if socket is None:
        return cme(_NOT_CONNECTED)
    if count < 0:
        m.port.info("+MIPRD: %d,%d" % (slot, len(socket.inbox)))
        return OK
    if count > 4096:
        return cme(_BAD)
    data = m.sockets.read(slot, count or len(socket.inbox))
    if data:
        head = "+MIPRD: %d,%d,%d," % (slot, len(socket.inbox), len(data))
        if _configured(m, "encoding", slot, 1) == "1":
            m.port.info(head + hexed(data))
        else:
            m.port.write(("\r\n" + head).encode() + data + b"\r\n")
    return OK


def close(m, op, args):
    slot = number(args, 0)
    if m.sockets.get(slot) is None:
        return cme(551)
    m.later(m.rng.between(30, 500), _closed, m, slot)
    return OK


def _closed(m, slot):
    m.sockets.close(slot)
    m.port.urc("+MIPCLOSE: %d" % slot)


def state(m, op, args):
    slot = number(args, 0)
    s = m.sockets.get(slot)
    if s is None:
        m.port.info('+MIPSTATE: %d,,,,"INITIAL"' % slot)
    else:
        shown = {"opening": "CONNECTING", "closed": "CLOSED"}.get(s.state, "CONNECTED")
        m.port.info('+MIPSTATE: %d,"TCP","%s",%d,"%s"' % (slot, s.host, s.port, shown))
    return OK


def resolve(m, op, args):
    if op != "=" or not args or not dialled(m):
        return cme(_NO_PDP)
    error, addresses = m.operator.resolve(args[0])
    delay_ms = 30000 if error == -1 else m.rng.between(80, 900)
    told = "" if error else ',"%s"' % addresses[0]
    m.later(delay_ms, m.port.urc, '+MDNSGIP: "%s"%s' % (args[0], told))
    return OK


def on_data(m, socket, data):
    if socket.mode != 2:
        m.port.urc('+MIPURC: "rtcp",%d,%d,%s' % (socket.slot, len(data), hexed(data)))
        return
    socket.inbox += data
    m.port.urc('+MIPURC: "rtcp",%d,%d,%d' % (socket.slot, len(data), len(socket.inbox)))


def on_closed(m, socket):
    """Without autofree 1 the slot goes, and with it what was not read."""
    m.port.urc('+MIPURC: "disconn",%d,1' % socket.slot)
    if _configured(m, "autofree", socket.slot) != "1":
        m.sockets.close(socket.slot)


def on_context_gone(m, cid):
    _disconnected(m)
    m.port.urc("+MIPCALL: 1,0")


# -- TLS --------------------------------------------------------------------


def tls_setting(m, op, args):
    if op != "=" or len(args) < 2:
        return OK if op == "=?" else cme(_BAD)
    if args[0] == "cert" and [name for name in args[2:] if name not in m.files]:
        return cme(_NO_CERTIFICATE)
    named = args[0] == "ciphersuite" and len(args) > 2 and args[2] != "0"
    # ML307X wants "0x" before it, the others do not (SSL manual, note 8).
    if named and (args[2][:2] == "0x") != bool(m.profile.get("suite_prefix")):
        return cme(_BAD)
    m.settings["ssl %s %s" % (args[0], args[1])] = args[2:]
    return OK


def _verify(m, context):
    def item(name, default):
        return m.settings.get("ssl %s %d" % (name, context), [default])[0]

    level = 0 if item("ignoreverify", "0") == "1" else int(item("auth", "0"))
    version = "3" if item("version", "255") == "3" else "4"
    suite = item("ciphersuite", "0")
    suite = "" if suite == "0" else suite
    return Verify(level, item("cert", ""), item("ignorestamp", "1") == "1", version, suite=suite)


def write_certificate(m, op, args):
    size = number(args, 2)
    if op != "=" or len(args) < 3 or not 0 < size <= 8192:
        return cme(_BAD)
    return ask_file(m, args[0], size)


def certificates(m, op, args):
    """MSSLLIST=1: certificates; 2 and 3 are keys: there are none (SSL manual, cl. 3.5)."""
    if op != "=" or number(args, 0) not in (1, 2, 3):
        return cme(_BAD)
    for name in sorted(m.files) if number(args, 0) == 1 else ():
        m.port.info('+MSSLLIST: "%s",%d' % (name, len(m.files[name])))
    return OK


def statistics(m, op, args):
    cell, dbm = m.radio.cell, m.radio.dbm()
    if args == ["cell"] and cell is not None and dbm is not None:
        plmn = m.operator.plmn
        levels = (dbm * 10, -110, (dbm + 27) * 10, 152)
        m.port.info(
            '+MUESTATS: "scell",4,%s,%s,1650,,87,%d,%d,%d,%d,20.0'
            % ((plmn[:3], plmn[3:]) + levels)
        )
    return OK


PROFILE = profile(
    {
        "manufacturer": "CMCC",
        "model": "ML307R",
        "revision": "ML307R-DL_V2.0.0",
        "ati": ("CMCC", "ML307R", "ML307R-DL_V2.0.0"),
        "imei": "868120060000019",
        "registration_modes": (3, 3, 5),
        "cmee": 1,
        "ready_ms": 4300,
        "restart_ms": 700,
        "socket_data": on_data,
        "socket_closed": on_closed,
        "context_gone": on_context_gone,
        "boot": ((4300, "ready"), (4300, "+MATREADY"), (4600, "radio"), (5600, "sim")),
    }
)

COMMANDS = commands(
    standard.COMMANDS,
    {
        "+CFUN": functionality,
        "+MREBOOT": reboot,
        "+MPOF": power_off("POWER OFF"),
        "+MCCID": card("+MCCID: "),
        "+ICCID": card("+ICCID: "),
        "+MIPCALL": dial,
        "+MIPCFG": configure,
        "+MIPOPEN": open_socket,
        "+MIPSEND": send,
        "+MIPRD": read,
        "+MIPCLOSE": close,
        "+MIPSTATE": state,
        "+MDNSGIP": resolve,
        "+MSSLCFG": tls_setting,
        "+MSSLCERTWR": write_certificate,
        "+MSSLLIST": certificates,
        "+MUESTATS": statistics,
    },
)
