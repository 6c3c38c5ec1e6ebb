"""The packet domain (TS 27.007 cl. 10.1)."""

from .commands_basic import number
from .contexts import NO_ANSWER, NOT_ATTACHED
from .results import CONNECT, ERROR, LATER, NO_CARRIER, OK, cme, esm_to_cme
from .stack import hang_up


def attach(m, op, args):
    radio = m.radio
    if op == "?":
        m.port.info("+CGATT: %d" % (1 if radio.attached else 0))
        return OK
    if op == "=?":
        m.port.info("+CGATT: (0,1)")
        return OK
    if m.sim_error():
        return cme(m.sim_error())
    if radio.fun != 1:
        return cme(3)
    m.operator.note("cgatt", number(args, 0))
    if number(args, 0) == 0:
        m.later(m.rng.between(400, 1500), _detached, m)
    else:
        radio.attach()
        m.later(500, _attached, m, m.profile.get("attach_limit_s", 60))
    return LATER


def _detached(m):
    m.radio.detach()
    m.finish(OK)


def _attached(m, tries):
    radio = m.radio
    if radio.attached:
        m.finish(OK)
    elif tries and not radio.silent and 2 in radio.stat:
        m.later(1000, _attached, m, tries - 1)
    else:
        cause = radio.cause[2]
        known = cause in (3, 6, 7, 8, 11, 12, 13, 14, 15)
        m.finish(cme(100 + cause) if known and m.profile.get("attach_cme", True) else cme(30))


def define(m, op, args):
    contexts = m.radio.contexts
    if op == "?":
        for c in contexts.ordered():
            m.port.info(
                '+CGDCONT: %d,"%s","%s","%s",0,0' % (c.cid, c.kind, c.apn, c.address or "0.0.0.0")
            )
        return OK
    if op == "=?":
        m.port.info('+CGDCONT: (1-15),"IP",,,(0-2),(0-4)')
        return OK
    cid = number(args, 0)
    if not 1 <= cid <= 15:
        return cme(50)
    busy_ms = m.profile.get("define_refused_ms", 0)
    if busy_ms and m.agenda.now_ms - m.boot_ms < busy_ms:
        return cme(14)  # the card is still busy
    if len(args) == 1:
        contexts.deactivate(cid)
        contexts.table.pop(cid, None)
    else:
        contexts.define(cid, args[1], args[2] if len(args) > 2 else "")
    return OK


def authentication(m, op, args):
    context = m.radio.contexts.get(number(args, 0))
    if op == "=" and context is None:
        return cme(50)
    if op == "=":
        context.auth = number(args, 1, 0)
        context.user = args[2] if len(args) > 2 else ""
        context.password = args[3] if len(args) > 3 else ""
    return OK


def activation_error(m, cause, call=False):
    """The final result of a refused activation, as the family words it; `call`: of +CGACT, which
    may end as a call does.
    """
    if cause == NOT_ATTACHED:
        return cme(30)
    if cause == NO_ANSWER:
        return cme(31)
    if m.operator.data_bar_hidden() or m.profile.get("activation_error") == "plain":
        return ERROR
    if call and m.profile.get("activation_error") == "no carrier":
        return NO_CARRIER
    return cme(esm_to_cme(cause))


def activate(m, op, args):
    contexts = m.radio.contexts
    if op == "?":
        for c in contexts.ordered():
            m.port.info("+CGACT: %d,%d" % (c.cid, 1 if c.address else 0))
        return OK
    if op == "=?":
        m.port.info("+CGACT: (0,1)")
        return OK
    if m.profile.get("no_cgact"):
        return cme(3)
    cid = number(args, 1, 1)
    if number(args, 0) == 0:
        m.later(300, _deactivated, m, cid)
        return LATER

    def done(cause):
        m.finish(activation_error(m, cause, True) if cause else OK)

    contexts.activate(cid, m.unless_restarted(done))
    return LATER


def _deactivated(m, cid):
    hang_up(m, cid)
    m.finish(OK)


def address(m, op, args):
    wanted = number(args, 0)
    for c in m.radio.contexts.ordered():
        if wanted in (-1, c.cid):
            text = c.address or m.profile.get("no_address", "0.0.0.0")
            quote = '"' if m.profile.get("quoted_address", True) else ""
            m.port.info("+CGPADDR: %d,%s%s%s" % (c.cid, quote, text, quote))
    return OK


def parameters(m, op, args):
    wanted = number(args, 0)
    if op == "=?":
        return OK
    for c in m.radio.contexts.active():
        if wanted in (-1, c.cid):
            apn = c.apn or m.operator.default_apn
            if m.profile.get("apn_with_tail"):
                apn += ".mnc%03d.mcc%s.gprs" % (int(m.operator.plmn[3:]), m.operator.plmn[:3])
            servers = '"10.76.51.1","211.136.17.107","211.136.20.203"'
            m.port.info(
                '+CGCONTRDP: %d,5,"%s","%s.255.255.255.0",%s' % (c.cid, apn, c.address, servers)
            )
    return OK


def back_off_timers(m, op, args):
    """+CABTRDP (TS 27.007 cl. 10.1.42), where the firmware has it."""
    if not m.profile.get("cabtrdp"):
        return m.profile["unknown"]
    for apn, left_s in m.radio.contexts.timers():
        seconds = "" if left_s is None else ",%d,1,0" % left_s
        m.port.info('+CABTRDP: "%s"%s' % (apn, seconds))
    return OK


def events(m, op, args):
    if op == "?":
        m.port.info("+CGEREP: %d,%d" % (m.settings["cgerep"], 0))
    elif op == "=?":
        m.port.info("+CGEREP: (0-2),(0,1)")
    else:
        m.settings["cgerep"] = number(args, 0, 0)
    return OK


def dial(m, op, args):
    """ATD*99***cid#: a data session over the port itself (cl. 10.2.1); +++ leaves it."""
    text = m.raw
    if "*99" not in text:
        return NO_CARRIER
    cid = int(text.split("***")[1].rstrip("#;")) if "***" in text else 1

    def done(cause):
        if cause:
            m.finish(NO_CARRIER)
        else:
            m.finish(CONNECT)
            m.port.data_mode()

    m.radio.contexts.activate(cid, m.unless_restarted(done))
    return LATER


COMMANDS = {
    "D": dial,
    "+CGATT": attach,
    "+CGDCONT": define,
    "+CGAUTH": authentication,
    "+CGACT": activate,
    "+CGPADDR": address,
    "+CGCONTRDP": parameters,
    "+CGEREP": events,
    "+CABTRDP": back_off_timers,
}
