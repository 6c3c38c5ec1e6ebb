"""What the trace shows: identities starred out, texts hidden, as much as fits one frame."""

from posproto import const, mask

from ..life.clock import ticks_diff
from .command import matches

_ANSWER_MAX = const(500)  # bytes of text in one answer
_TEXTS = (b"< +CUSD:", b"> AT+CUSD=")
_BEFORE_TEXT = (b"< +CMGR:", b"< +CMGL:")


def entries(trace, after: int):
    """[[number, age_ms, text], ...] of the lines of a Trace behind entry `after`."""
    clock, texts = trace.clock, trace.texts
    out = []
    room = _ANSWER_MAX
    is_text = False
    ends = b""  # what a line must hold to be the last of a text that goes on
    for number, s, ms, kind, line in trace.kept():
        line = whole = kind + line
        ussd = matches(line, _TEXTS)
        hide = is_text or ussd or b"\r\n" in line
        if hide and not texts:
            line = (line[:1] if is_text else line[:8]) + b" [text]"
        if ussd:  # a line break in it: the rest comes up to the closing quote
            ends = b'"' if whole.count(b'"') & 1 else b""
        elif ends and (ends in whole or whole[2:] == b"OK" or kind != b"< "):
            ends = b""
        is_text = matches(whole, _BEFORE_TEXT) or ends != b""
        if number <= after:
            continue
        if not hide:
            line = masked(line)
        room -= len(line) + 10
        if room < 0:
            break
        age_ms = (clock.s - s) * 1000
        if age_ms < 1 << 28:
            age_ms = ticks_diff(clock.ms, ms)
        assert age_ms >= 0 and (not out or number > out[-1][0])
        out.append([number, age_ms, line])
    return out


def masked(line: bytes):
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
    mask.grouped(out)
    assert len(out) == len(line) + 1  # starred, not cut
    return bytes(out[:-1])
