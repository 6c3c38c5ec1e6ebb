"""SIMCom SIM800: 2G only, with the older TCP commands whose results are words of their own."""

from ..network.operator import GSM
from . import commands_card, standard
from .commands_basic import accept, number
from .profile import commands, profile
from .results import ERROR, LATER, OK, SILENT
from .stack import ask_data, dial, dialled, hang_up


def start_task(m, op, args):
    """CSTT="apn","user","password"."""
    if op == "=" and args:
        m.radio.contexts.define(1, "IP", args[0])
    return OK


def bring_up(m, op, args):
    """CIICR: the answer itself waits for the network."""
    dial(m, lambda address: m.finish(OK if address else ERROR))
    return LATER


def local_address(m, op, args):
    """CIFSR: a bare address, and no OK behind it."""
    c = dialled(m)
    if c is None:
        return ERROR
    m.port.info(c.address)
    return SILENT


def shut(m, op, args):
    m.later(m.rng.between(200, 900), _shut, m)
    return LATER


def _shut(m):
    hang_up(m)
    m.port.final("SHUT OK", False)
    m.finish(SILENT)


def start(m, op, args):
    """CIPSTART=n,"TCP","host",port: OK, later "n, CONNECT OK", FAIL or ALREADY CONNECT."""
    slot, port = number(args, 0), number(args, 3)
    if len(args) < 4 or not 0 <= slot <= 5 or port < 1:
        return ERROR
    if m.sockets.get(slot):
        m.later(20, m.port.urc, "%d, ALREADY CONNECT" % slot)
        return OK
    if not dialled(m):
        return ERROR
    m.sockets.open(slot, args[2], port, lambda error: started(m, slot, error))
    return OK


def started(m, slot, error):
    m.sockets.decided(slot, error)
    m.port.urc("%d, CONNECT %s" % (slot, "FAIL" if error else "OK"))


def send(m, op, args):
    slot, length = number(args, 0), number(args, 1)
    if not m.sockets.writable(slot) or not 1 <= length <= 1460:
        return ERROR
    return ask_data(m, slot, length, _sent)


def _sent(m, slot, data):
    taken = m.sockets.send(slot, data)
    if not taken:
        m.port.final("%d, SEND FAIL" % slot, False)
    elif m.settings.get("cipqsend"):
        m.port.final("DATA ACCEPT:%d,%d" % (slot, len(data)), False)
    else:
        m.port.final("%d, SEND OK" % slot, False)
    m.finish(SILENT)


def receive(m, op, args):
    mode = number(args, 0)
    if op != "=" or mode in (0, 1):
        m.settings["ciprxget"] = max(mode, 0)
        return OK
    slot = number(args, 1)
    socket = m.sockets.get(slot)
    if socket is None:
        return ERROR
    if mode == 4:
        m.port.info("+CIPRXGET: 4,%d,%d" % (slot, len(socket.inbox)))
        return OK
    count = number(args, 2, 1460)
    if mode != 2 or not 0 < count <= 1460:
        return ERROR
    data = m.sockets.read(slot, count)
    head = "+CIPRXGET: 2,%d,%d,%d" % (slot, len(data), len(socket.inbox))
    if data:
        m.port.binary(head, data)
    else:
        m.port.info(head)
    return OK


def close(m, op, args):
    slot = number(args, 0)
    if m.sockets.get(slot) is None:
        return ERROR
    m.later(m.rng.between(20, 300), _closed, m, slot)
    return LATER


def _closed(m, slot):
    m.sockets.close(slot)
    m.port.final("%d, CLOSE OK" % slot, False)
    m.finish(SILENT)


_STATES = {"opening": "CONNECTING", "open": "CONNECTED", "dead": "CONNECTED", "closed": "CLOSED"}


def status(m, op, args):
    slot = number(args, 0)
    s = m.sockets.get(slot)
    if s is None:
        m.port.info('+CIPSTATUS: %d,,"","","","INITIAL"' % slot)
    else:
        m.port.info(
            '+CIPSTATUS: %d,0,"TCP","%s","%d","%s"'
            % (slot, s.host, s.port, _STATES.get(s.state, "CLOSED"))
        )
    return OK


def keep(name):
    """A handler for a switch of the TCP commands."""

    def handler(m, op, args):
        if op == "=":
            m.settings[name] = number(args, 0, 0)
        return OK

    return handler


def resolve(m, op, args):
    """CDNSGIP: OK, later +CDNSGIP: 1,"host","address" or 0,error."""
    if op != "=" or not args or not dialled(m):
        return ERROR
    error, addresses = m.operator.resolve(args[0])
    if error:
        delay = 20000 if error == -1 else 900
        m.later(delay, m.port.urc, "+CDNSGIP: 0,8")
    else:
        m.later(500, m.port.urc, '+CDNSGIP: 1,"%s","%s"' % (args[0], addresses[0]))
    return OK


def power_off(m, op, args):
    m.operator.note("power_down")
    m.port.final("NORMAL POWER DOWN", False)
    m.shut_down("", 800)
    return SILENT


def on_data(m, socket, data):
    if not m.settings.get("ciprxget"):
        m.port.write(b"\r\n+RECEIVE,%d,%d:\r\n" % (socket.slot, len(data)) + data)
        return
    socket.inbox += data
    if not socket.told:
        socket.told = True
        m.port.urc("+CIPRXGET: 1,%d" % socket.slot)


def on_closed(m, socket):
    m.port.urc("%d, CLOSED" % socket.slot)


def on_context_gone(m, cid):
    m.port.urc("+PDP: DEACT")


PROFILE = profile(
    {
        "manufacturer": "SIMCOM_Ltd",
        "model": "SIMCOM_SIM800C",
        "revision": "Revision:1418B05SIM800C24",
        "ati": ("SIM800 R14.18",),
        "imei": "865067021234567",
        "iccid_prefix": "",
        "cmee": 0,
        "rats": (GSM,),
        "sms_memory": "SM",
        "sms_size": 15,
        "sms_first": 1,
        "answer_ms": (8, 80),
        "power_key_ms": 1000,
        "socket_data": on_data,
        "socket_closed": on_closed,
        "context_gone": on_context_gone,
        "boot": (
            (2600, "ready"),
            (2600, "RDY"),
            (2700, "+CFUN: 1"),
            (2800, "radio"),
            (3100, "sim"),
            (8200, "Call Ready"),
            (9000, "SMS Ready"),
        ),
    }
)

COMMANDS = commands(
    standard.COMMANDS,
    {
        "+CCID": commands_card.iccid,
        "+CSTT": start_task,
        "+CIICR": bring_up,
        "+CIFSR": local_address,
        "+CIPSHUT": shut,
        "+CIPSTART": start,
        "+CIPSEND": send,
        "+CIPRXGET": receive,
        "+CIPCLOSE": close,
        "+CIPSTATUS": status,
        "+CIPMUX": keep("cipmux"),
        "+CIPQSEND": keep("cipqsend"),
        "+CIPMODE": accept,
        "+CIPHEAD": accept,
        "+CIPSRIP": accept,
        "+CDNSGIP": resolve,
        "+CDNSCFG": accept,
        "+CPOWD": power_off,
        "+CSCLK": accept,
    },
)
COMMANDS.pop("+CEREG")
COMMANDS.pop("+CESQ")
