"""Finds back to a modem whose answers no longer pair with commands, or that does not answer."""

from posproto import const
from posproto.at import result

from .command import Command, Sleep

_DRAIN_MS = const(300)
_PROBE_MS = const(3000)  # a slow module is not talked into
_PAUSE_MS = const(4000)
_GUARD_MS = const(1100)  # around +++ (V.250 cl. 6.2.9 leaves it to the maker: 1 s in practice)
_SLOW_MS = const(10000)
_MISSES_DEAD = const(10)
# Data went out behind a prompt and no result came: bytes of it may be missing, and this module
# takes what comes next for them, for ever. Nothing is written until it was restarted (the pins are
# worked while it counts as dead); where nobody could, what is no part of any message.
_PAYLOAD_MS = const(600000)
_FILL = b"\xff\xff\xff\xff\xff\xff\xff\xff\r"
REFUSED = const(-2)  # code of the fence's reply where it got a result without its line
_RATES = (115200, 9600, 57600, 460800, 921600, 38400, 19200, 230400)  # the usual ones first
_TRY_MS = const(1000)  # at each of them
_SEARCH_MISSES = const(2)

# After its own line the next result is its own too: whatever was late has passed. The value tells
# whether the modem still has what was set.
FENCE = Command(b"+CMEE?", _PROBE_MS, b"+CMEE:")
FENCE.plain = None  # what comes before its line needs a second look


def resync(engine):
    """Procedure with the port to itself; ends when an answer was certainly the one asked for.

    Returns True when the modem has lost its settings or was away. Marks the port dead after a run
    of unanswered probes and goes on slowly. Where the shell can, the usual rates are tried: all of
    them after two misses, before any pin may act, and in turn from then on.
    """
    pairing = engine.pairing
    stale = pairing.stale
    if stale and stale.data and not (engine.family.PROMPT_ENDS or stale.text[:4] == b"+CMG"):
        engine.dead = True
        yield Sleep(_PAYLOAD_MS)
        pairing.write(_FILL)
    misses = 0
    rate = engine.rate
    tune(engine, rate)
    while True:
        for _ in range(8):
            pairing.listen()
            yield Sleep(_DRAIN_MS)
            if not pairing.noise:
                break
        wordless = misses or (pairing.settled and b"V1" not in pairing.settled)  # or may be
        reply = yield Command(b"Q0V1" if wordless else b"", _PROBE_MS, ())
        if reply.result != result.TIMEOUT:
            reply = yield FENCE
            if reply.result == result.OK and reply.lines:
                moved = rate != engine.rate
                engine.rate = rate
                return engine.dead or moved or _differs(pairing, reply.lines[-1])
            if reply.code == REFUSED:  # it knows no +CMEE, and is silent now
                return engine.dead or rate != engine.rate
        misses += 1
        if misses == _SEARCH_MISSES and engine.set_baud:
            rate = yield from _search(engine)
        if misses == 3:
            pairing.write(b"+++")  # it may be in data mode
            yield Sleep(_GUARD_MS)
        elif misses > 3:
            if misses == _MISSES_DEAD:
                engine.dead = True
            starts = engine.clock.s < engine.starts_s
            yield Sleep(_SLOW_MS if engine.dead and not starts else _PAUSE_MS)
            rate = engine.rate
            if misses & 3 == 3 and not starts:
                rate = _RATES[misses // 4 % len(_RATES)]
            tune(engine, rate)


def _search(engine):
    """Procedure: ask once at each usual rate; the one that was answered, else the own one."""
    for rate in _RATES:
        if rate != engine.rate:
            tune(engine, rate)
            yield Sleep(_DRAIN_MS // 4)
            reply = yield Command(b"", _TRY_MS, ())
            if reply.result != result.TIMEOUT:
                return rate
    tune(engine, engine.rate)
    return engine.rate


def tune(engine, rate: int) -> None:
    """Set the port to a rate, where the shell can and it is another one."""
    assert rate == engine.rate or rate in _RATES
    if engine.set_baud and engine.tuned != rate:
        engine.tuned = rate
        engine.set_baud(rate)


def _differs(pairing, line):
    cmee = pairing.settled.get(b"+CMEE")
    return cmee and line[-1:] != cmee
