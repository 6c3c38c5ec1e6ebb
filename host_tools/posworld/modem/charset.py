"""Texts as a SIM card's world writes them: GSM 7 bit (TS 23.038 cl. 6.2.1), UCS2, +CSCS forms."""

_BASIC = (
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞ\x1bÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_EXTENSION = (
    ("\f", 0x0A),
    ("^", 0x14),
    ("{", 0x28),
    ("}", 0x29),
    ("\\", 0x2F),
    ("[", 0x3C),
    ("~", 0x3D),
    ("]", 0x3E),
    ("|", 0x40),
    ("€", 0x65),
)


def septets(text):
    """The text as GSM 7-bit codes, or None where a character has none."""
    out = bytearray()
    for c in text:
        code = _BASIC.find(c)
        if code >= 0 and c != "\x1b":
            out.append(code)
            continue
        for char, extended in _EXTENSION:
            if c == char:
                out.append(0x1B)
                out.append(extended)
                break
        else:
            return None
    return bytes(out)


def from_septets(codes):
    """Text of GSM 7-bit codes; an unknown extension shows as a space (cl. 6.2.1.1)."""
    out = []
    escaped = False
    for code in codes:
        if escaped:
            escaped = False
            for char, extended in _EXTENSION:
                if code == extended:
                    out.append(char)
                    break
            else:
                out.append(" ")
        elif code == 0x1B:
            escaped = True
        else:
            out.append(_BASIC[code & 0x7F])
    return "".join(out)


def pack(codes, fill_bits=0):
    """Septets into octets (cl. 6.1.2.1.1), after fill_bits zeros (behind a data header)."""
    out = bytearray()
    have = fill_bits
    bits = 0
    for code in codes:
        bits |= code << have
        have += 7
        while have >= 8:
            out.append(bits & 0xFF)
            bits >>= 8
            have -= 8
    if have:
        out.append(bits & 0xFF)
    return bytes(out)


def unpack(octets, count, fill_bits=0):
    """The first count septets of packed octets."""
    out = bytearray()
    bits = 0
    have = 0
    skip = fill_bits
    for octet in octets:
        bits |= octet << have
        have += 8
        if skip:
            bits >>= skip
            have -= skip
            skip = 0
        while have >= 7 and len(out) < count:
            out.append(bits & 0x7F)
            bits >>= 7
            have -= 7
    return bytes(out)


def ucs2(text):
    """Big-endian UCS2; characters outside the basic plane as surrogate pairs."""
    out = bytearray()
    for c in text:
        code = ord(c)
        if code >= 0x10000:
            code -= 0x10000
            units = (0xD800 + (code >> 10), 0xDC00 + (code & 0x3FF))
        else:
            units = (code,)
        for unit in units:
            out.append(unit >> 8)
            out.append(unit & 0xFF)
    return bytes(out)


def from_ucs2(octets):
    out = []
    high = 0
    for i in range(0, len(octets) - 1, 2):
        unit = octets[i] << 8 | octets[i + 1]
        if 0xD800 <= unit < 0xDC00:
            high = unit
        elif high and 0xDC00 <= unit < 0xE000:
            out.append(chr(0x10000 + ((high - 0xD800) << 10) + (unit - 0xDC00)))
            high = 0
        else:
            out.append(chr(unit))
    return "".join(out)


def hexed(octets):
    return "".join(["%02X" % b for b in octets])


def unhexed(text):
    """Octets of a hex text; None where it is none."""
    if len(text) % 2:
        return None
    out = bytearray()
    for i in range(0, len(text), 2):
        high = "0123456789ABCDEF".find(text[i].upper())
        low = "0123456789ABCDEF".find(text[i + 1].upper())
        if high < 0 or low < 0:
            return None
        out.append(high << 4 | low)
    return bytes(out)


def to_te(text, cscs):
    """The text as the modem shows it to the terminal under +CSCS (TS 27.007 cl. 5.5)."""
    if cscs == "UCS2":
        return hexed(ucs2(text))
    if cscs == "HEX":
        return hexed(septets(text) or b"")
    if cscs == "IRA":
        return "".join([c if " " <= c <= "~" or c in "\r\n" else "?" for c in text])
    # "GSM": the codes themselves go over the wire, one octet each.
    codes = septets(text)
    if codes is None:
        return "".join([c if septets(c) else "?" for c in text])
    return "".join([chr(code) for code in codes])


def from_te(text, cscs):
    """What the terminal wrote under +CSCS; None where it cannot be read."""
    if cscs == "UCS2":
        octets = unhexed(text)
        return None if octets is None or len(octets) % 2 else from_ucs2(octets)
    if cscs == "HEX":
        octets = unhexed(text)
        return None if octets is None else from_septets(octets)
    if cscs == "IRA":
        return text
    return from_septets([ord(c) & 0x7F for c in text])
