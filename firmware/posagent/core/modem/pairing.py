"""Pairs what the modem says with the command in flight.

Everything unsolicited may come at any line boundary, so each line is asked in this order; after
`AT+CEREG?` it is

    data that the line before announced     the text after +CMT: ..., whatever it looks like
    answer                                  +CEREG: 2,1,"550A","82E8C80",7
    result                                  OK, ERROR, +CME ERROR: 30
    echo                                    AT+CEREG?
    terse result, or what is left of a line 0
    boot line                               RDY
    late answer to what timed out           +CSQ: 17,99
    news                                    +CEREG: 2

and what is none of these is noise, and counted.
"""

from posproto import const, ids
from posproto.at import lines, result
from posproto.at.registration import is_news

from ..life.clock import ticks_add
from .command import ANSWER_MAX, LINES_MAX, Reply, limit_ms, matches
from .payload import Payload, counted, unasked
from .resync import FENCE, REFUSED

CHUNK = const(256)
_QUIET_MS = const(300)  # a result in doubt counts when nothing follows it for so long
_URC_MAX = const(800)  # a +CUSD of 182 UCS2 characters; what is longer is nobody's news
_BOOT_S = const(20)  # boot lines of one start come within so long
_PROMPT_MS = const(4000)  # below the 5 s after which Quectel modules give up
_VOLATILE = (b"E0", b"V1")
_TWICE_S = const(2)  # Luat modules say RDY twice; none starts again so soon
_PLUS = const(43)

_CALLS = (b"D", b"A", b"O", b"+CGACT=", b"+CGDATA")  # may end in CONNECT or NO CARRIER

# Headers whose next line is data, whatever it looks like (TS 27.005 cl. 3.4).
_BODY_URCS = (b"+CMT:", b"+CDS:", b"+CBM:")
_BODY_ANSWERS = (b"+CMGR:", b"+CMGL:")


class Pairing:
    """One conversation with the modem: send() a command, feed() what comes, and be told.

    The engine owns it, decides what is sent when, and is called back: on_reply(reply) at the end
    of the command in flight, on_line(line) for what nobody asked for, on_boot() when the modem
    started anew. None of them may send: they are called from inside the parser, and a board's C
    stack holds few calls. Up to a whole line nothing is allocated."""

    def __init__(self, write, clock, family, counters) -> None:
        self.write = write
        self.family = family
        self.on_reply = self.on_line = self.on_boot = None
        self.trace = None
        self.due = 0  # the limit of the command in flight, or of a doubt about its result
        self.heard_s = 0  # uptime of the last line
        self.noise = True  # bytes came since something was asked
        self.asked_s = 0  # uptime at which that was
        self.settled = {}  # settings that were accepted and are lost in a silent reset
        self.stale = None  # the command that timed out, until answers pair again
        self._clock = clock
        self._counters = counters
        self._splitter = lines.LineSplitter(1024, CHUNK)
        self._boot = b""  # the line of the last start, and its uptime
        self._boot_s = 0
        self._payload = Payload()
        self._reply = None
        self.forget()

    def forget(self) -> None:
        """The modem started anew: what held for its last life holds no longer."""
        # No property here: with one, MicroPython asks the class at each store to any attribute.
        self.busy = None  # the command in flight
        self.lost = False  # it was reset without a word
        self.stale = None
        self._plain = None  # head of lines that are answers without a second look
        self._head = None  # a header whose body comes next
        self._unechoed = False  # the command in flight is the first one after E0
        self._maybe = -1  # a result in doubt
        self._splitter.prompt = 0
        self.settled.clear()

    def _count(self, counter):
        self._counters[counter] += 1

    # The command in flight

    def send(self, cmd) -> None:
        """Write a command; whatever ends it is told by on_reply, its time limit by expire()."""
        assert self.busy is None
        self.busy = cmd
        self._plain = cmd.plain
        self._reply = Reply()
        self._maybe = -1
        if self.noise:
            self.listen()
        self.due = ticks_add(self._clock.ms, limit_ms(cmd, self.family))
        if cmd.data is not None:
            # A prompt is one byte: where it was lost, the module waits for the data all the same,
            # and would take the next commands for it.
            self._splitter.prompt = 62
            self.due = ticks_add(self._clock.ms, _PROMPT_MS)
        if self.trace:
            self.trace.sent(cmd.text)
        self.write(b"AT" + cmd.text + b"\r")

    def listen(self) -> None:
        """From now on silence counts."""
        if self.noise:
            self.noise = False
            self.asked_s = self._clock.s

    def expire(self) -> None:
        """`due` has passed: the prompt was lost, the doubt is over, or the command timed out."""
        code = self._maybe
        cmd = self.busy
        if self._splitter.prompt:
            self._prompt()
            return
        if code < 0:
            if self.stale is None:
                self.stale = cmd
                if cmd.data and cmd.text.startswith(b"+CMG"):
                    self.write(b"\x1b")  # it may still wait for the text (TS 27.005 cl. 3.5.1)
            self._splitter.reset()
            code = result.TIMEOUT
        elif self._reply.lines and self._reply.lines[-1] == b"OK":
            self._reply.lines.pop()
        elif b"V1" in self.settled:
            self.lost = True  # terse again: it was reset without a word
        self._finish(code, b"")

    def _finish(self, code, text):
        reply = self._reply
        assert self.busy is not None and len(reply.lines) <= LINES_MAX  # over, and told once
        if code or reply.bad:
            code = code or result.ERROR
            reply.payload = None
        own = self.busy.text
        self._unechoed = own == b"E0" and not code
        if not (code or reply.lines) and (own in _VOLATILE or own.startswith(b"+CMEE=")):
            self.settled[own[:5]] = own[-1:]
        reply.result = code
        reply.text = text
        if text:
            self.heard_s = self._clock.s
        if self.trace:
            self.trace.heard(text or b"(silence)")
        self.busy = self._head = self._plain = None
        self._splitter.prompt = 0
        self.on_reply(reply)

    # What comes

    def feed(self, buf: bytes, n: int) -> None:
        """Take the first `n` bytes of `buf`, CHUNK long at most; the callbacks are called here."""
        assert 0 <= n <= len(buf) <= CHUNK
        self.noise = True
        splitter = self._splitter
        at = splitter.whole(buf, 0, n)
        while at >= 0:
            plain = self._plain
            if plain and buf.startswith(plain, splitter.start):
                self._answers(buf, splitter)
            elif plain and buf.startswith(b"OK\r", splitter.start):
                self._finish(result.OK, b"OK")
            else:
                self._line(buf, splitter.start, splitter.end)
            if at == n:
                return
            at = splitter.whole(buf, at, n)
        self._rest(splitter)

    def _answers(self, buf, splitter):
        # A line with the head that is awaited.
        cmd, line = self.busy, bytes(buf[splitter.start : splitter.end])
        if self._plain in cmd.reg and is_news(line, 0, len(line)):
            self._other(cmd, line)
            return
        if cmd.follows:
            self._plain = cmd.follows[self._plain]
        self._keep(line)

    def _rest(self, splitter):
        # What the splitter had to take in: a prompt, payload, half a line.
        event = splitter.next()
        while event:
            if event == lines.LINE:
                self._line(splitter.buf, splitter.start, splitter.end)
            elif event == lines.PROMPT:
                self._prompt()
            else:
                self._piece(splitter.line())
            event = splitter.next()
        if splitter.overlong:
            self._counters[ids.C_MODEM_OVERLONG] += splitter.overlong
            splitter.overlong = 0

    def _line(self, buf, start, end):
        if self.busy and not self._head:
            self._in_flight(buf, start, end)
        elif not self._head and 0 <= result.final(buf, start, end) <= result.CMS:
            self._count(ids.C_MODEM_LATE)
        elif self._head:
            self._body(self.busy, bytes(buf[start:end]))
        else:
            self._other(None, bytes(buf[start:end]))

    def _in_flight(self, buf, start, end):
        # A line while a command is: of its answer, its result, its echo, or something else.
        cmd = self.busy
        for head in cmd.prefix:
            if buf.startswith(head, start):
                if head in cmd.reg and is_news(buf, start, end):
                    continue
                self._answer(cmd, bytes(buf[start:end]))
                if cmd.follows:
                    self._plain = cmd.follows[head]
                return
        code = result.final(buf, start, end, cmd.finals)
        if code == result.CONNECT and self._splitter.prompt:
            self._prompt()  # files are asked for so (QFUPL)
            return
        if code >= 0:
            if code not in (result.NO_CARRIER, result.CONNECT) or matches(cmd.text, _CALLS):
                self._final(cmd, code, buf, start, end)
                return
        elif buf.startswith(b"AT", start) and buf.startswith(cmd.text, start + 2):
            # Echo after E0 was accepted: it was reset, or E0 has no effect there, which shows at
            # once.
            if self._unechoed:
                self.settled.pop(b"E0", None)
            else:
                self.lost = self.lost or b"E0" in self.settled
            return
        else:
            code = result.terse(buf, start, end)
            if code >= 0:
                self._doubt(code)
                return
        self._other(cmd, bytes(buf[start:end]))

    def _answer(self, cmd, line):
        if self._maybe >= 0:
            self._maybe = -1
            self._plain = cmd.plain
            self.due = ticks_add(self._clock.ms, limit_ms(cmd, self.family))
        self._keep(line)
        if cmd.payload and line.startswith(cmd.payload[0]):
            self._expect(line, cmd.payload[1])
        elif matches(line, _BODY_ANSWERS):
            self._head = line

    def _keep(self, line):
        reply = self._reply
        reply.size += len(line)
        if reply.size <= ANSWER_MAX and len(reply.lines) < LINES_MAX:
            reply.lines.append(line)
        else:
            self._count(ids.C_MODEM_OVERLONG)
        if self.trace:
            self.trace.heard(line)

    def _final(self, cmd, code, buf, start, end):
        reply = self._reply
        if cmd is FENCE and not reply.lines:
            # Of an earlier command: the fence's own result comes after its line.
            reply.code = REFUSED
            self._count(ids.C_MODEM_LATE)
            return
        if code in (result.CME, result.CMS):
            reply.code = result.number(buf, start, end)
        self._finish(code, bytes(buf[start:end]))

    def _doubt(self, code):
        # A lone digit is a terse result or what lost bytes left of a line; an `OK` as the body of
        # a message may be the result after an empty one. The next line decides, or silence.
        self._maybe = code
        self._plain = None
        self.due = ticks_add(self._clock.ms, _QUIET_MS)

    def _other(self, cmd, line):
        # The first that fits: an answer of registration that nobody awaits, or its news, a boot
        # line, a late answer, a header of data, news, a bare answer, news without a sign, noise.
        # After AT+CSQ timed out `+CSQ: 17,99` is late, and `+CEREG: 2` behind it is news.
        first = line[0]
        if line.find(b"REG:", 2, 9) > 0:
            if is_news(line, 0, len(line)) and not self._late(line):
                self._urc(line)
            else:
                self._count(ids.C_MODEM_LATE)  # no news has the form of an answer
        elif line in self.family.BOOT_URCS:
            now_s = self._clock.s
            past_s = now_s - self._boot_s
            if not self._boot or past_s > (_TWICE_S if line == self._boot else _BOOT_S):
                self._boot = line
                self._boot_s = now_s
                self.on_boot()
            self._urc(line)
        elif self._late(line):
            self._count(ids.C_MODEM_LATE)
        elif matches(line, _BODY_URCS) or (self.family.DATA_URCS and self._announced(line)):
            self._head = line
            self._plain = None
        elif first == _PLUS or first in b"^*%$#" or matches(line, self.family.URCS):
            self._urc(line)
        elif 32 <= first < 127 and cmd and cmd.bare:
            self._answer(cmd, line)
        elif 48 <= first <= 90:
            self._urc(line)
        else:
            self._count(ids.C_MODEM_GARBAGE)

    def _late(self, line):
        # An answer to the command that timed out; registration's news has the same heads.
        stale = self.stale
        if stale is None or not matches(line, stale.prefix):
            return False
        return not (stale.reg and is_news(line, 0, len(line)))

    def _body(self, cmd, line):
        head = self._head
        self._head = None
        self._plain = cmd.plain if cmd else None
        if matches(head, _BODY_URCS):
            self._urc(head + b"\r\n" + line)
        elif not line:
            line = self._payload.sound(head)
            if line:
                self._urc(line, line[: line.find(b"\r\n")])
            else:
                self._count(ids.C_MODEM_GARBAGE)
        elif cmd:
            # Of a whole store only the list is wanted: each text is read on its own.
            if line == b"OK" or not head.startswith(b"+CMGL:"):
                self._keep(line)
            if line == b"OK":
                self._doubt(result.OK)

    def _urc(self, line, shown=None):
        self.heard_s = self._clock.s
        if self.trace:
            self.trace.heard(shown or line)
        if shown is None and len(line) > _URC_MAX:
            self._count(ids.C_MODEM_OVERLONG)
            return
        self.on_line(line)

    def _prompt(self):
        cmd = self.busy
        self._splitter.prompt = 0
        if not cmd or cmd.data is None:
            return  # a `>` for a command that is over by now
        self.due = ticks_add(self._clock.ms, limit_ms(cmd, self.family))
        self.write(cmd.data)
        if self.trace:
            self.trace.data(len(cmd.data), b"> ")

    def _expect(self, line, field):
        need = counted(line, field)
        if need > 0:
            self._reply.payload = b""
            self._splitter.need = need
        elif need < 0:
            self._spoil()

    def _announced(self, line):
        # Payload that comes unasked.
        need = unasked(line, self.family.DATA_URCS)
        if need:
            self._splitter.need = need
        return need > 0

    def _piece(self, piece):
        head = self._head
        if head:
            self._head = head + (piece if b"\r\n" in head else b"\r\n" + piece)
            if not self._splitter.need:
                self._body(self.busy, b"")
            return
        reply = self._reply
        if self.busy is None or reply.payload is None:
            return
        reply.payload += piece
        if self._splitter.need:
            return
        tail = reply.payload[-2:]
        reply.payload = self._payload.sound(reply.payload)
        if reply.payload is None:
            self._spoil()
            return
        if self.trace:
            self.trace.data(len(reply.payload), b"< ")
        if tail == b"OK":
            self._finish(result.OK, b"OK")

    def _spoil(self):
        self._reply.bad = True
        self._count(ids.C_MODEM_GARBAGE)
