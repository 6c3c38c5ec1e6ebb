"""Text messages that are sent: the SMS-SUBMIT of TS 23.040 cl. 9.2.2.2, and its two alphabets."""

from binascii import hexlify

from . import Unreadable
from .charset import ESCAPED, EXTENSION, LOW, OTHER, THERE


def packed(values):
    """Septets packed into octets (TS 23.038 cl. 6.1.2.1)."""
    out = bytearray((len(values) * 7 + 7) // 8)
    for i in range(len(values)):
        place = i * 7
        held = values[i] << (place & 7)
        out[place >> 3] |= held & 255
        if held > 255:
            out[(place >> 3) + 1] |= held >> 8
    return out


def gsm_septets(text):
    """Text in the GSM alphabet, a septet an octet; None when that lacks a character."""
    out = bytearray()
    for char in text:
        c = ord(char)
        at = LOW.find(char)
        if at >= 0:
            out.append(at)
        elif THERE.find(char) >= 0:
            out.append(ord(OTHER[THERE.find(char)]))
        elif 32 <= c < 127 and OTHER.find(char) < 0:
            out.append(c)
        elif EXTENSION.find(char) >= 0:
            out.append(27)
            out.append(ord(ESCAPED[EXTENSION.find(char)]))
        else:
            return None
    return out


def ucs2_octets(text):
    """Text as UTF-16, big endian."""
    out = bytearray()
    for char in text:
        c = ord(char)
        if c > 0xFFFF:
            c -= 0x10000
            out.append(0xD8 | c >> 18)
            out.append(c >> 10 & 255)
            c = 0xDC00 | c & 0x3FF
        out.append(c >> 8)
        out.append(c & 255)
    return out


def pdu(number, message):
    """An SMS-SUBMIT of one part -> (hex digits, octets for AT+CMGS=). The module's SMSC is used.

    Raises Unreadable when the number is none or the text does not fit.
    """
    digits = number[1:] if number[:1] == "+" else number
    if not digits.isdigit() or len(digits) > 20:
        raise Unreadable("number")
    data = gsm_septets(message)
    coding = 0
    length = 0 if data is None else len(data)
    if data is None:
        coding = 8
        data = ucs2_octets(message)
        length = len(data)
    if length > (140 if coding else 160):
        raise Unreadable("long")
    padded = digits + "F" * (len(digits) & 1)
    address = bytearray()
    for i in range(0, len(padded), 2):
        address.append(int(padded[i + 1] + padded[i], 16))
    # No SMSC, SUBMIT with relative validity, reference by the module; valid for 24 h (167).
    out = bytearray((0, 0x11, 0, len(digits), 0x91 if digits != number else 0x81))
    out += address
    out += bytes((0, coding, 167, length))
    out += data if coding else packed(data)
    return hexlify(out).upper(), len(out) - 1
