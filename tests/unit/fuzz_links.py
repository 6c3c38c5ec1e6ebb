"""Seeded nonsense for one whole agent: what a modem, a cable and an application may send by fault
or by will. After each stretch the agent must answer within a few turns, nothing may have reached
the last resort, and no act on the air may have come more often in an hour than its budget has it.
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
_LATELY = 8  # looks at the heap
_OBLIGES_ONE_IN = 12  # stretches: sixty turns each, nine tenths of the time at one in three
_TURNS_MAX = 12  # of the loop, from a question to its answer, in 99 of 100: eight may be before it
_DRAINED_MAX = 100  # of the loop, for all that a flood left waiting
# What a modem is told so often at most in any hour, by firmware/HEALING.md: all budgets of it.
HOURLY = (
    (b"AT+CGACT=1", 70),
    (b"AT+QIACT=", 70),
    (b"AT+CGATT=0", 5),
    (b"AT+COPS=0", 6),
    (b"AT+CFUN=0", 8),
    (b"AT+CFUN=4", 8),
    (b"AT+CFUN=1,1", 8),
    (b"pin", 8),
)


# What a module in trouble answers, so that the agent gets as far as acting on it.
ANSWERS = (
    (b"+CGMM", (b"EC20",)),
    (b"+CPIN?", (b"+CPIN: READY",)),
    (b"+CSQ", (b"+CSQ: 20,99",)),
    (b"+CREG?", (b"+CREG: 2,1", b"+CREG: 2,3", b"+CREG: 2,0")),
    (b"+CGREG?", (b"+CGREG: 2,1", b"+CGREG: 2,3", b"+CGREG: 2,0")),
    (b"+CEREG?", (b"+CEREG: 2,1", b"+CEREG: 2,3", b"+CEREG: 2,0")),
    (b"+CIMI", (b"460001234567890",)),
    (b"+QCCID", (b"+QCCID: 89860012345678901234",)),
)
BAD = (b"+QIACT=", b"+CGACT=1", b"+QIOPEN", b"+COPS=0")


class Fuzz:
    """One run: `seed` says everything that will happen."""

    def __init__(self, seed):
        self.rng = Prng(seed)
        self.host = (LockedHost if seed % 2 else WholeHost)()
        self.sides = [0, 0]  # bytes from the modem; from cable and application
        self.lines = [b"\x06C"]  # a few that were sent, to be sent again
        self.part = 0
        self.turns = []  # to the answer, of each question
        self.acts = [[] for _ in HOURLY]  # when, in seconds

    def run(self, size):
        """Feeds at least `size` bytes a side; raises AssertionError or what leaves the agent."""
        free = None
        lately = []  # free bytes: what is loaded for a duty under way is no growth
        while min(self.sides) < size:
            for _ in range(40):
                self._turn()
            self._judge()
            gc.collect()
            if hasattr(gc, "mem_free"):
                lately = lately[-_LATELY:] + [gc.mem_free()]
                if free is None and min(self.sides) > size // 4:
                    free = gc.mem_free()
        if free is not None:
            assert free - max(lately) < _GROWTH_MAX, (free, lately)
        self._drain(self.host.agent.app)
        number = 1 + self.rng.below(1 << 30)
        for op, args in submit.hand_in(number, cup_frames.advice(900001 + self.rng.below(9))):
            result = self.host.tell(op, args)[0]
        assert result in (ids.R_OK, ids.R_FULL, ids.R_REFUSED), result
        self.turns.sort()
        # Of fewer than a hundred the slowest may have been dropped, where others filled the queue.
        assert self.turns[(len(self.turns) - 1) * 99 // 100] <= _TURNS_MAX, self.turns[-10:]

    def _pick(self, things):
        return things[self.rng.below(len(things))]

    def _turn(self):
        agent = self.host.agent
        what = self.rng.below(8)
        if not self.rng.below(_OBLIGES_ONE_IN):
            self._oblige()
            return
        if self.sides[0] > 2 * self.sides[1]:
            what |= 4  # the modem's lines are the longer ones: neither side waits for the other
        if what < 4:
            data = self._modem()
            for at in range(0, len(data), 256):
                piece = data[at : at + 256]
                agent.feed_modem(piece, len(piece))
        else:
            port = agent.app if what == 4 else agent.host
            data = self._line()
            if not self.rng.below(12):  # a flood, of one thing or of many
                many = [data if what < 6 else self._line() for _ in range(30)]
                data = b"".join(many)
            port.feed(data)
        self.sides[what >= 4] += len(data)
        self._pass((20, 200, 1500, 40000)[self.rng.below(4)])
        for port in (agent.host, agent.app):
            if self.rng.below(3):
                while port.pending():
                    port.take()

    def _pass(self, ms):
        agent = self.host.agent
        self.host.clock.advance((self.host.clock.ms + ms) & 0x3FFFFFFF)
        agent.step()
        said = b"".join([bytes(line) for line in agent.modem_out])
        now_s = self.host.clock.s
        for (text, most), acts in zip(HOURLY, self.acts):
            count = said.count(text)
            if text == b"pin":
                count = len([pin for pin in agent.pins if pin[0] != "restart"])
            acts += [now_s] * count
            while acts and acts[0] <= now_s - 3600:
                acts.pop(0)
            assert len(acts) <= most, (text, len(acts), self.sides)
        agent.modem_out.clear()
        agent.pins.clear()
        return said

    def _oblige(self):
        """A modem that does what it is told for a while, but for what brings data."""
        agent, stat = self.host.agent, self.rng.below(3)
        for _ in range(60):
            said = self._pass(500 if self.rng.below(8) else 60000)
            out = b""
            for text, lines in ANSWERS:
                if text in said:
                    out += b"\r\n" + lines[min(stat, len(lines) - 1)] + b"\r\n"
            if said:
                bad = [text for text in BAD if text in said]
                out += b"\r\n+CME ERROR: 100\r\n" if bad else b"\r\nOK\r\n"
            self.sides[0] += len(out)
            agent.feed_modem(out, len(out))

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
        if kind == 0:
            return self._pick(self.lines)  # the same bytes again
        if kind == 1:
            return bytes([self.rng.below(256) for _ in range(self.rng.below(200))])
        op = self._pick((self.rng.below(80), 64, 65, 65, 4, 5, 9, 11, 14))
        args = {self.rng.below(12): self._pick(VALUES) for _ in range(self.rng.below(6))}
        if kind == 5:  # a message in parts that is never committed
            self.part = self.part + 1 if self.rng.below(4) else 0
            args = {0: 1 + self.rng.below(3), 1: 60 * self.part, 2: bytes(60)}
            op = ids.OP_SUBMIT_PART
        request = {ids.RQ_OP: op, ids.RQ_ARGS: args}
        if kind == 2:
            request[self.rng.below(6)] = self._pick(VALUES)
        if kind == 3:
            request = {ids.RQ_NONCE: bytes(16), ids.RQ_COSE: [self._pick(VALUES) for _ in "four"]}
        # The odd numbers are the judge's: no answer to nonsense can be taken for one to it.
        writer = self.host.writer.begin(self.rng.below(9), 2 * self.rng.below(32768))
        if kind > 4:
            writer = self.host.writer.begin(ids.FRAME_REQUEST, 2 + 2 * self.rng.below(32767))
        try:
            writer.value(request)
        except CborError:
            return b"\x06C"
        line = bytearray(self.host.writer.end())
        if kind == 4:
            line[self.rng.below(len(line))] ^= 1 << self.rng.below(8)
        if len(self.lines) > 7:
            self.lines.pop(self.rng.below(8))
        self.lines.append(bytes(line))
        return self.lines[-1]

    def _drain(self, port):
        """What was asked before has its answer before: a full queue drops what comes on top."""
        turns = 0
        while port.held:
            turns += 1
            assert turns <= _DRAINED_MAX, self.sides
            self._pass(10)
            while port.pending():
                port.take()

    def _judge(self):
        agent, port = self.host.agent, self.host.agent.host
        self._drain(port)
        number = 1 + 2 * self.rng.below(32768)
        begun = self.host.writer.begin(ids.FRAME_REQUEST, number)
        frames.put_request(begun, ids.OP_COUNTERS, {77: self.sides[0]})
        question = b"\n" + self.host.writer.end()
        reader = FrameReader()
        turns = answered = 0
        while not answered:
            if turns % 20 == 0:  # what a tool does that hears nothing
                port.feed(question)
            turns += 1
            assert turns < 200, self.sides
            self._pass(10)
            if port.due():
                port.serve()
            while port.pending():
                for frame in reader.feed(port.take()):
                    if frame.type == ids.FRAME_SIGNED:  # somebody asked for it
                        frame = cose.inside(frame)
                    if frame.type == ids.FRAME_RESPONSE and frame.request_id == number:
                        result = frames.parse(frame)[0][ids.RS_RESULT]
                        assert result in (ids.R_OK, ids.R_BUSY), (self.sides, result)
                        answered += result == ids.R_OK
        self.turns.append(turns)
        assert agent.counters[ids.C_LAST_RESORT] == 0
        assert len(agent.settlement.outbox.records) <= agent.config["outbox_records"]
