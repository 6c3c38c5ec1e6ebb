"""A URC's event came 55 ms behind it. A function that needs more than eleven words for its names
and values has its frame in the heap, and to find room for it there took a quarter of a millisecond
in an agent that had lived for a while: ten times what the call took. What each line of the modem
and each event passes has small frames, and what each turn of the loop does.

py/vm.c keeps a frame on the C stack up to 11 words (VM_MAX_STATE_ON_STACK); how many a function
needs, and three for each `try`, its code says first (MP_BC_PRELUDE_SIG in py/bc.h).
"""

import sys
from struct import unpack_from

from uctypes import bytearray_at

from posagent.core import agent
from posagent.core.host import link as host_link
from posagent.core.life import clock, eventlog
from posagent.core.modem import command, engine, pairing, trace, uart_pause
from posagent.core.network import doubt, registration
from posagent.io import loop, port
from posproto import cbor, frames, link
from posproto.at import fields, lines, result
from posproto.at import registration as at_registration

WORDS_MAX = 11
_WORD, _FORMAT = (8, "<Q") if sys.maxsize > 0x7FFFFFFF else (4, "<I")
_CODE = 3  # word of a function's object, as in io/in_place.py

EACH_LINE = (
    agent.Agent.feed_modem,
    agent.Agent._on_urc,
    agent.Agent._on_registration,
    engine.Engine.feed,
    engine.Engine._news,
    pairing.Pairing.feed,
    pairing.Pairing._answers,
    pairing.Pairing._keep,
    pairing.Pairing._finish,
    pairing.Pairing._rest,
    pairing.Pairing._line,
    pairing.Pairing._other,
    pairing.Pairing._urc,
    trace.Trace.heard,
    command.matches,
    lines.LineSplitter.whole,
    lines.LineSplitter.feed,
    lines.LineSplitter.next,
    lines._plain,
    result.final,
    at_registration.parse,
    at_registration.is_news,
    at_registration._locate,
    fields.fields,
    fields.number,
    fields.hexadecimal,
    fields.text,
    registration.Network.on_line,
    registration.Network._hears,
    registration.Network._place,
    registration.Network._changed,
    registration.Network._any,
    doubt.Doubt.believe,
)
EACH_EVENT = (
    agent.Agent.event,
    agent.Agent._tell,
    agent.Agent.step,
    eventlog.EventLog.add,
    uart_pause.announce,
    uart_pause.leaves,
    host_link.HostLink.send,
    host_link.HostLink._push,
    frames.put_event,
    link.FrameWriter.begin,
    link.FrameWriter.end,
    cbor.Writer.value,
    cbor.Writer.int,
    cbor.Writer._head,
    cbor.Writer._long_head,
    cbor.Writer._open,
    cbor.Writer._string,
    cbor._pairs,
    cbor._sorted,
)
EACH_TURN = (
    engine.Engine.poll,
    engine.Engine._wait_ms,
    loop._refill,
    loop._serve,
    port.Port.read,
    port.Port.push,
    port.Port.quiet,
    clock.Clock.advance,
    clock.ticks_diff,
    uart_pause.more,
    uart_pause.Between.turn,
)


def words(function):
    """Of the frame of a call."""
    at = unpack_from(_FORMAT, bytearray_at(id(function) + _CODE * _WORD, _WORD))[0]
    code = bytearray_at(at, 8)
    names, handlers = code[0] >> 3 & 15, code[0] >> 2 & 1
    n = 0
    while code[n] & 0x80:
        names |= (code[n + 1] & 0x30) << 2 * n
        handlers |= (code[n + 1] & 2) << n
        n += 1
    return names + 1 + 3 * handlers


def _small(a, b):
    return a + b


def _large(a, b):
    c, d, e, f, g, h, i = a, b, a, b, a, b, a
    return (c, d, e, f, g, h, i)


def _tries(a):
    try:
        return a + 1
    except ValueError:
        return 0


def test_the_words_of_a_frame_are_read_right():
    assert words(_small) == 4  # two names, two values
    assert words(_large) > WORDS_MAX
    assert words(_tries) >= 3 + 1 + 4  # a handler, a name, an error and its place


def test_what_a_line_an_event_and_a_turn_pass_has_small_frames():
    for function in EACH_LINE + EACH_EVENT + EACH_TURN:
        assert words(function) <= WORDS_MAX, (function, words(function))
