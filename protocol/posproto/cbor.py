"""CBOR (RFC 8949) as our frames use it: integers, byte and text strings, arrays, maps, true,
false, null.

The writer fills the caller's buffer in preferred serialization. The reader is strict and bounded:
what a careful writer would not have sent is refused by name, before anything is allocated for it.
"""

from struct import pack_into

_FORMATS = (">BB", ">BH", ">BI", ">BQ")
_STRINGS = (bytes, bytearray, memoryview)  # a tuple in place would be built at each use
_NESTED = (list, tuple, dict)


class CborError(ValueError):
    """Bytes or a value outside our CBOR. `reason` is one of:

    reading: truncated, trailing, length, depth, items, not shortest, indefinite, float, tag,
    undefined, simple, reserved, break, duplicate key, key type, utf-8
    writing: full, integer, float, type, key type, depth

    `at`: offset of the item that was being read, 0 when writing.
    """

    at = 0

    def __init__(self, reason: str):
        super().__init__(reason)
        self.reason = reason


class Writer:
    """Encodes into `buf` from `at` up to `end`; made once, used for every frame.

    Scalars, lists and bytes-like texts allocate nothing; str is encoded first, and a map
    handed to value() is sorted first: these two allocate.
    """

    def __init__(self, buf, start=0, end=None):
        self.buf = buf
        self.at = start
        self.end = len(buf) if end is None else end

    def _head(self, major, n, tail=0):
        """Head of `n`, if `tail` bytes behind it fit too; leaves `at` behind the head."""
        at = self.at
        if n >= 24:
            self._long_head(major << 5, n, tail)
        elif at + tail >= self.end:
            raise CborError("full")
        else:
            self.buf[at] = major << 5 | n
            self.at = at + 1

    def _long_head(self, first, n, tail):
        first += 24 if n < 256 else 25 if n < 65536 else 26 if n < 1 << 32 else 27
        if first & 3 == 3 and n >= 1 << 64:
            raise CborError("integer")
        end = self.at + 1 + (1 << (first & 3))
        if end + tail > self.end:
            raise CborError("full")
        pack_into(_FORMATS[first & 3], self.buf, self.at, first, n)
        self.at = end

    def int(self, v):
        """Any integer from -2**64 to 2**64 - 1."""
        at = self.at
        if 0 <= v < 24 and at < self.end:
            self.buf[at] = v
            self.at = at + 1
        elif v < 0:
            self._head(1, -1 - v)
        else:
            self._head(0, v)

    uint = int

    def _string(self, major, data):
        n = len(data)
        if n < 24:
            self._head(major, n, n)
        else:
            self._long_head(major << 5, n, n)
        at = self.at
        self.at = n = at + n
        self.buf[at:n] = data

    def bytes(self, data):
        """A byte string from any bytes-like object."""
        self._string(2, data)

    def text(self, s):
        """A text string; bytes-like objects are taken as UTF-8 that the caller answers for."""
        self._string(3, s.encode() if isinstance(s, str) else s)

    def array(self, n):
        """The head of an array: n values follow."""
        self._head(4, n)

    def map(self, n):
        """The head of a map: n pairs follow, keys in encoded order (0, 1, .. -1, -2, .. "a")."""
        self._head(5, n)

    def bool(self, b):
        self._head(7, 21 if b else 20)

    def null(self):
        self._head(7, 22)

    def value(self, v, depth_max=6):
        """Any value of ours; maps in deterministic key order (RFC 8949 cl. 4.2.1). Raises
        CborError.
        """
        if type(v) is int:  # nearly all: no bool
            self.int(v)
            return
        if not isinstance(v, _NESTED):
            self._scalar(v)
            return
        # No recursion: a board's stack holds few calls, and this may be the last of a long chain.
        around = None  # what is open around `items`, innermost last, each with its place
        items = v
        at = 0
        left = depth_max
        while True:
            if at == 0:
                if not left:
                    raise CborError("depth")
                left -= 1
                items = self._open(items)
            if at < len(items):
                v = items[at]
                at += 1
                if type(v) is int:
                    self.int(v)
                elif not isinstance(v, _NESTED):
                    self._scalar(v)
                else:
                    if around is None:
                        around = []
                    around.append((items, at))
                    items = v
                    at = 0
                continue
            if not around:
                return
            items, at = around.pop()
            left += 1

    def _open(self, v):
        # The head of an array or a map; what stands in it, in order.
        if not isinstance(v, dict):
            self._head(4, len(v))
            return v
        self._head(5, len(v))
        return _pairs(v)

    def _scalar(self, v):
        if v is None:
            self._head(7, 22)
        elif v is True or v is False:
            self._head(7, 20 + v)
        elif isinstance(v, int):
            self.int(v)
        elif isinstance(v, str):
            self._string(3, v.encode())
        elif isinstance(v, _STRINGS):
            self._string(2, v)
        else:
            raise CborError("float" if isinstance(v, float) else "type")


def _pairs(v):
    items = []
    for k in _sorted(v):
        items.append(k)
        items.append(v[k])
    return items


def _sorted(keys):
    for key in keys:
        if type(key) is not int or key < 0:
            return [order[3] for order in sorted([_order(key) for key in keys])]
    return sorted(keys)


def _order(key):
    """Sorts as the encoded keys do: unsigned, negative, text by length. Ends in the key."""
    if isinstance(key, str):
        code = key.encode()
        return (2, len(code), code, key)
    if not isinstance(key, int) or isinstance(key, bool):
        raise CborError("key type")
    return (1, -1 - key, b"", key) if key < 0 else (0, key, b"", key)


def encode(value, size_max: int = 1024) -> bytes:
    """`value` as CBOR bytes, for callers without a buffer of their own."""
    w = Writer(bytearray(size_max))
    w.value(value)
    return bytes(w.buf[: w.at])


class _Reader:
    def __init__(self, buf, at, end, items):
        self.buf = buf
        self.at = at
        self.end = end
        self.items = items

    def read(self, depth):
        """One item with at most `depth` arrays and maps inside; -1: a map key."""
        buf = self.buf
        at = self.at + 1
        left = self.end - at  # bytes behind the head
        if left < 0:
            raise CborError("truncated")
        self.items -= 1
        if self.items < 0:
            raise CborError("items")
        n = buf[at - 1]
        major = n >> 5
        n &= 31
        if depth < 0 and major != 3 and major > 1:
            raise CborError("key type")
        if major > 5:
            if major == 7 and 20 <= n < 23:
                self.at = at
                return None if n == 22 else n == 21
            raise CborError("tag" if major == 6 else _SIMPLE[max(n - 22, 0)])
        if n > 23:
            if n > 27:
                raise CborError("indefinite" if n == 31 and major > 1 else "reserved")
            size = 1 << n - 24
            left -= size
            if left < 0:
                raise CborError("truncated")
            n = int.from_bytes(buf[at : at + size], "big")
            if n < 24 or (size > 1 and not n >> size * 4):
                raise CborError("not shortest")
            at += size
        self.at = at
        if major < 2:
            return -1 - n if major else n
        # An item takes a byte at least, a pair two: a longer promise is a lie or a cut.
        if n > left >> (major == 5):
            raise CborError("length")
        if major < 4:
            self.at = at + n
            data = bytes(buf[at : at + n])
            return data if major == 2 else _text(data)
        if not depth:
            raise CborError("depth")
        depth -= 1
        values = [] if major == 4 else {}
        while n:
            n -= 1
            if major == 4:
                values.append(self.read(depth))
            else:
                key = self.read(-1)
                if key in values:
                    raise CborError("duplicate key")
                values[key] = self.read(depth)
        return values


# Major type 7 from 23 on; 22 stands for all simple values below 20.
_SIMPLE = ("simple", "undefined", "simple") + ("float",) * 3 + ("reserved",) * 3 + ("break",)


# What may stand behind these bytes (RFC 3629 cl. 4): no long form, no surrogate, no end beyond.
_LEAD = {0xE0: (0xA0, 0xBF), 0xED: (0x80, 0x9F), 0xF0: (0x90, 0xBF), 0xF4: (0x80, 0x8F)}


def _text(data):
    """UTF-8 as RFC 3629 has it: MicroPython's own check lets surrogates and long forms pass."""
    try:
        text = str(data, "utf-8")
    except ValueError:
        raise CborError("utf-8")
    # By bytes: MicroPython keeps each character that it goes through as a name, for ever.
    last = 0
    for byte in data:
        odd = last in _LEAD and not _LEAD[last][0] <= byte <= _LEAD[last][1]
        if odd or byte > 0xF4 or 0xC0 <= byte < 0xC2:
            raise CborError("utf-8")
        last = byte
    return text


def peek(buf, key):
    """What stands under `key` in a sound map of fewer than 24 pairs, None where nothing does. What
    follows it is not read.
    """
    reader = _Reader(buf, 1, len(buf), 512)
    for _ in range(buf[0] & 31):
        found = reader.read(-1) == key
        value = reader.read(6)
        if found:
            return value
    return None


def decode(buf, start: int = 0, end=None, depth_max: int = 6, items_max: int = 512):
    """The one value that fills buf[start:end].

    Maps become dicts with int or str keys. Raises CborError with a reason by name, never another
    exception; memory taken is bounded by the input's length, recursion by depth_max.
    """
    if end is None:
        end = len(buf)
    reader = _Reader(buf, start, end, items_max)
    try:
        value = reader.read(depth_max)
        if reader.at < end:
            raise CborError("trailing")
    except CborError as error:
        error.at = reader.at
        raise
    return value
