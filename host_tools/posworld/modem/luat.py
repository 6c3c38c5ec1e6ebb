"""AirM2M Air780E with AT firmware: LTE, the older TCP commands, one switch for TLS, files."""

from . import commands_card, sim800, standard
from .commands_basic import accept, number, reset_command
from .profile import SETTINGS, commands, profile
from .results import ERROR, OK, cme
from .stack import ask_file, dialled
from .tls import Verify

_READ_MAX = 720  # 1460 is said to be allowed, and refused
_HELD = 65535


def _verify(m):
    def item(name, default):
        return m.settings.get("ssl " + name, default)

    suite = item("ciphersuite", "0XFFFF")
    return Verify(
        int(item("seclevel", "0")),
        item("cacert", ""),
        item("ignorelocaltime", "1") == "1",
        item("sslversion", "4"),
        suite="" if suite == "0XFFFF" else suite,
    )


def start(m, op, args):
    """CIPSTART=n,"TCP",host,port: OK, later "n, CONNECT OK" or FAIL; of one that is held an error
    and "n, ALREADY CONNECT".
    """
    slot, port = number(args, 0), number(args, 3)
    if op != "=" or len(args) < 4 or not 0 <= slot <= 5 or port < 1:
        return cme(50)
    if m.sockets.get(slot):
        m.later(20, m.port.urc, "%d, ALREADY CONNECT" % slot)
        return cme(_HELD)
    if not dialled(m):
        return cme(3)
    tls = _verify(m) if m.settings.get("cipssl") else None
    m.sockets.open(slot, args[2], port, lambda error: sim800.started(m, slot, error), 1, tls)
    return OK


def receive(m, op, args):
    """As SIM800's, with a bound of its own."""
    if op == "=" and number(args, 0) in (2, 3) and number(args, 2, 0) > _READ_MAX:
        return cme(3)
    if op == "=" and number(args, 0) == 5:
        m.settings["ciprxget"] = 5
        return OK
    return sim800.receive(m, op, args)


def tls_switch(m, op, args):
    if op == "?":
        m.port.info("+CIPSSL: %d" % m.settings.get("cipssl", 0))
    else:
        m.settings["cipssl"] = number(args, 0, 0)
    return OK


def tls_setting(m, op, args):
    if op != "=" or len(args) < 3:
        return cme(50)
    m.settings["ssl " + args[0].lower()] = args[2]
    return OK


def create(m, op, args):
    if args[0] in m.files:
        return ERROR
    m.files[args[0]] = b""
    return OK


def write(m, op, args):
    """FSWRITE="name",mode,size,seconds: the bytes behind a prompt."""
    size = number(args, 2)
    if op != "=" or args[0] not in m.files or not 0 < size <= 10240:
        return ERROR
    return ask_file(m, args[0], size)


def size(m, op, args):
    if args[0] not in m.files:
        return ERROR
    m.port.info("+FSFLSIZE: %d" % len(m.files[args[0]]))
    return OK


def named(prefix, key):
    """This firmware quotes what it is asked for: +CGMI: "AirM2M"."""

    def handler(m, op, args):
        if op == "":
            m.port.info('%s"%s"' % (prefix, m.profile[key]))
        return OK

    return handler


def on_closed(m, socket):
    m.port.urc("%d, %s" % (socket.slot, "CLOSE OK" if socket.slot & 1 else "CLOSED"))


PROFILE = profile(
    {
        "manufacturer": "AirM2M",
        "model": "Air780E",
        "revision": "AirM2M_780E_V1171_LTE_AT",
        "ati": ("AirM2M_780E_V1171_LTE_AT",),
        "imei": "866965080000016",
        "iccid_prefix": "+ICCID: ",
        "registration_modes": (3, 5, 5),
        "cmee": 1,
        "restart_ms": 700,
        "power_key_ms": 1000,
        "socket_data": sim800.on_data,
        "socket_closed": on_closed,
        "context_gone": sim800.on_context_gone,
        "settings": dict(SETTINGS, cgerep=1),
        "boot": (
            (2900, "ready"),
            (2900, "RDY"),
            (3200, "radio"),
            (3600, "sim"),
            (3700, "RDY"),
            (5300, "^MODE: 17,17"),
            (5300, "+E_UTRAN Service"),
        ),
    }
)

COMMANDS = commands(
    standard.COMMANDS,
    {
        "+CGMI": named("+CGMI: ", "manufacturer"),
        "+CGMM": named("+CGMM: ", "model"),
        "+CGMR": named("+CGMR: ", "revision"),
        "+ICCID": commands_card.iccid,
        "+RESET": reset_command,
        "+SIMCROSS": commands_card.slot_command("+SIMCROSS:%d", 0, True),
        "+CSTT": sim800.start_task,
        "+CIICR": sim800.bring_up,
        "+CIFSR": sim800.local_address,
        "+CIPSHUT": sim800.shut,
        "+CIPSTART": start,
        "+CIPSEND": sim800.send,
        "+CIPRXGET": receive,
        "+CIPCLOSE": sim800.close,
        "+CIPSTATUS": sim800.status,
        "+CIPMUX": sim800.keep("cipmux"),
        "+CIPQSEND": sim800.keep("cipqsend"),
        "+CIPMODE": accept,
        "+CIPSSL": tls_switch,
        "+SSLCFG": tls_setting,
        "+FSCREATE": create,
        "+FSWRITE": write,
        "+FSFLSIZE": size,
        "+CDNSGIP": sim800.resolve,
        "+CPOWD": sim800.power_off,
    },
)
COMMANDS.pop("+CGEREP")
