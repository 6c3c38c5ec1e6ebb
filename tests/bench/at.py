"""What one line of modem traffic costs: the engine beside less. Run by MicroPython.

An hour of an agent's talk with the simulated modem is recorded first, byte for byte and in the
pieces in which a UART hands it over. Then the same pieces are read in five ways:

    split     bytes.split() of each piece: no line across pieces, no meaning
    by hand   the smallest loop that joins pieces, splits them, knows the command's results,
              dispatches each line by its head and parses its numbers
    engine    posagent's engine instead of that loop, with the same dispatch and parsing behind
              it: what its intake takes. Limits, prompts, payload, echo, lost bytes, late answers,
              restarts and unsolicited lines included
    sending   the same with poll() and the sending of each command
    agent     the same with the trace on and with posproto's strict parsers

Prints one JSON object: counts, and per way [us per line, heap bytes per line, growth in bytes].
"""

import gc
import json
import sys
import time

_FILE = __file__.replace("\\", "/")
ROOT = (_FILE.rsplit("/", 1)[0] if "/" in _FILE else ".") + "/../.."
sys.path[:0] = [ROOT + "/" + part for part in ("protocol", "firmware", "host_tools", "tests/unit")]

from against_world import World, exchange  # noqa: E402
from posagent.core.life.clock import Clock  # noqa: E402
from posagent.core.modem.command import Command, Sleep  # noqa: E402
from posagent.core.modem.engine import Engine  # noqa: E402
from posagent.core.modem.trace import Trace  # noqa: E402
from posagent.modems import quectel  # noqa: E402
from posproto.at import registration, signal  # noqa: E402

PIECE = 64  # bytes that a UART hands over at a time
ROUNDS = 9
READS = (b"+CREG?", b"+CGREG?", b"+CEREG?", b"+CFUN?", b"+CSQ", b"+CESQ", b"+CPIN?", b"+QIACT?")


class Recorder(World):
    """Keeps [text of the command, piece, piece, ...]; the first list is what came unasked."""

    def __init__(self):
        self.talk = [[b""]]
        World.__init__(self)
        self.talk = [[b""]]

    def write(self, data):
        if data[:2] == b"AT":
            self.talk.append([bytes(data)])
        World.write(self, data)

    def take(self):
        data = self.modem.output(self.now)
        for i in range(0, len(data), PIECE):
            piece = data[i : i + PIECE]
            self.talk[-1].append(piece)
            self.engine.feed(piece, len(piece))


def watch(family):
    """An hour of an agent's polling each 30 s, with a message sent in each tenth turn."""
    for turn in range(120):
        for text in READS:
            yield Command(text)
        if turn % 10 == 9:
            yield from exchange(family, 1, b"acquirer", 700, bytes(range(200)))
        yield Sleep(30000)


def record():
    world = Recorder()
    world.online()
    world.talk = [[b""]]
    world.do(watch(world.family), 2 * 3600 * 1000)
    # Payload cannot be split into lines by hand: those commands are left out for all.
    return [
        t for t in world.talk if not (t[0].startswith(b"AT+QIRD") or t[0].startswith(b"AT+QIS"))
    ]


# The smallest useful reading


def hexadecimal(field):
    return int(field.strip(b'"'), 16)


def registration_line(head, fields, state, asked):
    """stat, area, cell and access technology of +CREG and its kin."""
    if asked:
        fields = fields[1:]
    if len(fields) > 3:
        area, ci, act = hexadecimal(fields[1]), hexadecimal(fields[2]), int(fields[3])
        state[head] = (int(fields[0]), area, ci, act)
    else:
        state[head] = int(fields[0])


def csq_line(head, fields, state, asked):
    state[head] = int(fields[0]) * 2 - 113


def cesq_line(head, fields, state, asked):
    state[head] = int(fields[5]) - 141


def number_line(head, fields, state, asked):
    state[head] = int(fields[0])


def text_line(head, fields, state, asked):
    state[head] = fields[-1]


HANDLERS = {
    b"+CREG": registration_line,
    b"+CGREG": registration_line,
    b"+CEREG": registration_line,
    b"+CSQ": csq_line,
    b"+CESQ": cesq_line,
    b"+CFUN": number_line,
    b"+CPIN": text_line,
    b"+QIACT": text_line,
}


def parse(line, state, asked):
    """Dispatch by head and read the numbers, without any check."""
    at = line.find(b":")
    head = line[:at]
    handler = HANDLERS.get(head)
    if handler:
        handler(head, line[at + 2 :].split(b","), state, asked)


def split(talk, state):
    for entry in talk:
        for piece in entry[1:]:
            piece.split(b"\r\n")


def by_hand(talk, state):
    buffer = b""
    for entry in talk:
        asked = entry[0][2:6]
        done = False
        for piece in entry[1:]:
            lines = (buffer + piece).split(b"\r\n")
            buffer = lines.pop()
            for line in lines:
                if not line:
                    continue
                if line == b"OK" or line == b"ERROR" or line.startswith(b"+CME ERROR"):
                    done = True
                else:
                    parse(line, state, not done and line.startswith(asked))


class Replay:
    """The engine with one task that asks what was asked, fed with what was answered."""

    def __init__(self, talk, read):
        self.sent = []
        self.clock = Clock()
        self.engine = Engine(self.sent.append, self.clock, quectel, [0] * 32)
        self.engine.on_urc = self.urc
        self.read = read
        self.commands = [Command(entry[0][2:-1]) for entry in talk if entry[0]]

    def urc(self, line):
        self.read(line, self.state, False)

    def task(self, state):
        read = self.read
        for command in self.commands:
            reply = yield command
            for line in reply.lines:
                read(line, state, True)
        yield Sleep(1000)

    def run(self, talk, state):
        """Returns the microseconds in feed() alone, with the clock's own cost in it."""
        self.state = state
        engine = self.engine
        engine.start("replay", self.task(state))
        ticks_us, ticks_diff, size = time.ticks_us, time.ticks_diff, len
        fed_us = 0
        for entry in talk:
            if entry[0]:
                engine.poll()
            for i in range(1, size(entry)):
                piece = entry[i]
                n = size(piece)
                mark = ticks_us()
                engine.feed(piece, n)
                fed_us += ticks_diff(ticks_us(), mark)
        engine.poll()
        self.clock.advance(self.clock.ms + 2000)
        engine.poll()
        self.sent.clear()
        return fed_us


def strict(line, state, asked):
    """The lines that a watch needs, with posproto's parsers where they exist."""
    if line.find(b"REG:") > 0:
        fields = registration.parse(line, asked)
        state[fields[0]] = fields[2]
    elif line.startswith(b"+CSQ:"):
        state[10] = signal.csq(line)
    elif line.startswith(b"+CESQ:"):
        state[11] = signal.cesq(line)


def clock_us(pieces):
    """What the stop-watch itself takes for so many pieces."""
    ticks_us, ticks_diff = time.ticks_us, time.ticks_diff
    best = 1 << 29
    for _ in range(ROUNDS):
        total = 0
        for _ in range(pieces):
            mark = ticks_us()
            total += ticks_diff(ticks_us(), mark)
        best = min(best, total)
    return best


def measure(function, talk, state):
    """(best us of a run, best us that it returned, heap bytes, growth) of ROUNDS runs."""
    times = [0] * ROUNDS
    fed = [0] * ROUNDS
    used = before = after = 0
    for i in range(-2, ROUNDS):
        gc.collect()
        if i == 0:
            before = gc.mem_alloc()
        gc.disable()
        mark = gc.mem_alloc()
        start = time.ticks_us()
        fed[i] = function(talk, state)
        times[i] = time.ticks_diff(time.ticks_us(), start)
        used = gc.mem_alloc() - mark
        gc.enable()
    gc.collect()
    after = gc.mem_alloc()
    return min(times), min([us or 0 for us in fed]), used, after - before


def main():
    talk = record()
    lines = pieces = 0
    for entry in talk:
        lines += len([x for x in b"".join(entry[1:]).split(b"\r\n") if x])
        pieces += len(entry) - 1
    stop_watch_us = clock_us(pieces)
    out = {"lines": lines, "pieces": pieces, "commands": len([e for e in talk if e[0]])}

    def report(name, us, used, growth):
        out[name] = [round(us / lines, 2), round(used / lines), growth]

    hand, ours = {}, {}
    us, _, used, growth = measure(split, talk, {})
    report("split", us, used, growth)
    us, _, used, growth = measure(by_hand, talk, hand)
    report("by hand", us, used, growth)
    us, fed_us, used, growth = measure(Replay(talk, parse).run, talk, ours)
    report("engine", fed_us - stop_watch_us, used, growth)
    report("sending", us - stop_watch_us, used, growth)
    replay = Replay(talk, strict)
    replay.engine.pairing.trace = Trace(replay.clock)
    us, _, used, growth = measure(replay.run, talk, {})
    report("agent", us - stop_watch_us, used, growth)
    out["equal"] = hand == ours
    print(json.dumps(out))


main()
