"""One report: a connection to the fleet's broker, what is owed, signed, and its acknowledgement.

Loaded for that moment. `a` is the Agent; what it may send when is the Reporter's.
"""

from binascii import hexlify
from struct import pack

from posproto import auth, cbor, const, cose, frames, ids
from posproto.at import causes

from .. import modules, status
from ..healing.budgets import PROBE
from ..life.clock import ticks_add, ticks_diff
from ..modem.command import Sleep
from . import mqtt

_SOCK = const(1)
_CA_FILE = "report.pem"  # the authority that the broker's certificate leads to
_PASSWORD = b"POSMA broker 1"
_BATCH = const(900)  # bytes of records in one message: one segment with all around it
_MESSAGES = const(4)  # in one connection, the status last; the rest waits for its turn
_ANSWER_MS = const(30000)
_POLL_MS = const(5000)
_STATUS_MAX = const(512)
_OPEN_BYTES = const(320)  # headers of opening and closing a connection, about
_HANDSHAKE_BYTES = const(6000)
_GARBAGE = const(255)  # beside the return codes of CONNACK: what came is no MQTT


class _Refused(Exception):
    """The broker's word, or that none came: `cause` by CAUSE_*, or `code` of its CONNACK."""

    def __init__(self, error, code=0):
        Exception.__init__(self)
        self.error = error
        self.code = code


def publish(a):
    """Procedure: tells what is owed; opens no connection where that is nothing."""
    reporter = a.reporter
    found, following = yield from _records(a, reporter.next)
    if not found and reporter.day_left_s():
        reporter.nothing(following)
        return
    if not reporter.urgent:  # in a probe's place
        modules.call("healing.budgets", "take", a.ladder, ids.RUNG_NONE, PROBE)
        a.path.defer()
    reporter.begins()
    try:
        yield from _tell(a, found, following)
    except _Refused as refused:
        if reporter.failed():
            args = {ids.A_CAUSE: causes.packed(ids.CAUSE_SOCKET, refused.error)}
            if refused.code:
                args = {ids.A_RESULT: refused.code}
            a.event(ids.E_REPORT_REFUSED, ids.SEV_INFO, args)
    reporter.keep()


def _tell(a, found, following):
    assert a.key and a.reporter.last_s > 0  # it is on flash that a report goes out
    config = a.config
    family = a.engine.family
    if config["report_tls"]:
        family = family.tls(a.storage.read(_CA_FILE), a.settlement.probes().path)
    if not family:
        raise _Refused(ids.TCP_NOT_SUPPORTED)
    host, ms = config["report_host"].encode(), config["connect_timeout_s"] * 1000
    error = yield from _open(a, family, host, ms)
    a.path.bytes += _HANDSHAKE_BYTES if config["report_tls"] else _OPEN_BYTES
    if error:
        raise _Refused(error)
    try:
        yield from _session(a, family, found, following)
        yield from _send(a, family, mqtt.DISCONNECT)
    except _Refused:
        yield from family.tcp_close(_SOCK)
        raise
    yield from family.tcp_close(_SOCK)


def _open(a, family, host, ms):
    """Procedure: as tcp_open(); what is known of the acquirer's certificate stays as it is."""
    path = a.settlement.probes().path
    known = path.tls_fails, path.tls_dates, path.undated
    suite = path.tls_suite, path.tls_weak, path.unnamed
    path.tls_fails = path.tls_suite = 0
    try:
        return (yield from family.tcp_open(_SOCK, host, a.config["report_port"], ms))
    finally:
        path.tls_fails, path.tls_dates, path.undated = known
        path.tls_suite, path.tls_weak, path.unnamed = suite


def _session(a, family, found, following):
    reporter = a.reporter
    name = a.config["device_id"].encode()
    topic = b"posma/1/%s/%s/" % (a.config["fleet"].encode(), name)
    signer = cose.Signer(auth.derive(a.key, auth.REPORT))
    password = hexlify(auth.derive(a.key, _PASSWORD)[:24])
    out = mqtt.connect(name, password)
    got = bytearray()
    for number in range(1, _MESSAGES + 1):
        if found and number < _MESSAGES:
            page = cbor.encode({ids.RS_RESULT: ids.R_OK, ids.RS_VALUE: {0: found}}, _BATCH + 200)
            message = _signed(signer, ids.FRAME_RESPONSE, page)
            out += mqtt.publish(topic + b"e", message, number, False)
        else:
            message = _signed(signer, ids.FRAME_STATUS, _status(a))
            out += mqtt.publish(topic + b"s", message, number, True)
            yield from _send(a, family, out)
            yield from _acknowledged(a, family, got, number)
            reporter.showed()
            return
        yield from _send(a, family, out)
        got = yield from _acknowledged(a, family, got, number)
        out = b""
        reporter.told(following)
        found, following = yield from _records(a, following)
        if not found:
            reporter.nothing(following)


def _signed(signer, kind, data):
    header = pack(">BBHH", kind, ids.PROTOCOL_VERSION, 0, 0)
    return cbor.encode(signer.sign(header + data), len(data) + 64)


def _status(a):
    buffer = bytearray(_STATUS_MAX)
    writer = cbor.Writer(buffer)
    frames.put_status(writer, status.status(a))
    return bytes(buffer[: writer.at])


def _records(a, sequence):
    """Procedure: ([record's CBOR as it lies in the log, ...], number behind the last one)."""
    found = []
    room = _BATCH
    while True:
        page, following, _ = a.log.read(sequence, 8)
        assert following >= sequence and (following > sequence or not page)
        for raw in page:
            if a.reporter.wants(cbor.peek(raw, ids.EV_SEVERITY), cbor.peek(raw, ids.EV_ID)):
                room -= len(raw) + 3
                if room < 0:
                    return found, cbor.peek(raw, ids.EV_SEQUENCE)
                found.append(raw)
        if not page:
            return found, following
        sequence = following
        yield Sleep(0)


def _send(a, family, data):
    a.path.bytes += len(data)
    if not (yield from family.tcp_send(_SOCK, data)):
        raise _Refused(ids.TCP_CLOSED)


def _acknowledged(a, family, got, number):
    """Procedure: waits for PUBACK of `number`; returns what came behind it."""
    end = ticks_add(a.clock.ms, _ANSWER_MS)
    while True:
        try:
            kind, body, got = mqtt.take(got)
        except ValueError:
            raise _Refused(0, _GARBAGE)
        if kind == mqtt.CONNACK and body[1:] != b"\0":
            raise _Refused(0, body[1] if len(body) > 1 else _GARBAGE)
        if kind == mqtt.PUBACK and body == number.to_bytes(2, "big"):
            return got
        if kind:
            continue
        data = yield from family.tcp_recv(_SOCK, 64)
        if data is None:
            raise _Refused(ids.TCP_CLOSED)
        if data:
            a.path.bytes += len(data)
            got += data
            continue
        left_ms = ticks_diff(end, a.clock.ms)
        if left_ms <= 0 or a.settlement.pending:  # a message is worth more
            raise _Refused(ids.TCP_TIMEOUT)
        yield from family.tcp_wait(_SOCK, min(left_ms, _POLL_MS))
