"""Pairs what the modem says with the command in flight; the other half of the engine.

Everything unsolicited may come at any line boundary, so each line is asked in this order: data
announced by the line before, answer, result, echo, terse result, boot line, late, unsolicited.
"""

from posproto import const, ids
from posproto.at import lines, result

from .clock import ticks_add
from .portsync import FENCE
from .steps import matches

CHUNK = const(256)
_OK = const(0)  # posproto.at.result, known here at compile time
_ERROR = const(1)
_CME = const(2)
_CMS = const(3)
_NO_CARRIER = const(4)
_CONNECT = const(5)
_QUIET_MS = const(300)  # a result in doubt counts when nothing follows it for so long
_LINES_MAX = const(32)  # answer lines kept of one command
_RECENT_MAX = const(8)  # URCs kept for the wait that follows the command in flight
_PAYLOAD_MAX = const(2048)
_BOOT_S = const(20)  # boot lines of one start come within so long
_PLUS = const(43)

_CALLS = (b"D", b"A", b"O", b"+CGACT=", b"+CGDATA")  # may end in CONNECT or NO CARRIER

# Headers whose next line is data, whatever it looks like (TS 27.005 cl. 3.4).
_BODY_URCS = (b"+CMT:", b"+CDS:", b"+CBM:")
_BODY_ANSWERS = (b"+CMGR:", b"+CMGL:")


class Intake:
    """Base of Engine, which owns the tasks and the time and whose docstring names the callbacks.

    Up to a whole line nothing is allocated; a line that is kept becomes one bytes object.
    """

    def __init__(self, clock, family, counters):
        self.family = family
        self.on_urc = self.trace = None
        self.heard_s = 0  # uptime of the last line
        self.noise = False  # bytes came since someone cleared it
        self.refused = False  # the fence got a result without its line
        self.cmee = b""  # last digit of the +CMEE= that was accepted
        self._clock = clock
        self._counters = counters
        self._splitter = lines.LineSplitter(1024, CHUNK)
        self._stale = None  # the command that timed out, until answers pair again
        self._boot = b""
        self._boot_s = 0
        self._recent = []
        self._blank = False  # this module sends an empty line between payload and OK
        self._reply = self._payload = None
        self._forget()

    def _forget(self):
        # What holds for one life of the modem.
        self._cmd = self._task = None
        self._echo_off = self._verbose = self._lost = self._bad = False
        self._head = None  # a header whose body comes next
        self._maybe = -1
        self._splitter.prompt = 0
        self.cmee = b""

    def _count(self, counter):
        self._counters[counter] += 1

    def feed(self, buf, n):
        """Take the first `n` bytes of `buf`; callbacks and tasks run from here."""
        if len(buf) > CHUNK:
            for i in range(0, n, CHUNK):
                piece = bytes(buf[i : min(i + CHUNK, n)])
                self.feed(piece, len(piece))
            return
        self.noise = True
        splitter = self._splitter
        splitter.feed(buf, n)
        while True:
            event = splitter.next()
            if event == lines.LINE:
                self._line(splitter.buf, splitter.start, splitter.end)
            elif event == lines.NONE:
                return
            elif event == lines.PROMPT:
                self._prompt()
            else:
                self._piece(splitter.line())

    def _line(self, buf, start, end):
        self.heard_s = self._clock.s
        cmd = self._cmd
        if self._head:
            self._body(cmd, self._splitter.line())
            return
        if cmd is None:
            if 0 <= result.final(buf, start, end) <= _CMS:
                self._count(ids.C_MODEM_LATE)
                return
        else:
            for head in cmd.prefix:
                if buf.startswith(head, start):
                    if not (cmd.text.endswith(b"REG?") and is_urc_form(buf, start, end)):
                        self._answer(cmd, self._splitter.line())
                        return
                    break
            code = result.final(buf, start, end, cmd.finals)
            if code >= 0 and (code not in (_NO_CARRIER, _CONNECT) or matches(cmd.text, _CALLS)):
                self._final(cmd, code, buf, start, end)
                return
            if buf.startswith(b"AT", start) and buf.startswith(cmd.text, start + 2):
                self._lost = self._lost or self._echo_off
                return
            code = result.terse(buf, start, end)
            if code >= 0:
                self._doubt(code)
                return
        self._other(cmd, self._splitter.line())

    def _answer(self, cmd, line):
        # A line of the answer to the command in flight.
        if self._maybe >= 0:
            self._maybe = -1
            self._due = self._limit
        self._keep(line)
        if cmd.payload and line.startswith(cmd.payload[0]):
            self._expect(line, cmd.payload[1])
        elif matches(line, _BODY_ANSWERS):
            self._head = line

    def _keep(self, line):
        if len(self._reply.lines) < _LINES_MAX:
            self._reply.lines.append(line)
        else:
            self._count(ids.C_MODEM_OVERLONG)
        if self.trace:
            self.trace.heard(line)

    def _final(self, cmd, code, buf, start, end):
        reply = self._reply
        if cmd is FENCE and not reply.lines:
            self.refused = True  # of an earlier command: the fence's own comes after its line
            self._count(ids.C_MODEM_LATE)
            return
        if code == _OK:
            reply.text = b"OK"
            if self._bad:
                code = _ERROR
        else:
            reply.text = self._splitter.line()
            if code in (_CME, _CMS):
                reply.code = result.number(buf, start, end)
        if self.trace:
            self.trace.heard(reply.text)
        self._finish(code)

    def _doubt(self, code):
        # A lone digit is a terse result or what lost bytes left of a line; an `OK` as the body of
        # a message may be the result after an empty one. The next line decides, or silence.
        self._maybe = code
        self._due = ticks_add(self._clock.ms, _QUIET_MS)

    def _other(self, cmd, line):
        # Neither answer nor result: a boot line, an unsolicited one, a bare answer, or noise.
        first = line[0]
        if line in self.family.BOOT_URCS:
            now_s = self._clock.s
            if not self._boot or line == self._boot or now_s - self._boot_s > _BOOT_S:
                self._boot = line
                self._boot_s = now_s
                self._restart()
            self._urc(line)
        elif self._stale and matches(line, self._stale.prefix):
            self._count(ids.C_MODEM_LATE)
        elif matches(line, _BODY_URCS):
            self._head = line
        elif line.find(b"REG:", 2, 9) > 0 and not is_urc_form(line, 0, len(line)):
            self._count(ids.C_MODEM_LATE)  # an answer: no news has this form
        elif first == _PLUS or first in b"^*%$#" or matches(line, self.family.URCS):
            self._urc(line)
        elif 32 <= first < 127 and cmd and cmd.bare:
            self._answer(cmd, line)
        elif 48 <= first <= 90:
            self._urc(line)
        else:
            self._count(ids.C_MODEM_GARBAGE)

    def _body(self, cmd, line):
        # The data line that a header announced.
        head = self._head
        self._head = None
        if matches(head, _BODY_URCS):
            self._urc(head + b"\r\n" + line)
        elif cmd:
            self._keep(line)
            if line == b"OK":
                self._doubt(_OK)

    def _urc(self, line):
        if self.trace:
            self.trace.heard(line)
        if self._cmd and len(self._recent) < _RECENT_MAX:
            self._recent.append(line)
        if self.on_urc:
            self.on_urc(line)
        self._wake(line)

    def _prompt(self):
        cmd = self._cmd
        self._splitter.prompt = 0
        self._due = self._limit = ticks_add(self._clock.ms, self._limit_ms)
        self.write(cmd.data)
        if self.trace:
            self.trace.note(b"> [%d bytes]" % len(cmd.data))

    # Counted payload

    def _expect(self, line, field):
        # Taken with the four bytes after it: CR LF and another CR LF or the `OK`. Anything else
        # there means that bytes were lost inside.
        try:
            count = int(line[line.index(b":") + 1 :].split(b",")[field])
        except (ValueError, IndexError):
            count = -1
        if 0 < count <= _PAYLOAD_MAX:
            self._payload = bytearray()
            self._missing = count + 4
            self._splitter.payload(count + 4)
        elif count:
            self._spoil()

    def _piece(self, piece):
        self._missing -= len(piece)
        self._payload += piece
        if self._missing or self._cmd is None:
            return
        data = bytes(self._payload[:-4])
        tail = self._payload[-4:]
        if self.trace:
            self.trace.note(b"< [%d bytes]" % len(data))
        if tail == b"\r\n\r\n":
            self._blank = True
        elif tail != b"\r\nOK" or (self._blank and data.endswith(b"\r\n")):
            self._spoil()
            return
        self._reply.payload = data
        if tail[3] == 75:
            self._finish(_OK)

    def _spoil(self):
        self._bad = True
        self._count(ids.C_MODEM_GARBAGE)


def is_urc_form(buf, start, end):
    """Whether a +CREG, +CGREG or +CEREG line is news and no answer (TS 27.007 cl. 7.2).

    The answer has a bare stat of 1 or 2 digits as its second field; the news has a quoted or hex
    area code there, or nothing.
    """
    at = buf.find(b",", start, end) + 1
    if not at:
        return True
    first = at
    while at < end and 48 <= buf[at] <= 57:
        at += 1
    return not 0 < at - first < 3 or (at < end and buf[at] != 44)
