"""The last lines to and from the modem, for engineers: a ring in RAM, masked when it is read.

Keeps references to lines that the engine made anyway. Payload, PINs and passwords never get in.
"""

from posproto import const

from .clock import ticks_diff
from .steps import matches

_SLOTS = const(48)
_LINE_MAX = const(160)
_ANSWER_MAX = const(500)  # bytes of text in one answer: it must fit a frame
_SECRETS = (b"+CPIN", b"+CPWD", b"+CLCK", b"+CGAUTH", b"+QICSGP", b"+CSTT")
_TEXTS = (b"< +CUSD:", b"> AT+CUSD=")
_BEFORE_TEXT = (b"< +CMGR:", b"< +CMGL:")


class Trace:
    """Filled by the engine; `texts` True (set by a keyed request) shows SMS and USSD texts too."""

    def __init__(self, clock):
        self.texts = False
        self._clock = clock
        self._ring = [None] * _SLOTS  # (s, ms, kind, text)
        self._next = 0

    def heard(self, line, kind=b"< "):
        """A line from the modem."""
        self._ring[self._next % _SLOTS] = (self._clock.s, self._clock.ms, kind, line)
        self._next += 1

    def sent(self, text):
        """A command without its `AT`."""
        at = text.find(b"=")
        if at > 0 and matches(text, _SECRETS):
            text = text[: at + 1] + b"***"
        self.heard(text, b"> AT")

    def data(self, count, kind):
        """`count` bytes of payload that went out (`> `) or came in."""
        self.heard(b"[%d bytes]" % count, kind)

    def read(self, after=0):
        """[[number, age_ms, text], ...] behind entry `after`, oldest first, as fits one frame."""
        entries = []
        room = _ANSWER_MAX
        is_text = False
        for n in range(max(0, self._next - _SLOTS), self._next):
            s, ms, kind, line = self._ring[n % _SLOTS]
            line = kind + line[:_LINE_MAX]
            hide = is_text or b"\r\n" in line or matches(line, _TEXTS)
            if hide and not self.texts:
                line = (line[:1] if is_text else line[:8]) + b" [text]"
            is_text = matches(line, _BEFORE_TEXT)
            if n < after:
                continue
            if not hide:
                line = masked(line)
            room -= len(line) + 10
            if room < 0:
                break
            age_ms = (self._clock.s - s) * 1000
            if age_ms < 1 << 28:
                age_ms = ticks_diff(self._clock.ms, ms)
            entries.append([n + 1, age_ms, line])
        return entries


def masked(line):
    """`line` with what identifies a card or a person starred out but for head and tail.

    IMSI, ICCID, IMEI, EF contents: 11 and more hex digits; numbers: 10 digits, or 7 after a `+`.
    """
    out = bytearray(line + b" ")
    first = 0
    least = 10
    for i in range(len(out)):
        c = out[i] | 32
        if 97 <= c <= 102:
            least = 11
        elif not 48 <= c <= 57 or out[i] < 48:
            size = i - first
            if size >= (7 if first and out[first - 1] == 43 else least):
                for k in range(first + (5 if size > 13 else 3), i - 2):
                    out[k] = 42
            first = i + 1
            least = 10
    return bytes(out[:-1])
