"""u-blox's socket commands: USOCR, USOCO, USOWR, USORD, USOCL and their URCs.

Data pass in quotes, or as hex digits with UDCONF=1,1; a write without data prompts with `@`.
"""

from .charset import hexed, unhexed
from .commands_basic import number
from .results import ERROR, LATER, OK, cme
from .stack import answer_name

_SOCKETS = 7
_NOT_ALLOWED = 3
_WRITE_HEX_MAX, _WRITE_MAX, _READ_MAX = 250, 1024, 1024


def _hexes(m):
    return m.settings.get("udconf1", 0) == 1


def configure(m, op, args):
    if op == "=" and len(args) == 2 and args[0] == "1":
        m.settings["udconf1"] = number(args, 1, 0)
    elif op == "=" and len(args) == 1:
        m.port.info("+UDCONF: 1,%d" % m.settings.get("udconf1", 0))
    return OK


def create(m, op, args):
    if op != "=" or number(args, 0) not in (6, 17):
        return cme(50)
    made = m.settings.setdefault("made", [])
    for slot in range(_SOCKETS):
        if slot not in made and m.sockets.get(slot) is None:
            made.append(slot)
            m.port.info("+USOCR: %d" % slot)
            return OK
    return cme(_NOT_ALLOWED)


def connect(m, op, args):
    """OK once it is open, ERROR when it is not: nothing else passes meanwhile."""
    slot, port = number(args, 0), number(args, 2)
    if slot not in m.settings.get("made", ()) or port < 1:
        return cme(_NOT_ALLOWED)
    if not m.radio.contexts.active():
        return cme(_NOT_ALLOWED)

    def done(error):
        if error:
            m.sockets.close(slot)
            m.settings["usoer"] = 111 if error == "refused" else 110
            m.finish(ERROR)
        else:
            m.finish(OK)

    m.sockets.open(slot, args[1], port, m.unless_restarted(done), 1)
    return LATER


def write(m, op, args):
    slot, length = number(args, 0), number(args, 1)
    if not m.sockets.writable(slot):
        return cme(_NOT_ALLOWED)
    if len(args) > 2:
        data = unhexed(args[2]) if _hexes(m) else args[2].encode()
        if data is None or len(data) != length or length > _WRITE_HEX_MAX:
            return cme(50)
        m.later(m.rng.between(10, 80), _written, m, slot, data)
        return LATER
    if not 1 <= length <= _WRITE_MAX:
        return cme(50)
    m.port.want(length, lambda data: m.later(20, _written, m, slot, data))
    m.port.write("\r\n@")
    return LATER


def _written(m, slot, data):
    taken = m.sockets.send(slot, data)
    if taken:
        m.port.info("+USOWR: %d,%d" % (slot, len(data)))
        m.finish(OK)
    else:
        m.finish(cme(_NOT_ALLOWED))


def read(m, op, args):
    slot, count = number(args, 0), number(args, 1)
    socket = m.sockets.get(slot)
    if socket is None or socket.state == "failed":
        return cme(_NOT_ALLOWED)
    if count == 0:
        m.port.info("+USORD: %d,%d" % (slot, len(socket.inbox)))
        return OK
    if not 0 < count <= _READ_MAX:
        return cme(50)
    data = m.sockets.read(slot, count)
    if not data and socket.state == "closed":
        return cme(_NOT_ALLOWED)
    if _hexes(m):
        m.port.info('+USORD: %d,%d,"%s"' % (slot, len(data), hexed(data)))
    else:
        m.port.binary('+USORD: %d,%d,"' % (slot, len(data)), bytes(data) + b'"')
    if socket.inbox:
        m.later(30, _tell, m, slot)
    return OK


def _tell(m, slot):
    socket = m.sockets.get(slot)
    if socket is not None and socket.inbox:
        m.port.urc("+UUSORD: %d,%d" % (slot, len(socket.inbox)))


def close(m, op, args):
    slot = number(args, 0)
    if slot not in m.settings.get("made", ()):
        return cme(_NOT_ALLOWED)
    m.settings["made"].remove(slot)
    m.later(m.rng.between(30, 600), _closed, m, slot)
    return LATER


def _closed(m, slot):
    m.sockets.close(slot)
    m.finish(OK)


def control(m, op, args):
    """USOCTL=id,10: the state of the connection; 4 is established."""
    socket = m.sockets.get(number(args, 0))
    shown = {"opening": 2, "open": 4, "dead": 4, "closed": 7}.get(socket.state, 0) if socket else 0
    m.port.info("+USOCTL: %d,10,%d" % (number(args, 0), shown))
    return OK


def last_error(m, op, args):
    m.port.info("+USOER: %d" % m.settings.get("usoer", 0))
    return OK


def resolve(m, op, args):
    if not m.radio.contexts.active():
        return cme(_NOT_ALLOWED)
    silent_ms = m.profile["dns_timeout_ms"]
    return answer_name(m, args[1], silent_ms, lambda address: '+UDNSRN: "%s"' % address)


def on_data(m, socket, data):
    socket.inbox += data
    m.port.urc("+UUSORD: %d,%d" % (socket.slot, len(socket.inbox)))


def on_closed(m, socket):
    m.port.urc("+UUSOCL: %d" % socket.slot)


def on_context_gone(m, cid):
    if cid == 1 and m.settings.get("psd"):
        m.port.urc("+UUPSDD: 0")


def profile_set(m, op, args):
    return OK if m.profile.get("psd_profiles", True) else ERROR


def profile_act(m, op, args):
    if not m.profile.get("psd_profiles", True):
        return ERROR
    if number(args, 1) == 3:
        if not m.radio.contexts.active():
            return cme(_NOT_ALLOWED)
        m.settings["psd"] = True
        m.later(m.rng.between(100, 900), m.port.urc, '+UUPSDA: 0,"10.0.0.1"')
    return OK


COMMANDS = {
    "+UDCONF": configure,
    "+USOCR": create,
    "+USOCO": connect,
    "+USOWR": write,
    "+USORD": read,
    "+USOCL": close,
    "+USOCTL": control,
    "+USOER": last_error,
    "+UDNSRN": resolve,
    "+UPSD": profile_set,
    "+UPSDA": profile_act,
}
