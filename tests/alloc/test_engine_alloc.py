"""What the modem sends is taken, cut into lines and paired without an allocation.

A line that somebody keeps becomes one object; the rest of the intake must not need any.
"""

from micropython import heap_lock, heap_unlock

from posagent.core.life.clock import Clock
from posagent.core.modem.command import Command
from posagent.core.modem.engine import Engine
from posagent.modems import generic
from posproto import ids


def make():
    sent = []
    engine = Engine(sent.append, Clock(), generic, [0] * 32)
    return engine, sent


def feed_locked(engine, stream):
    """Hand `stream` over byte by byte and in one piece, with the heap locked."""
    one = bytearray(1)
    heap_lock()
    try:
        i = 0
        while i < len(stream):
            one[0] = stream[i]
            engine.feed(one, 1)
            i += 1
        engine.feed(stream, len(stream))
    finally:
        heap_unlock()


def test_results_that_nobody_waits_for_cost_nothing():
    engine, _ = make()
    feed_locked(engine, b"\r\nOK\r\n\r\nERROR\r\n\r\n+CME ERROR: 30\r\n")
    assert engine._counters[ids.C_MODEM_LATE] == 6


def test_half_lines_and_overlong_lines_cost_nothing():
    engine, _ = make()
    feed_locked(engine, b"+CEREG: 2,1,")
    engine, _ = make()
    noise = bytes([65]) * 250
    for _ in range(20):
        feed_locked(engine, noise)
    feed_locked(engine, b"\r\n")
    engine.poll()
    assert engine._counters[ids.C_MODEM_OVERLONG] == 1


def test_an_echo_costs_nothing():
    engine, sent = make()

    def ask():
        yield Command(b"+CSQ")

    engine.start("ask", ask())
    engine.poll()
    assert sent == [b"AT+CSQ\r"]
    feed_locked(engine, b"AT+CSQ\r")


def test_a_day_of_polling_leaves_nothing_behind():
    import gc

    engine, sent = make()
    cereg = Command(b"+CEREG?")
    csq = Command(b"+CSQ")

    def watch(rounds):
        for _ in range(rounds):
            yield cereg
            yield csq

    def run(rounds):
        engine.start("watch", watch(rounds))
        for _ in range(rounds * 2):
            engine.poll()
            text = sent.pop()
            if text == b"AT+CSQ\r":
                answer = b"\r\n+CSQ: 17,99\r\n\r\nOK\r\n"
            else:
                answer = (
                    b'\r\n+CEREG: 2,1,"550A","82E8C80",7\r\n\r\nOK\r\n\r\n+CGEV: ME CLASS "B"\r\n'
                )
            engine.feed(answer, len(answer))
        engine.poll()

    run(50)
    gc.collect()
    before = gc.mem_alloc()
    run(500)
    gc.collect()
    assert gc.mem_alloc() <= before
