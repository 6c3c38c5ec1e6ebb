"""SIMCom's TLS commands (CSSLCFG, CCHSTART, CCHOPEN, ..) and certificates (CCERTDOWN)."""

from .commands_basic import number
from .results import ERROR, OK
from .stack import ask_data, ask_file
from .tls import Verify

FIRST = 100  # slot of CCH connection 0


def configure(m, op, args):
    """CSSLCFG="item",ctx,value."""
    if op != "=" or len(args) < 3:
        return OK if op in ("=?", "?") else ERROR
    m.settings["%s %d" % (args[0].lower(), number(args, 1))] = ",".join(args[2:])
    return OK


def keep_context(m, op, args):
    """CCHSSLCFG=id,ctx."""
    if op == "=":
        m.settings["cch %d" % number(args, 0, 0)] = number(args, 1, 0)
    return OK


def set_mode(m, op, args):
    """CCHSET=report,receive mode (1: read on demand)."""
    if op == "=":
        m.settings["cchmode"] = number(args, 1, 0)
    return OK


def start(m, op, args):
    if m.settings.get("cch"):
        return ERROR
    m.radio.contexts.activate(m.profile["socket_cid"], lambda cause: _started(m, cause))
    return OK


def _started(m, cause):
    if not cause:
        m.settings["cch"] = True
    m.port.urc("+CCHSTART: %d" % (1 if cause else 0))


def stop(m, op, args):
    if not m.settings.get("cch"):
        return ERROR
    m.settings["cch"] = False
    m.later(300, m.port.urc, "+CCHSTOP: 0")
    return OK


def open_socket(m, op, args):
    """CCHOPEN=id,"host",port[,type]: OK, later +CCHOPEN: id,err. Type 2 is TLS, 1 plain TCP."""
    ident, port = number(args, 0), number(args, 2)
    if op != "=" or len(args) < 3 or not 0 <= ident <= 1 or port < 1:
        return ERROR
    slot = FIRST + ident
    if not m.settings.get("cch") or m.sockets.get(slot):
        m.port.info("+CCHOPEN: %d,%d" % (ident, 4 if m.settings.get("cch") else 13))
        return ERROR
    tls = None
    if number(args, 3, 2) == 2:
        context = m.settings.get("cch %d" % ident, 0)
        level = int(m.settings.get("authmode %d" % context, "0"))
        ignore = m.settings.get("ignorelocaltime %d" % context, "1") == "1"
        version = m.settings.get("sslversion %d" % context, "4")
        tls = Verify(level, m.settings.get("cacert %d" % context, ""), ignore, version)

    def done(error):
        if error:
            m.sockets.close(slot)
        code = {"": 0, "dns": 11, "tls": 9, "timeout": 8}.get(error, 10)
        m.port.urc("+CCHOPEN: %d,%d" % (ident, code))

    m.sockets.open(slot, args[1], port, done, m.profile["socket_cid"], tls)
    return OK


def send(m, op, args):
    slot, length = FIRST + number(args, 0), number(args, 1)
    if not m.sockets.writable(slot) or not 1 <= length <= 2048:
        return ERROR
    return ask_data(m, slot, length, _sent)


def _sent(m, slot, data):
    taken = m.sockets.send(slot, data)
    m.finish(OK)
    m.later(8, m.port.urc, "+CCHSEND: %d,%d" % (slot - FIRST, 0 if taken else 4))


def receive(m, op, args):
    """CCHRECV=id,len: +CCHRECV: DATA,id,n, the bytes, +CCHRECV: id,0; ? tells what waits."""
    if op == "?":
        waiting = []
        for ident in (0, 1):
            socket = m.sockets.get(FIRST + ident)
            waiting.append(len(socket.inbox) if socket else 0)
        m.port.info("+CCHRECV: LEN,%d,%d" % (waiting[0], waiting[1]))
        return OK
    ident = number(args, 0)
    if m.sockets.get(FIRST + ident) is None:
        return ERROR
    data = m.sockets.read(FIRST + ident, min(2048, number(args, 1, 2048)))
    m.later(2, _received, m, ident, data)
    return OK


def _received(m, ident, data):
    if data:
        m.port.binary("+CCHRECV: DATA,%d,%d" % (ident, len(data)), data)
        m.port.final_done()
    m.port.urc("+CCHRECV: %d,0" % ident)


def close(m, op, args):
    ident = number(args, 0)
    if m.sockets.get(FIRST + ident) is None:
        m.port.info("+CCHCLOSE: %d,4" % ident)
        return ERROR
    m.later(m.rng.between(30, 400), _closed, m, ident)
    return OK


def _closed(m, ident):
    m.sockets.close(FIRST + ident)
    m.port.urc("+CCHCLOSE: %d,0" % ident)


def on_data(m, socket, data):
    ident = socket.slot - FIRST
    if not m.settings.get("cchmode"):
        head = "\r\n+CCHRECV: DATA,%d,%d\r\n" % (ident, len(data))
        m.port.write(head.encode() + data + b"\r\n")
        return
    socket.inbox += data
    if not socket.told:
        socket.told = True
        m.port.urc("+CCHEVENT: %d,RECV EVENT" % ident)


def on_closed(m, socket):
    m.port.urc("+CCH_PEER_CLOSED: %d" % (socket.slot - FIRST))


def certificate(m, op, args):
    """CCERTDOWN="name",size: a prompt, the bytes, OK."""
    size = number(args, 1)
    if op != "=" or not 0 < size <= 10240:
        return ERROR
    return ask_file(m, args[0], size)


def certificates(m, op, args):
    for name in sorted(m.files):
        m.port.info('+CCERTLIST: "%s"' % name)
    return OK


def delete(m, op, args):
    return OK if args and m.files.pop(args[0], None) is not None else ERROR


COMMANDS = {
    "+CSSLCFG": configure,
    "+CCHSSLCFG": keep_context,
    "+CCHSET": set_mode,
    "+CCHSTART": start,
    "+CCHSTOP": stop,
    "+CCHOPEN": open_socket,
    "+CCHSEND": send,
    "+CCHRECV": receive,
    "+CCHCLOSE": close,
    "+CCERTDOWN": certificate,
    "+CCERTLIST": certificates,
    "+CCERTDELE": delete,
}
