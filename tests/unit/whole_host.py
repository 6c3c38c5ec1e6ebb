"""Both ports of one whole Agent whose modem is silent, on flash that outlives it."""

from posagent import modems
from posagent.core.agent import Agent
from posagent.core.life import config
from posagent.core.life.clock import Clock
from posagent.core.life.prng import Prng
from posproto import frames, ids
from posproto.link import FrameReader, FrameWriter
from safe_host import Host

VALUES = {"host": "192.0.2.7", "port": 8583, "closed_apn": True}


class WholeHost(Host):
    """As Host, with the payment application's port too: tell()."""

    locked = False

    def start(self):
        values, _ = config.load(None)
        values.update(VALUES)
        self.clock = Clock(0)
        kind = type("LockedAgent", (Agent,), {"locked": self.locked})
        self.agent = kind(
            *(values, [], self.storage, self.clock, Prng(1), 5, modems, self.random, "pc"),
            self.key,
        )
        self.reader = FrameReader()
        self.writer = FrameWriter()

    def random(self, n):
        self._random += 1
        return self._random.to_bytes(n, "big")

    def tell(self, op, args=None):
        """(R_*, value, detail) of a request on the application's port."""
        self._id += 1
        frames.put_request(self.writer.begin(ids.FRAME_REQUEST, self._id), op, args)
        port = self.agent.app
        port.feed(self.writer.end())
        port.serve()
        answer = None
        while port.pending():
            for frame in FrameReader().feed(port.take()):
                if frame.type == ids.FRAME_RESPONSE:
                    answer = frames.parse(frame)[0]
        return tuple(answer.get(key) for key in (ids.RS_RESULT, ids.RS_VALUE, ids.RS_DETAIL))


class LockedHost(WholeHost):
    locked = True
