"""+CUSD: what the network answers to a USSD code (TS 27.007 cl. 7.15, TS 23.038 cl. 5)."""

from . import Unreadable
from .charset import GSM7, UCS2
from .fields import number
from .hextext import text_of


def scheme(dcs):
    """The alphabet that a cell broadcast or USSD data coding announces (TS 23.038 cl. 5)."""
    if dcs == 0x11:
        return UCS2
    if 0x40 <= dcs < 0x80 or 0x90 <= dcs < 0xA0:
        return (dcs >> 2 & 3) % 3
    return dcs >> 2 & 1 if dcs >= 0xF0 else GSM7


def parse(line):
    """+CUSD -> (m, text, dcs, sure); text and dcs are None where the line has none.

    m: 0 done, 1 an answer is expected, 2 ended by the network, 3 another client answered, 4 not
    supported, 5 time-out of the network. `sure` is False for a text that was cut or that can be
    read in more than one way: no balance may be taken from it. Raises Unreadable.
    """
    if not line.startswith(b"+CUSD:"):
        raise Unreadable("head")
    comma = line.find(b",")
    m = number(line[6 : len(line) if comma < 0 else comma].strip(), 0, 5)
    if comma < 0:
        return m, None, None, True
    raw = line[comma + 1 :].strip()
    tail = b""
    first = raw.find(b'"')
    last = raw.rfind(b'"')
    cut = first == last and first >= 0
    if first == 0:
        tail = raw[last + 1 :] if not cut else b""
        raw = raw[1:last] if not cut else raw[1:]
    elif raw.rfind(b",") >= 0:
        last = raw.rfind(b",")
        tail = raw[last:]
        raw = raw[:last]
    dcs = tail.strip(b", ")
    if dcs and not dcs.isdigit():
        raise Unreadable("dcs")
    dcs = number(dcs, 0, 255) if dcs else None
    if dcs == 0x11 and len(raw) & 3 == 0:
        raw = raw[4:]  # the language, two packed letters
    text, sure = text_of(raw, GSM7 if dcs is None else scheme(dcs))
    if dcs == 0x10 and text[2:3] == "\r":
        text = text[3:]  # the language
    return m, text, dcs, sure and not cut
