"""The card: PIN, identities, files (TS 27.007 cl. 8.3, 5.6, 8.18)."""

from . import commands_managers
from .commands_basic import number
from .results import ERROR, OK, cme


def pin(m, op, args):
    if op == "=":
        if m.sim.state() == "SIM PUK" and len(args) > 1:
            error = m.sim.enter_puk(args[0], args[1])
        else:
            m.operator.note("pin_entered", m.sim.pin_tries)
            error = m.sim.enter_pin(args[0] if args else "")
        if error:
            return cme(error)
        m.later(600, m.radio.sim_changed)
        m.later(700, m.port.urc, "+CPIN: READY")
        return OK
    if op == "=?":
        return OK
    if m.radio.fun == 0:
        return cme(13)
    state = m.sim.state()
    if m.agenda.now_ms < m.boot_ms + m.profile["sim_busy_ms"] and state == "READY":
        return cme(14)
    if isinstance(state, int):
        return cme(state)
    m.port.info("+CPIN: " + state)
    return OK


def pin_tries(m, op, args):
    m.port.info("+CPINR: SIM PIN,%d,3" % m.sim.pin_tries)
    m.port.info("+CPINR: SIM PUK,%d,10" % m.sim.puk_tries)
    return OK


def imsi(m, op, args):
    if op == "=?":
        return OK
    error = m.sim_error()
    if error:
        return cme(error)
    m.port.info(m.sim.imsi)
    return OK


def iccid(m, op, args):
    """Every family names the card's number in its own way, one of them not as it was asked."""
    if op == "=?":
        return OK
    if m.radio.fun == 0 or isinstance(m.sim.state(), int):
        error = m.sim_error()
        return cme(error) if error else ERROR
    m.port.info(m.profile["iccid_prefix"] + m.sim.iccid_text())
    return OK


def own_number(m, op, args):
    error = m.sim_error()
    if error:
        return cme(error)
    if m.sim.number:
        m.port.info('+CNUM: "","%s",129' % m.sim.number)
    return OK


def restricted_access(m, op, args):
    """+CRSM for EF_ICCID and EF_FPLMN (TS 27.007 cl. 8.18)."""
    error = m.sim_error()
    if error:
        return cme(error)
    if number(args, 0) == 176 and number(args, 1) == 12258:
        digits = m.sim.iccid + "F" * (len(m.sim.iccid) % 2)
        swapped = "".join([digits[i + 1] + digits[i] for i in range(0, len(digits), 2)])
        m.port.info('+CRSM: 144,0,"%s"' % swapped)
    elif number(args, 0) == 176 and number(args, 1) == 28539:
        m.port.info('+CRSM: 144,0,"%s"' % ("F" * 24))
    else:
        held = commands_managers.elementary_file(m, number(args, 1))
        m.port.info('+CRSM: 144,0,"%s"' % held if held else '+CRSM: 106,130,""')
    return OK


def slot_command(answer, first, radio_off=False):
    """A handler of the command that changes over between two cards, the first of which is number
    `first`; `answer` % number is what the read shows. With radio_off it is an error else.
    """

    def handler(m, op, args):
        if m.profile.get("one_card"):
            return ERROR
        if op == "?":
            told = 1 - m.slot if m.profile.get("tells_other_card") else m.slot
            m.port.info(answer % (told + first))
            return OK
        slot = number(args, len(args) - 1) - first
        if op != "=" or slot not in (0, 1):
            return ERROR
        if radio_off and m.radio.fun != 0:
            return ERROR
        m.select_card(slot)
        if radio_off:
            m.port.info(answer % (slot + first))
        return OK

    return handler


COMMANDS = {
    "+CPIN": pin,
    "+CPINR": pin_tries,
    "+CIMI": imsi,
    "+CNUM": own_number,
    "+CRSM": restricted_access,
}
COMMANDS.update(commands_managers.COMMANDS)
