"""Seeded nonsense for one whole agent: what a modem, a cable and an application may send by fault
or by will. After each stretch the agent must answer, and nothing may have reached the last resort.
"""

import gc

import cup_frames
from posagent.core.life.prng import Prng
from posproto import cose, frames, ids, submit
from posproto.cbor import CborError
from posproto.link import FrameReader
from whole_host import LockedHost, WholeHost

MODEM = (
    b"OK",
    b"ERROR",
    b"> ",
    b"+CME ERROR: 10",
    b"+CMS ERROR: 500",
    b"RDY",
    b"POWERED DOWN",
    b'+CREG: 2,1,"1A2B","01C3D4E5",7',
    b"+CEREG: 3",
    b"+CEREG: 2,2",
    b"+CPIN: READY",
    b"+CSQ: 20,99",
    b'+CUSD: 0,"Saldo 4761 7390 0101 0119",15',
    b'+CUSD: 0,"cut',
    b'+CMTI: "ME",3',
    b"+CMT: ,9999",
    b"+CMGR: 1,,160",
    b"0791683108200105F0040D9168",
    b'+QIURC: "recv",0,99999',
    b'+QIURC: "closed",0',
    b"+QIOPEN: 0,566",
    b"+CGEV: NW DEACT",
    b'+CTZE: "+32",0,"2036/11/28,10:00:00"',
    b"NO CARRIER",
    b"CONNECT",
    b"+CGMM",
    b"EC20",
    b"\xff\xfe\x00",
    b"\x1b]52;c;x\x07",
    b"+CREG:",
    b"+CSQ: ,,,,",
    b"AT+CSQ",
    b"+QIRD: 1500",
)
VALUES = (None, True, False, 0, 1, 7, 255, 65535, 1 << 32, 1 << 63, -1, -(1 << 63), "", "text")
VALUES += ("\x1b[2J", b"", b"x", b"\0" * 32, [], [1, [2]], {}, {0: 1}, {"apn": "x"})
_GROWTH_MAX = 32768  # bytes of heap that may stay


class Fuzz:
    """One run: `seed` says everything that will happen."""

    def __init__(self, seed):
        self.rng = Prng(seed)
        self.host = (LockedHost if seed % 2 else WholeHost)()
        self.fed = 0  # bytes
        self.last = b""

    def run(self, size):
        """Feeds at least `size` bytes; raises AssertionError or what leaves the agent."""
        free = None
        while self.fed < size:
            for _ in range(40):
                self._turn()
            self._judge()
            gc.collect()
            if free is None and self.fed > size // 4 and hasattr(gc, "mem_free"):
                free = gc.mem_free()
        if free is not None:
            assert free - gc.mem_free() < _GROWTH_MAX, (free, gc.mem_free())
        number = 1 + self.rng.below(1 << 30)
        for op, args in submit.hand_in(number, cup_frames.advice(900001 + self.rng.below(9))):
            result = self.host.tell(op, args)[0]
        assert result in (ids.R_OK, ids.R_FULL, ids.R_REFUSED), result

    def _pick(self, things):
        return things[self.rng.below(len(things))]

    def _turn(self):
        agent = self.host.agent
        what = self.rng.below(8)
        if what < 4:
            data = self._modem()
            for at in range(0, len(data), 256):
                piece = data[at : at + 256]
                agent.feed_modem(piece, len(piece))
        else:
            port = agent.app if what == 4 else agent.host
            data = self._line()
            port.feed(data)
        self.fed += len(data)
        ms = (20, 200, 1500, 40000)[self.rng.below(4)]
        self.host.clock.advance((self.host.clock.ms + ms) & 0x3FFFFFFF)
        agent.step()
        agent.modem_out.clear()
        agent.pins.clear()
        for port in (agent.host, agent.app):
            if self.rng.below(3):
                while port.pending():
                    port.take()

    def _modem(self):
        out = bytearray()
        for _ in range(1 + self.rng.below(12)):
            line = bytearray(self._pick(MODEM))
            if line and not self.rng.below(3):
                line[self.rng.below(len(line))] = self.rng.below(256)
            out += b"\r\n" + line + (b"" if line == b"> " else b"\r\n")
        if not self.rng.below(20):
            out += bytes([self.rng.below(256)]) * (1 + self.rng.below(1500))
        return bytes(out)

    def _line(self):
        kind = self.rng.below(10)
        if kind == 0 and self.last:
            return self.last  # the same bytes again
        if kind == 1:
            return bytes([self.rng.below(256) for _ in range(self.rng.below(200))])
        op = self._pick((self.rng.below(80), 64, 65, 65, 4, 5, 9, 11, 14))
        args = {self.rng.below(12): self._pick(VALUES) for _ in range(self.rng.below(6))}
        request = {ids.RQ_OP: op, ids.RQ_ARGS: args}
        if kind == 2:
            request[self.rng.below(6)] = self._pick(VALUES)
        if kind == 3:
            request = {ids.RQ_NONCE: bytes(16), ids.RQ_COSE: [self._pick(VALUES) for _ in "four"]}
        writer = self.host.writer.begin(self.rng.below(9), self.rng.below(65536))
        if kind > 4:
            writer = self.host.writer.begin(ids.FRAME_REQUEST, 1 + self.rng.below(65535))
        try:
            writer.value(request)
        except CborError:
            return b"\x06C"
        line = bytearray(self.host.writer.end())
        if kind == 4:
            line[self.rng.below(len(line))] ^= 1 << self.rng.below(8)
        self.last = bytes(line)
        return self.last

    def _judge(self):
        agent = self.host.agent
        port = agent.host
        while port.due():
            port.serve()
        while port.take():
            pass
        number = 1 + self.rng.below(65535)
        frames.put_request(
            self.host.writer.begin(ids.FRAME_REQUEST, number), ids.OP_COUNTERS, {77: self.fed}
        )
        port.feed(b"\n" + self.host.writer.end())
        while port.due():
            port.serve()
        results = []
        reader = FrameReader()
        while port.pending():
            for frame in reader.feed(port.take()):
                if frame.type == ids.FRAME_SIGNED:  # somebody asked for it
                    frame = cose.inside(frame)
                if frame.type == ids.FRAME_RESPONSE and frame.request_id == number:
                    results.append(frames.parse(frame)[0][ids.RS_RESULT])
        assert results[-1:] == [ids.R_OK], (self.fed, results)
        assert agent.counters[ids.C_LAST_RESORT] == 0
        assert len(agent.settlement.outbox.records) <= agent.config["outbox_records"]
