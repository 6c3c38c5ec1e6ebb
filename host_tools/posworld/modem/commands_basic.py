"""V.250 settings, identities, functionality and clock. Handlers take (modem, op, args)."""

from ..calendar import clock_text, unix
from .results import ERROR, LATER, OK, cme


def number(args, at, default=-1):
    """Argument as a number; default where it is absent, -1 where it is no number."""
    if at >= len(args) or args[at] == "":
        return default
    return int(args[at]) if args[at].isdigit() else -1


def accept(m, op, args):
    return OK


def error(m, op, args):
    """Known to the standard, not to these modules."""
    return ERROR


def echo(m, op, args):
    m.port.echo = number(args, 0, 0) != 0 or m.profile.get("echo_stays", False)
    return OK


def verbose(m, op, args):
    m.port.verbose = number(args, 0, 0) != 0
    return OK


def quiet(m, op, args):
    m.port.quiet = number(args, 0, 0) != 0
    return OK


def identification(m, op, args):
    for line in m.profile["ati"]:
        m.port.info(line)
    return OK


def manufacturer(m, op, args):
    if op == "":
        m.port.info(m.profile["manufacturer"])
    return OK


def model(m, op, args):
    if op == "":
        m.port.info(m.profile["model"])
    return OK


def revision(m, op, args):
    if op == "":
        m.port.info(m.profile["revision"])
    return OK


def serial(m, op, args):
    if op == "=" and args == ["1"]:
        m.port.info('+CGSN: "%s"' % m.profile["imei"])
    elif op == "":
        m.port.info(m.profile["imei"])
    return OK


def factory(m, op, args):
    """ATZ and AT&F: the session's settings, not the radio's."""
    m.port.reset()
    m.cmee = m.profile["cmee"]
    m.settings = dict(m.profile["settings"])
    return OK


def error_mode(m, op, args):
    if m.profile.get("no_cmee"):
        return ERROR
    if op == "?":
        m.port.info("+CMEE: %d" % m.cmee)
    elif op == "=?":
        m.port.info("+CMEE: (0-2)")
    elif number(args, 0) not in (0, 1, 2):
        return cme(50)
    else:
        m.cmee = number(args, 0)
    return OK


# -- functionality ----------------------------------------------------------


def functionality(m, op, args):
    if op == "?":
        m.port.info("+CFUN: %d%s" % (m.radio.fun, m.profile["fun_tail"]))
        return OK
    if op == "=?":
        m.port.info("+CFUN: (0,1,4),(0,1)")
        return OK
    fun = number(args, 0)
    if fun in m.profile["restart_funs"]:
        return reset_command(m, op, args)
    if fun not in (0, 1, 4):
        return cme(50)
    if number(args, 1, 0) == 1:
        if fun != 1:
            return cme(3)
        return reset_command(m, op, args)
    low, high = m.profile["cfun_ms"]
    if fun != m.radio.fun:
        # With no card to read and no network that holds the terminal nothing goes on the air.
        if fun == 0 and m.sim.fault in ("failed", "absent", "busy") and not m.radio.registered():
            m.operator.note("card", fun)
        elif not (m.radio.fun == 0 and m.radio.card_cycle):
            m.operator.note("cfun", fun)
            if fun == 0 and m.sockets.owed():
                m.operator.note("cut_amid")
        m.radio.card_cycle = m.operator.notes[-1][1] == "card"
    m.later(m.rng.between(low, high), _functionality_set, m, fun)
    return LATER


def _functionality_set(m, fun):
    had_sim = m.radio.fun != 0
    m.radio.power(fun)
    m.finish(OK)
    if fun == 0:
        m.port.urc("+CPIN: NOT READY")
    elif not had_sim and m.sim.ready():
        m.later(1200, m.port.urc, "+CPIN: READY")


def reset_command(m, op, args):
    m.operator.note("module_reset")
    m.later(m.profile["restart_ms"], m.restart)
    return OK


def power_off(last_words=""):
    """A handler for the command that leaves the network and ends all, with a last line or none."""

    def handler(m, op, args):
        m.operator.note("power_down")
        m.shut_down(last_words, m.profile["power_off_ms"])
        return OK

    return handler


# -- clock ------------------------------------------------------------------


def module_unix_s(m):
    """The module's clock; a fresh one starts at 1980, as a GPS receiver counts."""
    up_s = (m.agenda.now_ms - m.boot_ms) // 1000
    if m.clock_offset_s is None:
        return 315964800 + up_s
    return m.clock_offset_s + m.agenda.now_ms // 1000


def clock(m, op, args):
    if op == "?":
        zone = m.zone_quarters
        m.port.info('+CCLK: "%s"' % clock_text(module_unix_s(m), zone))
        return OK
    if op == "=?":
        return OK
    text = args[0] if args else ""
    try:
        fields = [int(text[i : i + 2]) for i in (0, 3, 6, 9, 12, 15)]
        zone = int(text[17:]) if len(text) > 17 else 0
    except ValueError:
        return cme(50)
    fields[0] += 2000
    seconds = unix(fields[0], fields[1], fields[2], fields[3], fields[4], fields[5]) - zone * 900
    m.clock_offset_s = seconds - m.agenda.now_ms // 1000
    m.zone_quarters = zone
    return OK


def setting(name, low, high):
    """A handler for a command that only keeps one number, and answers its read form."""

    def handler(m, op, args):
        if op == "?":
            m.port.info("%s: %d" % (name, m.settings[name[1:].lower()]))
        elif op == "=?":
            m.port.info("%s: (%d-%d)" % (name, low, high))
        else:
            value = number(args, 0, 0)
            if not low <= value <= high:
                return cme(50)
            m.settings[name[1:].lower()] = value
        return OK

    return handler


COMMANDS = {
    "E": echo,
    "V": verbose,
    "Q": quiet,
    "I": identification,
    "Z": factory,
    "&F": factory,
    "&C": accept,
    "&D": accept,
    "&W": accept,
    "X": accept,
    "S": accept,
    "H": accept,
    "+GMI": manufacturer,
    "+CGMI": manufacturer,
    "+GMM": model,
    "+CGMM": model,
    "+GMR": revision,
    "+CGMR": revision,
    "+GSN": serial,
    "+CGSN": serial,
    "+CMEE": error_mode,
    "+CFUN": functionality,
    "+CCLK": clock,
    "+CTZU": setting("+CTZU", 0, 3),
    "+CTZR": setting("+CTZR", 0, 2),
    "+IPR": accept,
    "+IFC": accept,
    "+ICF": accept,
    "+CLIP": accept,
    "+CRC": accept,
    "+CSSN": accept,
    "+CGSMS": accept,
    "+CPSMS": accept,
    "+CEDRXS": accept,
    "+CNEC": error,
}
