"""Pairs what the modem says with the command in flight; the other half of the engine.

Everything unsolicited may come at any line boundary, so each line is asked in this order: data
announced by the line before, answer, result, echo, terse result, boot line, late, unsolicited.
"""

from posproto import const, ids
from posproto.at import lines, result

from ..life.clock import ticks_add
from .command import matches
from .resync import FENCE, REFUSED

CHUNK = const(256)
_QUIET_MS = const(300)  # a result in doubt counts when nothing follows it for so long
_LINES_MAX = const(32)  # answer lines kept of one command
_ANSWER_MAX = const(4096)  # and their bytes
_URC_MAX = const(800)  # a +CUSD of 182 UCS2 characters; what is longer is nobody's news
_RECENT_MAX = const(16)  # URCs kept for the wait that follows the command in flight
_PAYLOAD_MAX = const(2048)
_BOOT_S = const(20)  # boot lines of one start come within so long
_TWICE_S = const(2)  # Luat modules say RDY twice; none starts again so soon
_PLUS = const(43)

_CALLS = (b"D", b"A", b"O", b"+CGACT=", b"+CGDATA")  # may end in CONNECT or NO CARRIER

# Headers whose next line is data, whatever it looks like (TS 27.005 cl. 3.4).
_BODY_URCS = (b"+CMT:", b"+CDS:", b"+CBM:")
_BODY_ANSWERS = (b"+CMGR:", b"+CMGL:")


class Intake:
    """Base of Engine, which owns the tasks and the time and whose docstring names the callbacks.

    What a task waits for is only noted here: poll() resumes it, from the top of the loop, since a
    board's C stack holds few calls. Up to a whole line nothing is allocated; a line that is kept
    becomes one bytes object.
    """

    def __init__(self, clock, family, counters):
        self.family = family
        self.on_urc = self.trace = None
        self.heard_s = 0  # uptime of the last line
        self.noise = True  # bytes came since something was asked
        self.asked_s = 0  # uptime at which that was
        self.settled = {}  # settings that were accepted and are lost in a silent reset
        self._clock = clock
        self._counters = counters
        self._splitter = lines.LineSplitter(1024, CHUNK)
        self._stale = None  # the command that timed out, until answers pair again
        self._boot = b""  # the line of the last start, and its uptime
        self._boot_s = 0
        self._recent = []  # unsolicited lines since a command was sent, or a task got its answer
        self._ready = False  # poll() has a task to resume
        self._blank = None  # whether this module sends an empty line between payload and OK
        self._reply = None
        self._forget()

    def _forget(self):
        # What holds for one life of the modem.
        # No property here: with one, MicroPython asks the class at each store to any attribute.
        self.busy = None  # the command in flight
        self._task = None  # whose command it is, or was last
        self._plain = None  # head of lines that are answers without a second look
        self._head = None  # a header whose body comes next
        self._lost = False  # it was reset without a word
        self._unechoed = False  # the command in flight is the first one after E0
        self._maybe = -1
        self._splitter.prompt = 0
        self.settled.clear()

    def _count(self, counter):
        self._counters[counter] += 1

    def feed(self, buf, n):
        """Take the first `n` bytes of `buf`; the callbacks are called from here."""
        if len(buf) > CHUNK:
            for i in range(0, n, CHUNK):
                piece = bytes(buf[i : min(i + CHUNK, n)])
                self.feed(piece, len(piece))
            return
        self.noise = True
        splitter = self._splitter
        at = splitter.whole(buf, 0, n)
        while at >= 0:
            start = splitter.start
            plain = self._plain
            if plain and buf.startswith(plain, start):
                if self.busy.reg and is_urc_form(buf, start, splitter.end):
                    self._other(self.busy, bytes(buf[start : splitter.end]))
                else:
                    if self.busy.follows:
                        self._plain = self.busy.follows[plain]
                    if len(self._reply.lines) < _LINES_MAX and not self.trace:
                        self._reply.lines.append(bytes(buf[start : splitter.end]))
                    else:
                        self._keep(bytes(buf[start : splitter.end]))
            elif plain and buf.startswith(b"OK\r", start):
                self._finish(result.OK, b"OK")
            else:
                self._line(buf, start, splitter.end)
            if at == n:
                return
            at = splitter.whole(buf, at, n)
        event = splitter.next()
        while event:
            if event == lines.LINE:
                self._line(splitter.buf, splitter.start, splitter.end)
            elif event == lines.PROMPT:
                self._prompt()
            else:
                self._piece(splitter.line())
            event = splitter.next()

    def _line(self, buf, start, end):
        cmd = self.busy
        if cmd and not self._head:
            for head in cmd.prefix:
                if buf.startswith(head, start) and not (cmd.reg and is_urc_form(buf, start, end)):
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
                # Echo after E0 was accepted: it was reset, or E0 has no effect there, which shows
                # at once.
                if self._unechoed:
                    self.settled.pop(b"E0", None)
                else:
                    self._lost = self._lost or b"E0" in self.settled
                return
            else:
                code = result.terse(buf, start, end)
                if code >= 0:
                    self._doubt(code)
                    return
        elif self._head:
            self._body(cmd, bytes(buf[start:end]))
            return
        elif 0 <= result.final(buf, start, end) <= result.CMS:
            self._count(ids.C_MODEM_LATE)
            return
        self._other(cmd, bytes(buf[start:end]))

    def _answer(self, cmd, line):
        # A line of the answer to the command in flight.
        if self._maybe >= 0:
            self._maybe = -1
            self._plain = cmd.plain
            self._set_limit(cmd)
        self._keep(line)
        if cmd.payload and line.startswith(cmd.payload[0]):
            self._expect(line, cmd.payload[1])
        elif matches(line, _BODY_ANSWERS):
            self._head = line

    def _keep(self, line):
        reply = self._reply
        reply.size += len(line)
        if len(reply.lines) < _LINES_MAX and reply.size <= _ANSWER_MAX:
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
        self._due = ticks_add(self._clock.ms, _QUIET_MS)

    def _other(self, cmd, line):
        # Neither answer nor result: a boot line, an unsolicited one, a bare answer, or noise.
        first = line[0]
        if line in self.family.BOOT_URCS:
            now_s = self._clock.s
            past_s = now_s - self._boot_s
            if not self._boot or past_s > (_TWICE_S if line == self._boot else _BOOT_S):
                self._boot = line
                self._boot_s = now_s
                self._restart()
            self._urc(line)
        elif self._late(line):
            self._count(ids.C_MODEM_LATE)
        elif matches(line, _BODY_URCS) or self._announced(line):
            self._head = line
            self._plain = None
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

    def _late(self, line):
        # An answer to the command that timed out; registration's news has the same heads.
        stale = self._stale
        if stale is None or not matches(line, stale.prefix):
            return False
        return not (stale.reg and is_urc_form(line, 0, len(line)))

    def _body(self, cmd, line):
        # The data line that a header announced.
        head = self._head
        self._head = None
        self._plain = cmd.plain if cmd else None
        if matches(head, _BODY_URCS):
            self._urc(head + b"\r\n" + line)
        elif not line:
            line = self._sound(head)
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
        if self.busy or self._ready:
            self._remember(line)
        if self.on_urc:
            self.on_urc(line)
        self._wake(line)

    def _remember(self, line):
        # For the wait that the task in hand may begin. The newest ones: noise while a command was
        # in flight had filled the list, and the line that was waited for found no room.
        recent = self._recent
        if len(recent) == _RECENT_MAX:
            recent.pop(0)
            for task in self._tasks:
                if task.ready and task.mark > 0:
                    task.mark -= 1
        recent.append(line)

    def _prompt(self):
        cmd = self.busy
        self._splitter.prompt = 0
        if not cmd or cmd.data is None:
            return  # a `>` for a command that is over by now
        self._set_limit(cmd)
        self.write(cmd.data)
        if self.trace:
            self.trace.data(len(cmd.data), b"> ")

    # Counted payload

    # It is taken with the four bytes after it: CR LF and another CR LF, or the head of the next
    # line. Anything else there means that bytes were lost inside.

    def _expect(self, line, field):
        count = _count_in(line, field)
        if 0 < count <= _PAYLOAD_MAX:
            self._reply.payload = b""
            self._splitter.need = count + 4
        elif count:
            self._spoil()

    def _announced(self, line):
        # Payload that comes unasked.
        for head, field in self.family.DATA_URCS:
            if line.startswith(head):
                count = _count_in(line, field)
                if 0 < count <= _PAYLOAD_MAX:
                    self._splitter.need = count + 4
                    return True
        return False

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
        reply.payload = self._sound(reply.payload)
        if reply.payload is None:
            self._spoil()
            return
        if self.trace:
            self.trace.data(len(reply.payload), b"< ")
        if tail == b"OK":
            self._finish(result.OK, b"OK")

    def _sound(self, data):
        # The payload without what follows it; None when bytes were lost.
        tail = data[-4:]
        data = data[:-4]
        if tail == b"\r\n\r\n":
            self._blank = True
        elif self._blank or tail not in (b"\r\nOK", b"\r\n+C"):
            return None
        elif self._blank is None:
            if data[-1] in b"\r\n":
                return None  # perhaps bytes short
            self._blank = False
        return data

    def _spoil(self):
        self._reply.bad = True
        self._count(ids.C_MODEM_GARBAGE)


def _count_in(line, field):
    try:
        return int(line[line.index(b":") + 1 :].split(b",")[field])
    except (ValueError, IndexError):
        return -1


def is_urc_form(buf, start, end):
    """Whether a +CREG, +CGREG or +CEREG line is news and no answer (TS 27.007 cl. 7.2).

    The answer has a bare stat of 1 or 2 digits, or 3 with leading zeros, as its second field; the
    news has a quoted or hex area code there, or nothing. Other lines are never news in this sense.
    """
    if buf.find(b"REG:", start, start + 8) < 0:
        return False
    at = buf.find(b",", start, end) + 1
    if not at or at >= end or not 48 <= buf[at] <= 57:
        return True
    at += 1
    if at < end and 48 <= buf[at] <= 57:
        at += 1
        if at < end and buf[at - 2] == 48 and 48 <= buf[at] <= 57:
            at += 1
    return at < end and buf[at] != 44
