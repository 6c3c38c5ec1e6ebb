"""SPEC.md is enough for another client: a reader written from it alone, on Python's own library.

It shares no code with posproto and is tolerant where the page says that readers are.
"""

import base64
import hashlib
import hmac
import json
import re
import struct
import zlib
from pathlib import Path

import pytest

from posproto import ids

PROTOCOL = Path(__file__).resolve().parents[2] / "protocol"
SPEC = (PROTOCOL / "SPEC.md").read_text(encoding="utf-8")
GOLDEN = json.loads((PROTOCOL / "vectors/frames.json").read_text(encoding="utf-8"))


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


def mac_of(key, nonce, device_id, request_id, operation, args):
    """Section 6: RQ_MAC."""
    device = device_id.encode()
    message = b"POSMA request 1" + nonce + bytes([len(device)]) + device
    message += struct.pack(">HB", request_id, operation) + args
    return hmac.new(key, message, hashlib.sha256).digest()


def golden_value(data):
    if isinstance(data, list):
        return [golden_value(item) for item in data]
    if not isinstance(data, dict):
        return data
    if "hex" in data:
        return bytes.fromhex(data["hex"])
    return {int(k) if k.isdigit() else k: golden_value(v) for k, v in data.items()}


def test_the_page_suffices_to_read_all_golden_frames_out_of_a_console():
    noise = b"MicroPython v1.28\r\n\x06\x09AAsA\n>>> \x06CAgEAAAAAo"
    stream = b"".join(noise + golden["line"].encode() for golden in GOLDEN) + noise
    names = ("type", "version", "request_id", "sequence")
    expected = [(*(g[name] for name in names), golden_value(g["value"])) for g in GOLDEN]
    assert list(frames_of(stream)) == expected


def test_the_page_suffices_to_sign_a_request():
    (golden,) = [g for g in GOLDEN if g["name"] == "request-set-time"]
    request = golden_value(golden["value"])
    args = request[1]
    assert value_of(args) == {0: 1790000000}
    mac = mac_of(bytes(range(32)), request[2], "POS-0042", golden["request_id"], 32, args)
    assert mac == request[3]


def test_the_hex_on_the_page_is_that_of_the_vectors():
    text = re.sub(r"\s", "", SPEC)
    lines = {golden["name"]: golden["line"] for golden in GOLDEN}
    assert lines["status-first"][2:-1] in text
    (mac,) = [g["value"]["3"]["hex"] for g in GOLDEN if g["name"] == "request-set-time"]
    assert mac in text
    (full,) = [g["cbor"] for g in GOLDEN if g["name"] == "status-full"]
    assert f"{len(full) // 2} bytes of CBOR" in SPEC


def test_the_tables_on_the_page_hold_the_numbers_of_ids():
    written = {name: int(n) for n, name in re.findall(r"^\| (\d+) \| `(\w+)` \|", SPEC, re.M)}
    prefixes = ("HELLO_", "ST_", "EV_", "A_", "SUB_", "MSG_", "OP_", "CRD_", "PLAN_")
    expected = {n: v for n, v in vars(ids).items() if n.startswith(prefixes)}
    del expected["MSG_DIGEST"]  # never leaves the flash
    written = {name: n for name, n in written.items() if not name.startswith(("RQ_", "RS_"))}
    assert written == expected


def test_the_results_on_the_page_are_those_of_ids():
    results = {n: v for n, v in vars(ids).items() if n.startswith("R_")}
    (text,) = re.findall(r"^`R_\*`: (.*?)\n\n", SPEC, re.MULTILINE | re.DOTALL)
    assert [int(n) for n in re.findall(r"(\d+)\s", text)] == sorted(results.values())
    for name in re.findall(r"`([A-Z]+_[A-Z0-9_]+)`", SPEC):
        assert hasattr(ids, name), name


class Port:
    """Answers the read-me's example with one golden line, then the cable is pulled."""

    def __init__(self, line):
        self.written = b""
        self._line = line

    def write(self, data):
        self.written += data

    def read(self, size):
        if not self._line:
            raise EOFError
        data, self._line = self._line[:size], self._line[size:]
        return data


def test_the_client_in_the_read_me_works(capsys):
    (code,) = re.findall(r"```python\n(.*?)```", (PROTOCOL / "README.md").read_text(), re.DOTALL)
    (golden,) = [g for g in GOLDEN if g["name"] == "response-status"]
    port = Port(golden["line"].encode())
    with pytest.raises(EOFError):
        exec(code, {"port": port})
    assert [frame[:3] for frame in frames_of(port.written)] == [(5, 1, 4711)]
    value = golden_value(golden["value"])
    assert capsys.readouterr().out == f"6 {golden['request_id']} {value}\n"
