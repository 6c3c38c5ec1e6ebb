"""The network's alphabets: GSM 7 bit, UCS2 (TS 23.038 cl. 6), and what modules print plainly."""

from .. import const

GSM7 = const(0)
OCTETS = const(1)
UCS2 = const(2)
_LACKING = const(0xFFFD)

# The default alphabet where it is not ASCII (TS 23.038 cl. 6.2.1) and its extension.
LOW = "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞ\x1bÆæßÉ"
OTHER = "$@[\\]^_`{|}~\x7f"
THERE = "¤¡ÄÖÑÜ§¿äöñüà"
ESCAPED = "\n\x14()/<=>@e"
EXTENSION = "\f^{}\\[~]|€"


def septets(data, count):
    """Unpack `count` septets (TS 23.038 cl. 6.1.2.1.1); fewer when data ends before."""
    out = bytearray(min(count, len(data) * 8 // 7))
    held = bits = at = 0
    for i in range(len(out)):
        if bits < 7:
            held |= data[at] << bits
            at += 1
            bits += 8
        out[i] = held & 127
        held >>= 7
        bits -= 7
    return out


def gsm_text(values):
    """Septets as text; what the tables lack becomes U+FFFD."""
    # No single character is made by chr() or an index: MicroPython keeps each one as a name for
    # ever, and who sends many different ones would fill a board's memory.
    out = []
    escape = False
    for c in values:
        char = "%c" % c
        if escape:
            at = ESCAPED.find(char)
            out.append(EXTENSION[at : at + 1] if at >= 0 else "\ufffd")
            escape = False
        elif c == 27:
            escape = True
        elif c < 32:
            out.append(LOW[c : c + 1])
        else:
            at = OTHER.find(char)
            out.append(char if at < 0 else THERE[at : at + 1])
    return "".join(out)


def ucs2_text(data):
    """UCS2 or UTF-16, big endian, as text; an odd byte is dropped, half a pair is U+FFFD."""
    out = bytearray()
    high = 0
    for i in range(0, len(data) - 1, 2):
        unit = data[i] << 8 | data[i + 1]
        if high and 0xDC00 <= unit < 0xE000:
            _put(out, 0x10000 + (high - 0xD800 << 10) + unit - 0xDC00)
            high = 0
            continue
        if high:
            _put(out, _LACKING)
            high = 0
        if 0xD800 <= unit < 0xDC00:
            high = unit
        else:
            _put(out, _LACKING if 0xDC00 <= unit < 0xE000 else unit)
    if high:
        _put(out, _LACKING)
    return str(out, "utf-8")


def plain(raw):
    """Bytes that are no hex as (text, sure): ASCII with the GSM codes below it, UTF-8, Latin-1."""
    for c in raw:
        if c < 32 and c not in b"\t\n\r":
            return gsm_text(raw) if max(raw) < 128 else _latin(raw), max(raw) < 128
    try:
        return str(raw, "utf-8"), True
    except ValueError:
        return _latin(raw), False


def _latin(raw):
    out = bytearray()
    for c in raw:
        _put(out, c)
    return str(out, "utf-8")


def _put(out, c):
    """A character as UTF-8."""
    if c < 0x80:
        out.append(c)
        return
    if c < 0x800:
        out.append(0xC0 | c >> 6)
    else:
        if c < 0x10000:
            out.append(0xE0 | c >> 12)
        else:
            out.append(0xF0 | c >> 18)
            out.append(0x80 | c >> 12 & 63)
        out.append(0x80 | c >> 6 & 63)
    out.append(0x80 | c & 63)
