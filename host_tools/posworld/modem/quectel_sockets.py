"""Quectel's TCP commands: QICSGP, QIACT, QIOPEN, QISEND, QIRD and their URCs."""

from .commands_basic import number
from .commands_packet import activation_error
from .results import ERROR, LATER, OK, SILENT
from .stack import ask_data, hang_up

# QI error numbers of the stack's words.
ERRORS = {"dns": 565, "refused": 566, "timeout": 569, "context": 561, "busy": 563}
ERRORS["tls"] = ERRORS["tls suite"] = 566  # no number of its own
_TEXTS = {
    0: "operate successfully",
    552: "Invalid parameters",
    561: "Open PDP context failed",
    563: "Socket identity has been used",
    565: "DNS parse failed",
    566: "Socket connect failed",
    567: "Socket has been closed",
    569: "Operation timed out",
}


def fail(m, code):
    m.settings["qierror"] = code
    return ERROR


def context(m, op, args):
    """QICSGP=ctx[,type,"apn","user","password",auth]"""
    cid = number(args, 0)
    if not 1 <= cid <= 7:
        return fail(m, 552)
    known = m.radio.contexts.get(cid)
    if len(args) == 1:
        if known:
            m.port.info(
                '+QICSGP: 1,"%s","%s","%s",%d'
                % (known.apn, known.user, known.password, known.auth)
            )
        return OK
    kind = {1: "IP", 2: "IPV6", 3: "IPV4V6"}.get(number(args, 1, 1))
    if kind is None:
        return fail(m, 552)
    c = m.radio.contexts.define(cid, kind, args[2] if len(args) > 2 else "")
    c.user = args[3] if len(args) > 3 else ""
    c.password = args[4] if len(args) > 4 else ""
    c.auth = number(args, 5, 0)
    return OK


def activate(m, op, args):
    if op == "?":
        for c in m.radio.contexts.active():
            if c.bound:
                m.port.info('+QIACT: %d,1,1,"%s"' % (c.cid, c.address))
        return OK
    if op == "=?":
        m.port.info("+QIACT: (1-7)")
        return OK
    cid = number(args, 0)
    c = m.radio.contexts.get(cid)
    if c is None:
        return fail(m, 552)
    if c.bound:
        return fail(m, 552)  # already active: this family answers with an error

    def done(cause):
        if cause == 0:
            c.bound = True
            m.finish(OK)
        else:
            m.finish(_refusal(m, cause))

    m.radio.contexts.activate(cid, m.unless_restarted(done))
    return LATER


def _refusal(m, cause):
    m.settings["qierror"] = 561
    if m.profile.get("qiact_cme", True):
        return activation_error(m, cause)
    return ERROR


def deactivate(m, op, args):
    cid = number(args, 0)
    m.later(m.rng.between(200, 900), _deactivated, m, cid)
    return LATER


def _deactivated(m, cid):
    hang_up(m, cid)
    m.finish(OK)


def open_socket(m, op, args):
    """QIOPEN=ctx,id,"TCP","host",port[,local[,mode]]: OK, later +QIOPEN: id,err."""
    if op == "?":
        return OK
    if op == "=?":
        m.port.info('+QIOPEN: (1-7),(0-11),"TCP/UDP","<address>",<port>,<local>,(0-2)')
        return OK
    cid, slot, port = number(args, 0), number(args, 1), number(args, 4)
    if len(args) < 5 or not 0 <= slot <= 11 or port < 1 or args[2] not in ("TCP", "UDP"):
        return fail(m, 552)
    if m.sockets.get(slot):
        m.later(15, _opened, m, slot, "busy", False)
        return OK
    mode = number(args, 6, 0)
    # The asynchronous result never overtakes the OK of its command.
    m.sockets.open(slot, args[3], port, lambda error: _opened(m, slot, error, True), cid)
    m.sockets.get(slot).mode = mode
    return OK


def _opened(m, slot, error, ours):
    code = ERRORS.get(error, 550) if error else 0
    m.settings["qierror"] = code
    if ours:
        m.sockets.decided(slot, error)
    m.port.urc("+QIOPEN: %d,%d" % (slot, code))


def send(m, op, args):
    slot = number(args, 0)
    socket = m.sockets.get(slot)
    if socket is None or socket.state not in ("open", "dead", "closed"):
        return fail(m, 552 if socket is None else 567)
    length = number(args, 1)
    if length == 0:
        unacked = socket.total_sent - socket.total_acked
        m.port.info("+QISEND: %d,%d,%d" % (socket.total_sent, socket.total_acked, unacked))
        return OK
    if not 1 <= length <= 1460:
        return fail(m, 552)
    if socket.state == "closed":
        return fail(m, 567)
    # The prompt closes by itself when no data come.
    return ask_data(m, slot, length, sent, 5000, lambda: fail(m, 569))


def sent(m, slot, data):
    taken = m.sockets.send(slot, data)
    m.port.final("SEND OK" if taken else "SEND FAIL", False)
    m.finish(SILENT)


def receive(m, op, args):
    slot = number(args, 0)
    socket = m.sockets.get(slot)
    if socket is None:
        return fail(m, 552)
    count = number(args, 1, 1500)
    if count == 0:
        waiting = len(socket.inbox)
        m.port.info("+QIRD: %d,%d,%d" % (socket.total_read + waiting, socket.total_read, waiting))
        return OK
    if not 0 < count <= 1500:
        return fail(m, 552)
    data = m.sockets.read(slot, count)
    if data:
        m.port.binary("+QIRD: %d" % len(data), data)
    else:
        m.port.info("+QIRD: 0")
    return OK


_STATES = {"opening": 1, "open": 2, "dead": 2, "closed": 4, "failed": 0}


def state(m, op, args):
    wanted = number(args, 1) if op == "=" and number(args, 0) == 1 else -1
    for slot in sorted(m.sockets.slots):
        s = m.sockets.slots[slot]
        if slot < 100 and wanted in (-1, slot):
            m.port.info(
                '+QISTATE: %d,"TCP","%s",%d,5000,%d,%d,%d,%d,"uart1"'
                % (slot, s.host, s.port, _STATES[s.state], s.cid, slot, s.mode)
            )
    return OK


def close(m, op, args):
    m.later(m.rng.between(20, 400), _close_done, m, number(args, 0))
    return LATER


def _close_done(m, slot):
    m.sockets.close(slot)
    m.finish(OK)


def resolve(m, op, args):
    if len(args) < 2:
        return fail(m, 552)
    context = m.radio.contexts.get(number(args, 0))
    if context is None or not context.address:
        return fail(m, 561)
    error, addresses = m.operator.resolve(args[1])
    if error == -1:
        m.later(m.profile["dns_timeout_ms"], m.port.urc, '+QIURC: "dnsgip",564')
    elif error:
        m.later(m.rng.between(100, 900), m.port.urc, '+QIURC: "dnsgip",%d' % error)
    else:
        delay = m.rng.between(80, 700)
        m.later(delay, m.port.urc, '+QIURC: "dnsgip",0,%d,600' % len(addresses))
        for address in addresses:
            m.later(delay + 2, m.port.urc, '+QIURC: "dnsgip","%s"' % address)
    return OK


def last_error(m, op, args):
    code = m.settings.get("qierror", 0)
    m.port.info("+QIGETERROR: %d,%s" % (code, _TEXTS.get(code, "Unknown error")))
    return OK


def ping(m, op, args):
    if len(args) < 2 or not m.radio.contexts.active():
        return fail(m, 561)
    error, addresses = m.operator.resolve(args[1])
    if error or m.operator.path != "ok":
        m.later(4000, m.port.urc, "+QPING: 569")
        return OK
    low, high = m.operator.rtt_ms
    times = [m.rng.between(low, high) for _ in range(4)]
    for i, ms in enumerate(times):
        m.later((i + 1) * 1000, m.port.urc, '+QPING: 0,"%s",32,%d,64' % (addresses[0], ms))
    m.later(
        4010,
        m.port.urc,
        "+QPING: 0,4,4,0,%d,%d,%d" % (min(times), max(times), sum(times) // 4),
    )
    return OK


# -- what comes unasked -----------------------------------------------------


def on_data(m, socket, data):
    if socket.mode == 1:
        head = '\r\n+QIURC: "recv",%d,%d\r\n' % (socket.slot, len(data))
        m.port.write(head.encode() + data + b"\r\n")
        return
    socket.inbox += data
    if not socket.told:
        socket.told = True
        if socket.slot >= 100:  # of QSSLOPEN
            m.port.urc('+QSSLURC: "recv",%d' % (socket.slot - 100))
        else:
            m.port.urc('+QIURC: "recv",%d' % socket.slot)


def on_closed(m, socket):
    if socket.slot >= 100:  # of QSSLOPEN
        m.port.urc('+QSSLURC: "closed",%d' % (socket.slot - 100))
    else:
        m.port.urc('+QIURC: "closed",%d' % socket.slot)


def on_context_gone(m, cid):
    m.port.urc('+QIURC: "pdpdeact",%d' % cid)


COMMANDS = {
    "+QICSGP": context,
    "+QIACT": activate,
    "+QIDEACT": deactivate,
    "+QIOPEN": open_socket,
    "+QISEND": send,
    "+QIRD": receive,
    "+QISTATE": state,
    "+QICLOSE": close,
    "+QIDNSGIP": resolve,
    "+QIGETERROR": last_error,
    "+QPING": ping,
}
