"""What a path that does not work looks like from name lookup: loaded when connections fail.

A server that ignores us, a bearer that carries nothing and an operator's page look alike to a
connection. Two names tell them apart: the acquirer's, and one that nobody can own (RFC 6761).
"""

from posproto import const, ids

from ..life.clock import ticks_add, ticks_diff
from ..modem.command import Command

SHARE_MS = const(15000)
_NOBODY = b"nobody.invalid"


def within(clock, procedure):
    """Procedure: another one whose waits end with SHARE_MS; its result."""
    end = ticks_add(clock.ms, SHARE_MS)
    value = None
    while True:
        try:
            item = procedure.send(value)
        except StopIteration as stop:
            return stop.value
        if not isinstance(item, Command):
            item.ms = min(item.ms, max(1, ticks_diff(end, clock.ms)))
            assert 0 <= item.ms <= SHARE_MS
        value = yield item


def look(clock, family, host):
    """Procedure: V_NO_DATA, V_DNS or V_CAPTIVE, None where names are told rightly.

    A lookup without an answer means that nothing passes; a wrong answer, that something does.
    """
    begin_ms = clock.ms
    error, address = yield from within(clock, family.resolve(host))
    if error == ids.TCP_NOT_SUPPORTED:
        return None
    if error:
        quick = ticks_diff(clock.ms, begin_ms) < SHARE_MS // 2 and error != ids.TCP_TIMEOUT
        return ids.V_DNS if quick else ids.V_NO_DATA
    if not host.strip(b"0123456789."):
        return None
    error, other = yield from within(clock, family.resolve(_NOBODY))
    return ids.V_CAPTIVE if not error and other == address else None
