"""Packet domain: attach, contexts, addresses, events, functionality (TS 27.007 cl. 8.2, 10.1)."""

from .. import const
from . import Unreadable
from .fields import fields, number, optional, text

# Events of +CGEV (cl. 10.1.19).
DETACH = const(1)  # registration lost
DEACT = const(2)  # a context or PDN connection closed
ACT = const(3)
CLASS = const(4)
MODIFY = const(5)
REJECT = const(6)  # the network wanted a context, refused by the module
REACT = const(7)
_EVENTS = (b"DETACH", b"DEACT", b"ACT", b"CLASS", b"MODIFY", b"REJECT", b"REACT")


def cgatt(line):
    """+CGATT? -> 1 attached, 0 not."""
    return number(fields(line, b"+CGATT:")[0], 0, 1)


def cfun(line):
    """+CFUN? -> functionality: 1 full, 4 flight; ASR modules also read 3 or 5, low power."""
    return number(fields(line, b"+CFUN:")[0], 0, 255)


def cgact(line):
    """One +CGACT line -> (cid, state)."""
    parts = _fields(line, b"+CGACT:", 2)
    return number(parts[0], 0, 255), number(parts[1], 0, 1)


def _fields(line, head, least):
    parts = fields(line, head)
    if len(parts) < least:
        raise Unreadable("fields")
    return parts


def cgdcont(line):
    """One +CGDCONT line -> (cid, type, apn, address or None)."""
    parts = _fields(line, b"+CGDCONT:", 3)
    return number(parts[0], 0, 255), text(parts[1]), text(parts[2]), _address(parts, 3)


def cgpaddr(line):
    """One +CGPADDR line -> (cid, address); the address is None when there is none."""
    parts = fields(line, b"+CGPADDR:")
    return number(parts[0], 0, 255), _address(parts, 1) or _address(parts, 2)


def _address(parts, at):
    if at >= len(parts):
        return None
    address = text(parts[at])
    return address if address.strip(b"0.: ") else None


def cgcontrdp(line):
    """One +CGCONTRDP line -> (cid, bearer, apn, address, gateway, dns1, dns2), None if missing.

    The APN is the one that the network gave. Address and mask stand in one dotted field, or, as
    up to release 10, in two.
    """
    parts = _fields(line, b"+CGCONTRDP:", 3)
    if len(parts) > 4 and text(parts[4]).startswith(b"255."):
        parts.pop(4)
    out = [number(parts[0], 0, 255), optional(parts, 1, 0, 255), text(parts[2])]
    for at in range(3, 7):
        out.append(_address(parts, at))
    if out[3]:
        numbers = out[3].split(b".")
        if len(numbers) in (8, 32):
            out[3] = b".".join(numbers[: len(numbers) // 2])
    return tuple(out)


def cgev(line):
    """+CGEV -> (event, by_network, cid or None). Raises Unreadable."""
    fields(line, b"+CGEV:")
    words = line[6:].replace(b'"', b"").split()
    by_network = words[:1] == [b"NW"]
    pdn = b"PDN" in words
    for at in range(len(words)):
        if words[at] in _EVENTS:
            event = _EVENTS.index(words[at]) + 1
            args = b"".join(words[at + 1 :]).split(b",")
            if pdn or event == MODIFY:
                place = 0
            elif event == ACT or args[0].isdigit():
                place = 1  # p_cid,cid,event_type: a secondary bearer
            else:
                place = 2
            known = event in (DEACT, ACT, MODIFY, REACT) and len(args) > place
            return event, by_network, optional(args, place, 0, 255) if known else None
    raise Unreadable("event")


def ceer(line):
    """+CEER -> (text, cause number or None): a number of its own, one after `#` or `cause`, or one
    glued to its layer (`SM34`). Raises Unreadable.
    """
    words = line[6:].strip()
    if not line.startswith(b"+CEER:"):
        raise Unreadable("head")
    code = None
    if words[:1] == b'"' and words.count(b'"') == 4:  # text, cause, its text
        parts = fields(line, b"+CEER:")
        if len(parts) == 3:
            return text(parts[0]) + b"; " + text(parts[2]), optional(parts, 1, 0, 999)
    for part in words.split(b","):
        part = part.strip()
        if part.isdigit() and len(part) < 4:
            code = int(part)
    if code is None:
        words_low = words.lower()
        for sign in (b"#", b"cause"):
            at = words_low.find(sign)
            if at >= 0:
                part = words_low[at + len(sign) :].lstrip(b" :=#").split(b" ")[0]
                part = part.rstrip(b').;"')
                if part.isdigit() and len(part) < 4:
                    return text(words), int(part)
        part = words.strip(b'").; ')
        at = len(part)
        while part[at - 1 : at].isdigit():
            at -= 1
        if part[at - 2 : at].upper() in (b"SM", b"MM") and 0 < len(part) - at < 4:
            code = int(part[at:])
    return text(words), code
