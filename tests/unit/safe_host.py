"""The technician's side of one agent in safe mode, on flash that outlives it; for requests that
need no modem.
"""

from memory_storage import MemoryStorage
from posagent.core.life import config
from posagent.core.life.clock import Clock
from posagent.core.safemode import SafeAgent
from posproto import cose, frames, ids, keyed
from posproto.link import FrameReader, FrameWriter

KEY = bytes(range(32))


class Host:
    """The technician's side of one SafeAgent, on flash that outlives it."""

    def __init__(self, key=KEY, storage=None):
        self.storage = storage or MemoryStorage()
        self.key = key
        self._id = 0
        self._random = 0
        self.start()

    def start(self):
        values, _ = config.load(None)
        self.clock = Clock(0)
        self.agent = SafeAgent(
            values, [], self.storage, self.clock, None, 5, None, self.random, "pc", self.key
        )
        self.reader = FrameReader()
        self.writer = FrameWriter()

    def random(self, n):
        self._random += 1
        return bytes([self._random]) * n

    def sleep(self, seconds):
        for _ in range(seconds):
            self.clock.advance(self.clock.ms + 1000)
            self.agent.step()

    def lines(self):
        found = []
        self.signed = []  # the frames among them that were
        while self.agent.host.pending():
            for frame in self.reader.feed(self.agent.host.take()):
                if frame.type == ids.FRAME_SIGNED:
                    self.signed.append(frame)
                    frame = cose.inside(frame)
                found.append((frame.type, frames.parse(frame)[0]))
        return found

    def ask(self, op, args=None):
        """(R_*, value, detail) of a request."""
        return self.say({ids.RQ_OP: op} if args is None else {ids.RQ_OP: op, ids.RQ_ARGS: args})

    def say(self, request):
        """The same of any map."""
        self._id += 1
        self.writer.begin(ids.FRAME_REQUEST, self._id).value(request)
        self.line = self.writer.end()
        return self.send(self.line)

    def send(self, line):
        self.agent.host.feed(line)
        self.agent.host.serve()
        (answer,) = [record for kind, record in self.lines() if kind == ids.FRAME_RESPONSE]
        return tuple(answer.get(key) for key in (ids.RS_RESULT, ids.RS_VALUE, ids.RS_DETAIL))

    def change(self, op, args=None, key=KEY):
        """A keyed request with a fresh challenge; the challenge's refusal where it has one."""
        result, value, _ = answer = self.ask(ids.OP_CHALLENGE)
        if result != ids.R_OK:
            return answer
        return self.keyed(value[0], op, args, key)

    def keyed(self, nonce, op, args=None, key=KEY):
        """A keyed request with this nonce."""
        self._id += 1
        writer = self.writer.begin(ids.FRAME_REQUEST, self._id)
        keyed.put_request(writer, key, "pos", self._id, nonce, op, args)
        self.line = self.writer.end()
        return self.send(self.line)


def refusal(answer):
    """(R_*, detail) of an answer."""
    return answer[0], answer[2]
