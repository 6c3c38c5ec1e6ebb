"""One connection to the acquirer: open, send what is due one by one, wait for each answer, close.

A generator for the engine over the family's tcp_* procedures. Who may be sent, and again, is told
by sender.py; what an answer means, by answers.py: from the top of the loop, not from inside this
procedure, which itself stands ten calls deep. `s` is the Settlement.
"""

from posproto import const, ids
from posproto.iso8583 import IsoError

from ..life.clock import ticks_add, ticks_diff
from ..modem.command import Sleep
from . import events, sender
from .dialect import Wire

_POLL_MS = const(5000)  # ask for data unasked: the net under a lost URC
_CA_FILE = "ca.pem"  # the authority that the acquirer's certificate leads to


def exchange(s, a):
    """Procedure for the agent `a`: one connection for what is due."""
    result = yield from run(s, a.engine.family)
    if result and result[0] == ids.TCP_CONTEXT:
        a.look_s = a.clock.s


def run(s, family):
    """Returns (socket error, answers received); None where nothing was due any more."""
    if s.config["tls"]:
        family = family.tls(s.outbox.storage.read(_CA_FILE), s.path)
    if sender.choose(s) is None:
        return None
    error = yield from _connect(s, family)
    if error:
        return error, 0
    before = s.answers
    assert s.wire is None is s.waiting and not s.over  # one at a time, and the last one is heard
    s.wire = Wire(s.config)
    s.senseless = False
    try:
        yield from _talk(s, family)
        yield from family.tcp_close(s.sock)
    finally:
        s.over = True  # where the modem restarted under us, something may still be to be heard
    return 0, s.answers - before


def _connect(s, family):
    """Tries the host in use, then the other one; returns 0 or the last socket error."""
    assert s.sock in (0, 1)
    error = ids.TCP_NOT_SUPPORTED
    for _ in s.path.hosts():
        hosts = s.path.hosts()
        host, port = hosts[s.path.index % len(hosts)]
        s.closed = False
        if family:  # None: a module that cannot check certificates
            ms = s.config["connect_timeout_s"] * 1000
            error = yield from family.tcp_open(s.sock, host.encode(), port, ms)
            s.air(events.OPEN_BYTES)
            if s.failures:
                s.again()
        sender.connected(s, error)
        if not error:
            return 0
    if not s.path.hosts():  # taken from the settings while messages wait
        sender.connected(s, error)
    return error


def _talk(s, family):
    """Sends what is due until nothing is, or something goes wrong."""
    reader = s.wire.reader()
    while True:
        record = sender.choose(s)
        if record is None or _crowded(s):
            return
        message = sender.prepare(s, record)
        if message is None:
            continue
        assert s.waiting is record
        why = ids.WHY_CONNECTION_LOST
        s.air(len(message))
        sent = yield from family.tcp_send(s.sock, message)
        message = None  # the answer may be as long
        if sent:
            why = yield from _answer(s, family, reader, sender.limit_s(s, record))
        if why == ids.WHY_NO_ANSWER and s.config["prefix"] != "none" and reader.stx():
            s.frames.append("STX/ETX/LRC")
            why = ids.WHY_UNPARSED
            while s.frames:
                yield Sleep(0)
        if s.waiting is not None:
            sender.unanswered(s, why)
            if why == ids.WHY_NO_ANSWER:  # a late answer is worth a moment more
                yield from _answer(s, family, reader, s.config["linger_s"])
        if why:
            return


def _crowded(s):
    """Does another acquirer's message want the connection, where there are several?"""
    return s.crowd is not None and s.crowd.gives_way(s)


def _answer(s, family, reader, limit_s):
    """0 when the waiting record was answered and the connection is sound, else WHY_*."""
    end = ticks_add(s.clock.ms, limit_s * 1000)
    waiting = s.waiting
    while True:
        data = yield from family.tcp_recv(s.sock, events.READ_BYTES)
        s.air(len(data) if data else 0)
        if data:
            _take(s, reader, data)
            while s.frames:
                yield Sleep(0)
            if s.senseless:
                return ids.WHY_UNPARSED
            if waiting and s.waiting is None:
                return ids.WHY_UNPARSED if reader.lost else 0
            continue
        if s.closed or data is None:
            return ids.WHY_CONNECTION_LOST
        left_ms = ticks_diff(end, s.clock.ms)
        if left_ms <= 0 or (waiting is None and (sender.choose(s) or _crowded(s))):
            return ids.WHY_NO_ANSWER
        yield from family.tcp_wait(s.sock, min(left_ms, _POLL_MS))


def _take(s, reader, data):
    """Bytes from the acquirer: what is whole is for Settlement.hear()."""
    try:
        s.frames += reader.feed(data)
    except IsoError:
        s.frames.append(None)
