"""Cuts the modem's byte stream into lines, prompts and counted payload (V.250 cl. 5 and 6)."""

from .. import const

NONE = const(0)  # nothing complete yet
LINE = const(1)
PROMPT = const(2)
PAYLOAD = const(3)  # the next bytes of a counted payload, perhaps not all

_RESULT_MAX = const(5)  # `ERROR`, the longest result that may cut an open text


class LineSplitter:
    """Called by the engine only. Allocates when made; feed() and next() allocate nothing.

    After next() the event's bytes are `buf[start:end]`, valid until the next feed().
    A line ends with CR or LF, so a terse result (`0` CR) does not wait; empty lines vanish.
    """

    def __init__(self, line_max=1024, chunk_max=256):
        self.buf = bytearray(line_max + chunk_max + _RESULT_MAX + 1)
        self.line_max = line_max
        self.start = 0
        self.end = 0
        self.prompt = 0  # byte that is a prompt at a line's head (`>` or `@`); 0: none awaited
        self.overlong = 0  # lines longer than line_max, skipped
        self.need = 0  # bytes of payload still to come; 0: lines
        self._cr = False  # the last line ended with CR: its LF may follow
        self._space = False  # a prompt was seen: its space may follow
        self.reset()

    def reset(self):
        """Forget what is buffered: after a time-out, a restart, a change of rate."""
        self._from = self._head = self._scan = self._fill = 0
        self._held = 0  # end of the lines kept so far of a text with an open quote
        self._skip = self._cr = self._space = False
        self.need = 0

    def payload(self, count):
        """The `count` bytes after the line just returned are data: call before next()."""
        self.need = count

    def feed(self, src, count):
        """Take `count` bytes of `src`, at most chunk_max; then call next() until NONE.

        All of `src` is copied, since a slice would allocate: len(src) <= chunk_max too.
        Raises ValueError: next() was not called until NONE, so that there is no room.
        """
        fill = self._fill
        if fill + len(src) > len(self.buf):
            fill = self._compact()
            if fill + len(src) > len(self.buf):
                raise ValueError("not drained")
        self.buf[fill : fill + len(src)] = src
        self._fill = fill + count

    def whole(self, src, at, count):
        """Find a whole plain line in `src[at:count]` without taking it in: nearly all are so.

        Returns where the rest starts, and the line is `src[start:end]`; or -1 when there is none:
        the rest has been fed then, and next() tells of it. To be called instead of feed(), with
        `at` 0 first and then with what it returned, until that is -1 or `count`.
        """
        if not (self._fill or self.need or self._skip or self._space):
            rest = _plain(self, src, at, count)
            if rest:
                return rest
        self.feed(src, count)
        if at:
            self._from = self._head = self._scan = at
        return -1

    def _compact(self):
        # By hand: a slice assignment would build a copy first. Rare, and the rest is short.
        buf = self.buf
        start = self._from
        for i in range(start, self._fill):
            buf[i - start] = buf[i]
        self._from = 0
        self._head -= start
        self._scan -= start
        self._held -= start if self._held else 0
        self._fill -= start
        return self._fill

    def line(self):
        """The event's bytes as an object of their own (allocates)."""
        return bytes(self.buf[self.start : self.end])

    def next(self):
        """The next event: LINE, PROMPT, PAYLOAD, or NONE when more bytes are needed."""
        buf = self.buf
        fill = self._fill
        head = self._head
        if (
            head < fill
            and head == self._scan
            and not (self._held or self.need or self._skip or self._space)
        ):
            head = _plain(self, buf, head, fill)
            if head and head - self._from <= self.line_max:
                self._from = self._head = self._scan = head
                return LINE
        while fill:
            if self._head >= fill:
                if not self._held or fill - self._from > self.line_max:
                    self.overlong += 1 if self._held else 0
                    self._held = self._from = self._head = self._scan = self._fill = 0
                return NONE
            if self.need:
                if self._counted(fill):
                    return PAYLOAD
                continue
            if self._head == self._scan and not self._skip:
                event = self._line_head(fill)
                if event:
                    return event
                if self._head >= fill:
                    continue
            end = self._end_of_line(fill)
            if end >= 0:
                if self._line_end(end):
                    return LINE
                continue
            self._scan = fill
            if fill - self._from > self.line_max and not (
                self._held
                and fill - self._head <= _RESULT_MAX
                and self._head - self._from <= self.line_max
            ):
                self._skip = True
                self._held = 0
            if not self._skip:
                return NONE
            self._from = self._head = fill
        return NONE

    def _end_of_line(self, fill):
        # Of the first CR or LF; -1 where there is none yet.
        cr = self.buf.find(b"\r", self._scan, fill)
        lf = self.buf.find(b"\n", self._scan, fill if cr < 0 else cr)
        return cr if lf < 0 else lf

    def _counted(self, fill):
        # The next piece of a counted payload; False when only the header's LF was there.
        head = self._head
        if self._cr:
            self._cr = False
            if self.buf[head] == 10:
                head += 1
        end = head + self.need
        if end > fill:
            end = fill
        self.need -= end - head
        return self._give(head, end, end)

    def _line_head(self, fill):
        # At the first byte of a line: drop empty lines, see a prompt or the cut of an open text.
        buf = self.buf
        head = self._head
        if self._space:
            self._space = False
            if buf[head] == 32:
                head += 1
        while head < fill and (buf[head] == 13 or buf[head] == 10):
            head += 1
        self._head = self._scan = head
        if self._held:
            if head < fill and buf[head] == 43:  # `+`
                return self._give_held()
            return NONE
        self._from = head
        if head < fill and buf[head] == self.prompt:
            self._cr = False
            self._space = True
            self._give(head, head + 1, head + 1)
            return PROMPT
        return NONE

    def _line_end(self, end):
        # True when a line is given; else it was skipped or belongs to a text still open.
        buf = self.buf
        head = self._head
        if self._held and (
            (end - head == 2 and buf.startswith(b"OK", head))
            or (end - head == 5 and buf.startswith(b"ERROR", head))
        ):
            return self._give_held()
        first = self._from
        self._cr = buf[end] == 13
        if self._skip or end - first > self.line_max:
            self.overlong += 1
            self._skip = False
            self._held = 0
            self._from = self._head = self._scan = end + 1
            return False
        if buf.startswith(b"+CUSD:", first) and is_open(buf, first, end):
            self._held = end
            self._head = self._scan = end + 1
            return False
        self._held = 0
        return self._give(first, end, end + 1)

    def _give_held(self):
        # The text was cut: what follows is a line of its own.
        end = self._held
        self._held = 0
        return self._give(self._from, end, self._head)

    def _give(self, start, end, rest):
        self.start = start
        self.end = end
        self._from = self._head = self._scan = rest
        return end > start


def is_open(buf, start, end):
    """True while the text in quotes that starts in `buf[start:end]` has no end there.

    The end is a quote before an optional dcs: a line break inside the quotes is text.
    """
    quote = buf.find(b'"', start, end)
    while end > quote + 1 and buf[end - 1] in b" ,0123456789":
        end -= 1
    return quote >= 0 and (end <= quote + 1 or buf[end - 1] != 34)


def _plain(splitter, src, at, count):
    # Where the rest starts behind a line that needs no second look; 0 when there is none.
    # (No method: MicroPython looks a method up in the instance first.)
    while src.startswith(b"\r\n", at):
        at += 2
    end = src.find(b"\r", at, count)
    if end <= at or src.find(b"\n", at, end) >= 0:
        return 0
    c = src[at]
    if src.startswith(b"+CUSD:", at) if c == 43 else c == splitter.prompt:
        return 0
    splitter.start = at
    splitter.end = end
    end += 1
    splitter._cr = end == count
    return end if end == count or src[end] != 10 else end + 1
