"""A modem that plays lines from a list, for tests of the engine and the families.

The simulated modem of posworld judges the same code elsewhere; here a test says byte by byte what
comes and when.
"""

from posagent.core.life.clock import Clock
from posagent.core.modem.engine import Engine
from posagent.modems import generic


class Rig:
    """An engine in virtual time whose modem answers from `answers`.

    answers: {command text or payload: bytes | list of (delay_ms, bytes) | list of such lists};
    a command that is not there gets no answer. `+CMEE?` and `AT` are answered unless `deaf`.
    """

    def __init__(self, answers=None, family=generic):
        self.clock = Clock()
        self.now = 0
        self.answers = answers or {}
        self.sent = []
        self.urcs = []
        self.ends = []
        self.restarts = 0
        self.deaf = False
        self.cmee = b"0"
        self.due = []  # (ms, bytes), in order of time
        self.counters = [0] * 32
        self.engine = Engine(self.write, self.clock, family, self.counters)
        self.engine.on_urc = self.urcs.append
        self.engine.on_restart = self.restarted

    def restarted(self):
        self.restarts += 1

    def write(self, data):
        data = bytes(data)
        self.sent.append(data)
        if self.deaf:
            return
        text = data[2:-1] if data.startswith(b"AT") else data
        if text in self.answers:
            answer = self.answers[text]
            if isinstance(answer, list) and answer and isinstance(answer[0], list):
                answer = answer.pop(0) if len(answer) > 1 else answer[0]
        elif text == b"+CMEE?":
            answer = b"\r\n+CMEE: " + self.cmee + b"\r\n\r\nOK\r\n"
        elif text in (b"", b"Q0V1"):
            answer = b"\r\nOK\r\n"
        else:
            return
        if isinstance(answer, bytes):
            answer = [(10, answer)]
        for delay_ms, chunk in answer:
            self.say(chunk, delay_ms)

    def say(self, data, delay_ms=0):
        at = self.now + delay_ms
        i = len(self.due)
        while i and self.due[i - 1][0] > at:
            i -= 1
        self.due.insert(i, (at, data))

    def run(self, ms):
        """Let `ms` pass, from deadline to deadline."""
        end = self.now + ms
        while True:
            wait = self.engine.poll()
            at = end if wait < 0 else min(end, self.now + wait)
            if self.due and self.due[0][0] <= at:
                at, data = self.due.pop(0)
                self.move(at)
                self.engine.feed(data, len(data))
            elif at >= end and wait != 0:
                self.move(end)
                self.engine.poll()
                return
            else:
                self.move(at)

    def move(self, at):
        self.now = at
        self.clock.advance(at % (1 << 30))

    def do(self, gen, ms=600000, priority=0):
        """Run one procedure to its end; returns its result."""
        ends = []

        def done(value, error):
            ends.append((value, error))

        self.engine.start("do", gen, done, priority)
        end = self.now + ms
        while not ends and self.now < end:
            self.run(min(100, end - self.now))
        assert ends, "not finished"
        value, error = ends[0]
        if error:
            raise error
        return value


def ask(command):
    """A procedure of one command; its result is the reply."""
    reply = yield command
    return reply
