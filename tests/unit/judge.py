"""Judges what was sent by other people's means: base64, zlib, cbor2, and pycddl with the schema.

CPython only. Nothing here comes from posproto but the numbers.
"""

import base64
import re
import struct
import zlib
from pathlib import Path

import cbor2
import pycddl

from posproto import ids

PROTOCOL = Path(__file__).resolve().parents[2] / "protocol"
CDDL = (PROTOCOL / "posagent.cddl").read_text(encoding="utf-8")
_LINE = re.compile(rb"\x06C([A-Za-z0-9+/]+=*)\n")
_TYPES = {getattr(ids, n): n[6:].lower() for n in dir(ids) if n.startswith("FRAME_")}
_SIGNED = (ids.FRAME_STATUS, ids.FRAME_EVENT, ids.FRAME_RESPONSE)
_OPS = {getattr(ids, n): n[3:].lower().replace("_", "-") for n in dir(ids) if n.startswith("OP_")}
_ARGUMENTS = {getattr(ids, n) for n in dir(ids) if n.startswith("A_")}
_schemas = {}


def check(rule, payload):
    """Validates CBOR bytes against a rule of posagent.cddl; returns the value that cbor2 reads."""
    if rule not in _schemas:
        _schemas[rule] = pycddl.Schema(f"judged-frame = {rule}\n{CDDL}")
    value = cbor2.loads(payload)
    try:
        _schemas[rule].validate_cbor(payload)
    except pycddl.ValidationError as error:
        raise AssertionError(f"{value} is no {rule}: {error}") from None
    return value


def raw(line):
    """Header, CBOR and CRC-32 of a frame's line; raises AssertionError where it is none."""
    assert len(line) <= 1024, len(line)
    text = _LINE.fullmatch(line)
    assert text, line
    whole = base64.b64decode(text[1], validate=True)
    assert base64.b64encode(whole) == text[1]
    (crc,) = struct.unpack(">I", whole[-4:])
    assert zlib.crc32(whole[:-4]) == crc
    return whole


class Judge:
    """Reads both directions of one port; raises AssertionError for what the schema lacks.

    Knows from the requests it saw (of either direction, in order) which answers are due.
    """

    def __init__(self):
        self.seen = []  # (type name, request id, value)
        self.asked = {}  # request id -> operation, as the schema's rules call it

    def stream(self, data):
        """Judges each whole line in `data`; returns the values."""
        return [self.line(match[0]) for match in _LINE.finditer(data)]

    def line(self, line):
        """Judges one frame's line; returns its value."""
        whole = raw(line)
        kind, version, request_id, _ = struct.unpack(">BBHH", whole[:6])
        assert version == ids.PROTOCOL_VERSION
        return self.payload(_TYPES[kind], request_id, whole[6:-4])

    def payload(self, kind, request_id, payload):
        """Judges the CBOR of a frame of the type named `kind`."""
        rule = kind
        if kind == "request":
            request = cbor2.loads(payload)
            keyed = ids.RQ_COSE in request
            if keyed:
                check("mac-256", request[ids.RQ_COSE][0])
                request = check("request-change", request[ids.RQ_COSE][2])
            self.asked[request_id] = _OPS[request[ids.RQ_OP]]
            rule += "-keyed" if keyed else "-" + _OPS[request[ids.RQ_OP]]
        elif kind == "response" and request_id in self.asked:
            rule += "-" + self.asked[request_id]
        value = check("signed-report" if kind == "signed" else rule, payload)
        if kind == "signed":
            check("mac-64", value[0])
            inner = value[2]
            assert int.from_bytes(inner[2:4], "big") == request_id
            self.payload(_TYPES[inner[0]], request_id, inner[6:])
            assert inner[1] == ids.PROTOCOL_VERSION and inner[0] in _SIGNED
        assert kind == "signed" or (kind in ("request", "response")) == (request_id != 0)
        # In maps of optional keys only, the library lets unknown keys pass.
        assert set(value.get(ids.EV_ARGS, {}) if kind == "event" else ()) <= _ARGUMENTS, value
        assert canonical(value) == payload, f"{value}: not in preferred serialization"
        self.seen.append((kind, request_id, value))
        return value


def canonical(value):
    """`value` as cbor2 writes it with integer keys in the encoded order."""
    return cbor2.dumps(_sorted(value))


def _sorted(value):
    if isinstance(value, dict):
        keys = sorted(value, key=cbor2.dumps)
        return {key: _sorted(value[key]) for key in keys}
    if isinstance(value, list):
        return [_sorted(item) for item in value]
    return value
