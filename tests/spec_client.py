"""A client written from protocol/SPEC.md alone, on Python's own library.

It shares no code with posproto and is tolerant where the page says that readers are.
"""

import base64
import hashlib
import hmac
import struct
import zlib


def frames_of(stream):
    """Section 2: yields (type, version, request id, sequence, map) of each whole frame."""
    for piece in stream.split(b"\x06")[1:]:
        line, end, _ = piece.partition(b"\n")
        if not end or line[:1] != b"C" or len(line) > 1022:
            continue
        try:
            raw = base64.b64decode(line[1:].removesuffix(b"\r"), validate=True)
        except ValueError:
            continue
        if len(raw) < 10 or zlib.crc32(raw[:-4]) != struct.unpack(">I", raw[-4:])[0]:
            continue
        yield *struct.unpack(">BBHH", raw[:6]), value_of(raw[6:-4])


def value_of(code):
    """Section 3: the one value in these bytes."""
    value, rest = item_of(code)
    assert not rest
    return value


def item_of(code):
    """(value, bytes behind it) of the first item."""
    major, n, rest = code[0] >> 5, code[0] & 31, code[1:]
    if major == 7:
        return {20: False, 21: True, 22: None}[n], rest
    if n > 23:
        size = {24: 1, 25: 2, 26: 4, 27: 8}[n]
        n, rest = int.from_bytes(rest[:size], "big"), rest[size:]
    if major == 0:
        return n, rest
    if major == 1:
        return -1 - n, rest
    if major == 2:
        return rest[:n], rest[n:]
    if major == 3:
        return rest[:n].decode(), rest[n:]
    items = []
    for _ in range(n if major == 4 else 2 * n):
        value, rest = item_of(rest)
        items.append(value)
    if major == 4:
        return items, rest
    assert major == 5
    return dict(zip(items[::2], items[1::2])), rest


def code_of(value):
    """Section 3, backwards: what the signatures need."""
    if isinstance(value, int):
        return _head(0, value)
    if isinstance(value, bytes):
        return _head(2, len(value)) + value
    if isinstance(value, str):
        return _head(3, len(value.encode())) + value.encode()
    return _head(4, len(value)) + b"".join(code_of(item) for item in value)


def _head(major, n):
    if n < 24:
        return bytes([major << 5 | n])
    size = next(i for i in range(4) if n < 1 << (8 << i))
    return bytes([major << 5 | 24 + size]) + n.to_bytes(1 << size, "big")


def tag_of(key, protected, external_aad, payload):
    """Section 6: the whole tag of a COSE_Mac0."""
    structure = code_of(["MAC0", protected, external_aad, payload])
    return hmac.new(key, structure, hashlib.sha256).digest()


def report_key_of(key):
    """Section 6: the report key."""
    extracted = hmac.new(bytes(32), key, hashlib.sha256).digest()
    return hmac.new(extracted, b"POSMA report 1\1", hashlib.sha256).digest()


def key_id_of(key):
    """Section 6: a key's id."""
    return hashlib.sha256(bytes.fromhex("a20104205820") + key).digest()[:8]
