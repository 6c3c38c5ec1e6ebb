"""Recorded answers of an acquirer, for worlds that run where its codec does not.

Runs on MicroPython and CPython. Frames of the UnionPay dialect behind two length bytes; an answer
is a recorded one with the request's numbers put in. It keeps no books: it counts what it saw.
"""

from binascii import unhexlify

# Answers without their length prefix, and what they serve besides.
_FRAMES = {
    "0210": (
        "60000000036032003210010210703A00810ED0801317622202000000000000000000000000012345"
        "00000209011011211121000800010000313132313039303030303032413030303032303054455354"
        "30303031303030303030303030303030303031223031303230303030202020303030313030303020"
        "20203135360013220000010006000003435550DEADBEEFDEADBEEF"
    ),
    "0410": (
        "60000000036032003210010410703A00810AC0801117622202000000000000000000000000012345"
        "00000209025011211121000800010000313132313039303030303033303054455354303030313030"
        "30303030303030303030303031313536001322000001000600DEADBEEFDEADBEEF"
    ),
    "0510": (
        "60000000036032003210010510003A00010AC1801000000322000011211121080001000031313231"
        "32323030303030343030544553543030303130303030303030303030303030303100620000000123"
        "45001000000000000000200000000000000000000000000000013135360011000000012010"
    ),
    "0330": (
        "60000000036032003210010330003800010AC0001000000422000311210800010000313132313232"
        "303030303035303054455354303030313030303030303030303030303030310011000000012010"
    ),
    "0810": (
        "60000000036032003210010810003800010AC0001400000109000011210800010000313132313039"
        "30303030303130305445535430303031303030303030303030303030303031001100000001003000"
        "40EEEEEEEEEEEEEEEEEEEEEEEEEEEEEEEEEEEEEEEEEEEEEEEEEEEEEEEEEEEEEEEEEEEEEEEEEEEEEE"
        "EE"
    ),
}
_SERVES = {"0220": "0410", "0320": "0330", "0620": "0330", "0820": "0330"}

# Bytes of the fields in these frames. A length in front counts digits in one (-1) or two bytes
# (-2), or bytes in two (-3) or one (-4).
_SIZES = {2: -1, 3: 3, 4: 6, 11: 3, 12: 3, 13: 2, 14: 2, 15: 2, 22: 2, 23: 2, 25: 1, 26: 1}
_SIZES.update({32: -1, 35: -1, 37: 12, 38: 6, 39: 2, 41: 8, 42: 15, 44: -4, 48: -2, 49: 3})
_SIZES.update({52: 8, 53: 8, 54: -3, 55: -3, 60: -2, 61: -2, 62: -3, 63: -3, 64: 8})

_COPIED = (64, 60, 49, 48, 42, 41, 25, 11, 4, 3, 2)  # from the end: lengths may differ


def _digits(data):
    """A length in packed digits."""
    out = 0
    for byte in data:
        out = out * 100 + (byte >> 4) * 10 + (byte & 15)
    return out


def _places(frame):
    """{field: (start, end)} of a message behind its eleven header bytes; None if not readable."""
    out = {}
    at = 21
    for n in range(1, 65):
        if not frame[13 + (n - 1) // 8] << (n - 1) % 8 & 0x80:
            continue
        size = _SIZES.get(n)
        if size is None:
            return None
        start = at
        if size < 0:
            width = 2 if size in (-2, -3) else 1
            length = _digits(frame[at : at + width])
            size = width + (length if size < -2 else (length + 1) // 2)
        at += size
        out[n] = (start, at)
    return out if at == len(frame) else None


class Recorded:
    """The host. `refuse` lists F39 texts for the next answers, None for one that stays good.

    `lose_before` and `lose_after` are chances per thousand, drawn from `rng`, that a request or
    its answer is lost; `journal` holds (now_ms, MTI, batch, STAN) of every request that arrived.
    """

    def __init__(self, rng=None, answer_ms=200):
        self.rng = rng
        self.answer_ms = answer_ms
        self.flags = (1, 1)  # of each 0510
        self.order = 0  # asked for in each header
        self.refuse = []
        self.lose_before = self.lose_after = 0
        self.journal = []
        self.unreadable = 0
        self._answers = 0
        self._stream = RecordedSession(self)

    def session(self):
        """A connection of its own: feed(bytes, now_ms) gives [(delay_ms, bytes, close)]."""
        return RecordedSession(self)

    def handle(self, data, now_ms):
        """As a session's feed(), for worlds with one connection at a time."""
        return self._stream.feed(data, now_ms)

    def count(self, mti, stan=None):
        """How often a kind of request arrived ("0200"), or one of them."""
        return len([row for row in self.journal if row[1] == mti and stan in (None, row[3])])

    def answer(self, frame, now_ms=0):
        """The answer to a frame without its length prefix; None where there is none."""
        if len(frame) < 32 or frame[12] & 0x10:  # too short, or itself an answer
            self.unreadable += 1
            return None
        mti = "%02x%02x" % (frame[11], frame[12])
        kind = mti[:3] + "0"
        name = _SERVES.get(kind, mti[:2] + "10")
        places = _places(frame)
        if places is None or name not in _FRAMES or not (11 in places and 60 in places):
            self.unreadable += 1
            return None
        stan = "%06d" % _digits(frame[places[11][0] : places[11][1]])
        batch = "%06d" % _digits(frame[places[60][0] + 3 : places[60][0] + 6])
        if self.rng and self.rng.chance(self.lose_before):
            return None
        self.journal.append((now_ms, mti, batch, stan))
        out = self._fill(frame, places, name)
        out[11] = frame[11]
        out[12] = (frame[12] & 0xF0) + 0x10
        if self.rng and self.rng.chance(self.lose_after):
            return None
        return bytes(out)

    def _fill(self, frame, places, name):
        """The recorded answer with the numbers of the request."""
        out = bytearray(unhexlify(_FRAMES[name]))
        own = _places(out)
        self._answers += 1
        end = own[37][1]
        out[end - 6 : end] = ("%06d" % (self._answers % 1000000)).encode()
        f39 = self.refuse.pop(0) if self.refuse else None
        if f39:
            out[own[39][0] : own[39][1]] = f39.encode()
        if 48 in own and 48 in places and name == "0510":
            at = own[48][0]
            out[at : own[48][1]] = frame[places[48][0] : places[48][1]]
            out[at + 17] = out[at + 17] & 15 | self.flags[0] << 4
            out[at + 32] = out[at + 32] & 0xF0 | self.flags[1]
        for n in _COPIED:
            if n in own and n in places and n != 48:
                out = out[: own[n][0]] + frame[places[n][0] : places[n][1]] + out[own[n][1] :]
        out[1:5] = bytes(frame[3:5]) + bytes(frame[1:3])
        out[5:11] = frame[5:11]
        out[7] = out[7] & 0xF0 | self.order
        return out


class RecordedSession:
    """One connection: two length bytes before each frame."""

    def __init__(self, host):
        self._host = host
        self._data = b""

    def feed(self, data, now_ms):
        """[(delay_ms, wire bytes, close)] for the frames that are complete now."""
        self._data += bytes(data)
        out = []
        while len(self._data) >= 2:
            end = 2 + (self._data[0] << 8 | self._data[1])
            if len(self._data) < end:
                break
            frame = self._data[2:end]
            self._data = self._data[end:]
            answer = self._host.answer(frame, now_ms) if frame else None
            if answer:
                wire = bytes([len(answer) >> 8, len(answer) & 255]) + answer
                out.append((self._host.answer_ms, wire, ""))
        return out
