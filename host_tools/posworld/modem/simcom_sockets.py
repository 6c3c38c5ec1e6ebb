"""SIMCom's TCP commands: NETOPEN, CIPOPEN, CIPSEND, CIPRXGET and their URCs."""

from . import simcom_tls
from .commands_basic import accept, number
from .results import ERROR, OK, SILENT
from .stack import answer_name, ask_data, hang_up

# +CIPOPEN result numbers of the stack's words.
_NUMBERS = {"dns": 11, "refused": 1, "timeout": 10, "context": 2, "busy": 9}


def _context(m):
    return m.radio.contexts.get(m.settings.get("socket_cid", m.profile["socket_cid"]))


def _net(m):
    c = _context(m)
    return c if c is not None and c.bound else None


def net_open(m, op, args):
    """NETOPEN: OK, later +NETOPEN: 0 or an error number."""
    if op == "?":
        m.port.info("+NETOPEN: %d" % (1 if _net(m) else 0))
        return OK
    if op == "=?":
        return OK
    if _net(m):
        m.port.info("+IP ERROR: Network is already opened")
        return ERROR
    c = _context(m)

    def done(cause):
        # A context for IMS gives an address and carries no traffic of ours.
        if cause or c.apn == "ims":
            m.port.urc("+NETOPEN: 1")
        else:
            c.bound = True
            m.port.urc("+NETOPEN: 0")

    if c is None:
        m.later(300, m.port.urc, "+NETOPEN: 1")
    else:
        m.radio.contexts.activate(c.cid, m.unless_restarted(done))
    return OK


def net_close(m, op, args):
    c = _net(m)
    if c is None:
        m.port.info("+NETCLOSE: 2")
        return ERROR
    m.later(m.rng.between(200, 900), _net_closed, m, c.cid)
    return OK


def _net_closed(m, cid):
    hang_up(m, cid)
    m.port.urc("+NETCLOSE: 0")


def socket_context(m, op, args):
    """CSOCKSETPN / CGSOCKCONT: which context the stack uses."""
    if op == "?":
        m.port.info("+CSOCKSETPN: %d" % m.settings.get("socket_cid", m.profile["socket_cid"]))
    elif op == "=":
        m.settings["socket_cid"] = number(args, 0, 1)
    return OK


def define(m, op, args):
    """CGSOCKCONT=cid,"IP","apn": as CGDCONT on these modules."""
    if op == "=" and number(args, 0) >= 1:
        m.radio.contexts.define(number(args, 0), "IP", args[2] if len(args) > 2 else "")
    return OK


def address(m, op, args):
    c = _net(m)
    if c is None:
        m.port.info("+IP ERROR: Network not opened")
        return ERROR
    m.port.info("+IPADDR: %s" % c.address)
    return OK


def receive_mode(m, op, args):
    mode = number(args, 0)
    if op == "?":
        m.port.info("+CIPRXGET: %d" % m.settings.get("ciprxget", 0))
        return OK
    if mode in (0, 1):
        m.settings["ciprxget"] = mode
        return OK
    slot = number(args, 1)
    socket = m.sockets.get(slot)
    if socket is None or socket.state == "failed":
        m.port.info("+IP ERROR: No data")
        return ERROR
    if mode == 4:
        m.port.info("+CIPRXGET: 4,%d,%d" % (slot, len(socket.inbox)))
        return OK
    count = number(args, 2, 1500)
    if mode != 2 or not 0 < count <= 1500:
        return ERROR
    data = m.sockets.read(slot, count)
    if not data:
        m.port.info("+IP ERROR: No data")
        return ERROR
    m.port.binary("+CIPRXGET: 2,%d,%d,%d" % (slot, len(data), len(socket.inbox)), data)
    return OK


def open_socket(m, op, args):
    """CIPOPEN=n,"TCP","host",port: OK, later +CIPOPEN: n,err."""
    if op == "?":
        for slot in range(10):
            s = m.sockets.get(slot)
            if s is not None and s.state in ("open", "dead"):
                m.port.info('+CIPOPEN: %d,"TCP","%s",%d,-1' % (slot, s.host, s.port))
            else:
                m.port.info("+CIPOPEN: %d" % slot)
        return OK
    slot, port = number(args, 0), number(args, 3)
    if len(args) < 4 or not 0 <= slot <= 9 or port < 1 or args[1] not in ("TCP", "UDP"):
        return ERROR
    if m.sockets.get(slot) and m.sockets.get(slot).state != "failed":
        m.port.info("+CIPOPEN: %d,4" % slot)
        return ERROR
    c = _net(m)
    if c is None:
        m.port.info("+CIPOPEN: %d,2" % slot)
        return ERROR
    m.sockets.open(slot, args[2], port, lambda error: _opened(m, slot, error), c.cid)
    return OK


def _opened(m, slot, error):
    if error:
        m.sockets.close(slot)
    m.port.urc("+CIPOPEN: %d,%d" % (slot, _NUMBERS.get(error, 12) if error else 0))


def send(m, op, args):
    slot, length = number(args, 0), number(args, 1)
    if not m.sockets.writable(slot):
        m.port.info("+CIPERROR: 4")
        return ERROR
    if not 1 <= length <= 1500:
        return ERROR
    return ask_data(m, slot, length, _sent)


def _sent(m, slot, data):
    taken = m.sockets.send(slot, data)
    m.port.final("OK" if m.port.verbose else "0", not m.port.verbose)
    m.finish(SILENT)
    confirmed = len(data) if taken else -1
    m.later(8, m.port.urc, "+CIPSEND: %d,%d,%d" % (slot, len(data), confirmed))


def acknowledged(m, op, args):
    socket = m.sockets.get(number(args, 0))
    if socket is None:
        return ERROR
    received = socket.total_read + len(socket.inbox)
    m.port.info("+CIPACK: %d,%d,%d" % (socket.total_sent, socket.total_acked, received))
    return OK


def close(m, op, args):
    if op == "?":
        bits = [1 if m.sockets.get(s) else 0 for s in range(10)]
        m.port.info("+CIPCLOSE: " + ",".join([str(b) for b in bits]))
        return OK
    slot = number(args, 0)
    if m.sockets.get(slot) is None:
        m.port.info("+CIPCLOSE: %d,4" % slot)
        return ERROR
    m.later(m.rng.between(30, 500), _closed, m, slot)
    return OK


def _closed(m, slot):
    m.sockets.close(slot)
    m.port.urc("+CIPCLOSE: %d,0" % slot)


def resolve(m, op, args):
    """CDNSGIP="host": +CDNSGIP: 1,"host","address" or 0,error, before OK."""
    if op != "=" or not args or _net(m) is None:
        return ERROR

    def shown(address):
        return '+CDNSGIP: 1,"%s","%s"' % (args[0], address)

    silent_ms = m.profile["dns_timeout_ms"] // 4
    return answer_name(m, args[0], silent_ms, shown, "+CDNSGIP: 0,10")


# -- what comes unasked ---------------------------------------------------------------


def on_data(m, socket, data):
    if socket.slot >= simcom_tls.FIRST:
        simcom_tls.on_data(m, socket, data)
        return
    if not m.settings.get("ciprxget"):
        head = "\r\nRECV FROM:%s:%d\r\n+IPD%d\r\n" % (socket.host, socket.port, len(data))
        m.port.write(head.encode() + data + b"\r\n")
        return
    socket.inbox += data
    if not socket.told:
        socket.told = True
        m.port.urc("+CIPRXGET: 1,%d" % socket.slot)


def on_closed(m, socket):
    if socket.slot >= simcom_tls.FIRST:
        simcom_tls.on_closed(m, socket)
        return
    m.port.urc("+IPCLOSE: %d,1" % socket.slot)


def on_context_gone(m, cid):
    m.port.urc("+CIPEVENT: NETWORK CLOSED UNEXPECTEDLY")


COMMANDS = {
    "+NETOPEN": net_open,
    "+NETCLOSE": net_close,
    "+CSOCKSETPN": socket_context,
    "+CGSOCKCONT": define,
    "+IPADDR": address,
    "+CIPRXGET": receive_mode,
    "+CIPOPEN": open_socket,
    "+CIPSEND": send,
    "+CIPACK": acknowledged,
    "+CIPCLOSE": close,
    "+CDNSGIP": resolve,
    "+CIPMODE": accept,
    "+CIPSENDMODE": accept,
    "+CIPCCFG": accept,
    "+CIPTIMEOUT": accept,
    "+CIPSRIP": accept,
    "+CIPHEAD": accept,
}
