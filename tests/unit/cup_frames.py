"""Builds and reads UnionPay frames for tests, by a table of its own: no parser judged by its twin.

A message is a dict {field number: text of digits or characters}, 0 the MTI as four digits. What
the builder writes is what the worked examples in tests/vectors show, byte for byte.
"""

from binascii import hexlify, unhexlify

# Digits (n), characters (a), raw bytes (b); size, or digits of the length (".." two, "..." three).
_FIELDS = {
    2: "n..",
    3: "n6",
    4: "n12",
    11: "n6",
    12: "n6",
    13: "n4",
    14: "n4",
    15: "n4",
    22: "n4",
    23: "n4",
    25: "n2",
    26: "n2",
    32: "n..",
    35: "n..",
    37: "a12",
    38: "a6",
    39: "a2",
    41: "a8",
    42: "a15",
    44: "a..",
    48: "n...",
    49: "a3",
    52: "b8",
    53: "n16",
    55: "b...",
    60: "n...",
    61: "n...",
    62: "b...",
    63: "a...",
    64: "b8",
}
TPDU = unhexlify("6000030000")
HEADER = unhexlify("603200321001")


def _pack(digits):
    return unhexlify(digits + "0" * (len(digits) % 2))


def build(fields: dict, tpdu=TPDU, header=HEADER) -> bytes:
    """The frame without its length prefix."""
    bits = 0
    body = b""
    for n in sorted(fields):
        if not n:
            continue
        kind, value = _FIELDS[n], fields[n]
        bits |= 1 << 64 - n
        if kind.endswith("..."):
            body += unhexlify("%04d" % len(value))
        elif kind.endswith(".."):
            body += unhexlify("%02d" % len(value))
        body += _pack(value) if kind[0] == "n" else value if kind[0] == "b" else value.encode()
    return tpdu + header + unhexlify(fields[0]) + bits.to_bytes(8, "big") + body


def read(frame: bytes) -> dict:
    """The fields of a frame without its length prefix; KeyError, ValueError where it is none."""
    fields = {0: str(hexlify(frame[11:13]), "ascii")}
    bits = int.from_bytes(frame[13:21], "big")
    at = 21
    for n in range(1, 65):
        if not bits >> 64 - n & 1:
            continue
        kind = _FIELDS[n]
        if kind.endswith("..."):
            size = int(hexlify(frame[at : at + 2]))
            at += 2
        elif kind.endswith(".."):
            size = int(hexlify(frame[at : at + 1]))
            at += 1
        else:
            size = int(kind[1:])
        if kind[0] == "n":
            end = at + (size + 1) // 2
            fields[n] = str(hexlify(frame[at:end]), "ascii")[:size]
        else:
            end = at + size
            fields[n] = frame[at:end] if kind[0] == "b" else str(frame[at:end], "ascii")
        at = end
    if at != len(frame):
        raise ValueError("trailing")
    return fields


_SHOP = {41: "TEST0001", 42: "000000000000001"}
PAN = "62220200000000000"


def _message(mti, stan, batch, fields):
    message = {0: mti, 11: "%06d" % stan, 60: fields[60] % batch}
    message.update(_SHOP)
    for n in fields:
        if n != 60:
            message[n] = fields[n]
    return build(message)


def sale(stan, batch=1, amount=12345, pan=PAN):
    """0200 with a chip card: PAN, track 2, PIN block and EMV data in it."""
    fields = {2: pan, 3: "000000", 4: "%012d" % amount, 22: "0510", 23: "0001", 25: "00", 26: "12"}
    fields[35] = pan + "d3012201" + pan[5:15]
    fields[49] = "156"
    fields[52] = b"\x5a" * 8
    fields[53] = "2600000000000000"
    fields[55] = unhexlify("9F3602000157125A08" + (pan + "D3012201000")[:26])
    fields[60] = "22%06d00060"
    fields[64] = b"\xde\xad\xbe\xef" * 2
    return _message("0200", stan, batch, fields)


def balance(stan, batch=1, pan=PAN):
    """0200 balance inquiry: moves nothing."""
    return _message("0200", stan, batch, {2: pan, 3: "310000", 25: "00", 60: "01%06d00060"})


def authorization(stan, batch=1, pan=PAN):
    fields = {2: pan, 3: "030000", 4: "000000010000", 25: "06", 49: "156", 60: "10%06d00060"}
    return _message("0100", stan, batch, fields)


def reversal(stan, batch=1, amount=12345, pan=PAN):
    fields = {2: pan, 3: "000000", 4: "%012d" % amount, 22: "0510", 23: "0001", 25: "00"}
    fields.update({39: "98", 49: "156", 60: "22%06d00060", 64: b"\xde\xad\xbe\xef" * 2})
    return _message("0400", stan, batch, fields)


def advice(stan, batch=1, amount=500, pan=PAN):
    """0220 offline sale."""
    fields = {2: pan, 3: "000000", 4: "%012d" % amount, 22: "0510", 25: "00", 49: "156"}
    fields[60] = "30%06d00060"
    return _message("0220", stan, batch, fields)


def refund(stan, batch=1, amount=500, pan=PAN):
    fields = {2: pan, 3: "200000", 4: "%012d" % amount, 22: "0510", 25: "00", 49: "156"}
    fields[60] = "25%06d00060"
    return _message("0220", stan, batch, fields)


def script_result(stan, batch=1):
    fields = {3: "000000", 22: "0510", 25: "00", 60: "00%06d951"}
    return _message("0620", stan, batch, fields)


def settlement(stan, batch=1, debit=12345, count=1):
    totals = "%012d%03d%012d%03d0" % (debit, count, 0, 0) + "0" * 31
    return _message("0500", stan, batch, {48: totals, 49: "156", 60: "00%06d201", 63: "01 "})


def detail(stan, batch=1, pans=(PAN,)):
    """0320: items with the PANs in clear digits."""
    items = "".join("00%06d%020d%012d" % (2, int(pan), 12345) for pan in pans)
    return _message("0320", stan, batch, {48: "%02d" % len(pans) + items, 60: "00%06d201"})


def end_marker(stan, batch=1, code=202):
    return _message("0320", stan, batch, {48: "0001", 60: "00%06d" + "%03d" % code})


def sign_on(stan, batch=1):
    return _message("0800", stan, batch, {60: "00%06d003", 63: "01 "})


def echo(stan, batch=1):
    return _message("0820", stan, batch, {60: "00%06d301"})


def answer(frame, f39="00", order=0, **changes):
    """The host's answer to a request; `changes` by field as f37="..", None takes a field out."""
    request = read(frame)
    fields = {0: "%s%d0" % (request[0][:2], int(request[0][2]) + 1)}
    for n in (2, 3, 4, 11, 25, 41, 42, 49, 60):
        if n in request:
            fields[n] = request[n]
    fields.update({12: "090110", 13: "1121", 15: "1121", 32: "00010000"})
    fields[37] = "1121090%05d" % (int(request[11]) % 100000)
    if f39 is not None:
        fields[39] = f39
    if fields[0] == "0510":
        fields[48] = request[48][:30] + "1" + request[48][31:61] + "0"
    if fields[0] == "0810":
        fields[62] = b"\xee" * 40
    for name in changes:
        n = int(name[1:])
        if changes[name] is None:
            fields.pop(n, None)
        else:
            fields[n] = changes[name]
    header = HEADER[:2] + bytes([order]) + HEADER[3:]
    return build(fields, unhexlify("6000000003"), header)


def framed(frame):
    """With the two-byte length in front, as on the wire."""
    return len(frame).to_bytes(2, "big") + frame
