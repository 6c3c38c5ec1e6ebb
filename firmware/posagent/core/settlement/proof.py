"""The configured echo message: the one thing that proves the path to an answer and moves no money.

Loaded for the self-test, and when the line is back after a cut and no message is there to prove
it.
"""

from binascii import unhexlify

from posproto import ids
from posproto.iso8583 import match

from ..life.clock import ticks_add, ticks_diff
from ..network.path_check import SHARE_MS
from . import events
from .dialect import Wire


def family(s, plain):
    """The procedures of the acquirer's transport; None where the module cannot check it. `s`: its
    Settlement, `plain`: the modem family.
    """
    return plain.tls(s.outbox.storage.read("ca.pem"), s.path) if s.config["tls"] else plain


def connect(s, plain):
    """Procedure: opens a connection to the host in use; returns 0 or the socket error."""
    assert s.wire is None is s.waiting  # no message is on its way
    hosts = s.path.hosts()
    host, port = hosts[s.path.index % len(hosts)]
    s.closed = False
    s.sock = events.SOCK
    using = family(s, plain)
    if not using:
        return ids.TCP_NOT_SUPPORTED
    error = yield from using.tcp_open(events.SOCK, host.encode(), port, SHARE_MS)
    s.path.bytes += events.OPEN_BYTES
    s.path.opened(error)
    return error


def prove(s, plain):
    """Procedure: one connection, one echo, as a probe of the path."""
    error = yield from connect(s, plain)
    if error == ids.TCP_NOT_SUPPORTED:
        s.path.defer()
    if error:
        return
    why = (yield from ask(s, plain))[0]
    if why and why != "not_echo":
        s.path.silent()
    yield from family(s, plain).tcp_close(events.SOCK)


def ask(s, plain):
    """Procedure over an open connection: (why there is no answer, "" where there is; was the
    echo accepted; its response code). What is no echo never leaves.
    """
    wire = Wire(s.config)
    why = "not_echo"
    answer = None
    try:
        message = unhexlify(s.config["echo"])
        request = wire.parse(message)
        if _is_echo(request):
            why, answer = yield from _talk(s, family(s, plain), wire, message, request)
    except ValueError:  # no hexadecimal digits, no message, or an answer in no known form
        if why != "not_echo":
            why = "unparsed"
    if answer is None:
        return why, False, ""
    s.path.answered()
    return "", match.outcome(request, answer) == match.DONE, answer.f39


def _is_echo(request):
    if request.mti // 10 == 82:
        return True
    return request.mti // 10 == 80 and (request.f70 == "301" or (request.f3 or "")[:2] == "99")


def _talk(s, using, wire, message, request):
    """Procedure: (why there is no answer, None) or ("", the answer)."""
    assert _is_echo(request)  # it moves no money
    reader = wire.reader()
    data = wire.wrap(message)
    s.path.bytes += len(data)
    if not (yield from using.tcp_send(events.SOCK, data)):
        return "closed", None
    end = ticks_add(s.clock.ms, SHARE_MS)
    while True:
        data = yield from using.tcp_recv(events.SOCK, events.READ_BYTES)
        if data:
            s.path.bytes += len(data)
            for frame in reader.feed(data):
                answer = wire.parse(frame)
                if match.relate(request, answer) == match.ANSWER:
                    return "", answer
        elif data is None or s.closed:
            return "closed", None
        elif ticks_diff(end, s.clock.ms) <= 0:
            return "no_answer", None
        else:
            yield from using.tcp_wait(events.SOCK, ticks_diff(end, s.clock.ms))
