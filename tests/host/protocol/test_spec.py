"""SPEC.md is enough for another client: spec_client.py, written from it alone, reads and signs
what the golden vectors hold; tests/world/test_demo.py lets it read a whole demo.
"""

import json
import re
from pathlib import Path

import pytest

from posproto import ids
from spec_client import code_of, frames_of, key_id_of, report_key_of, tag_of, value_of

PROTOCOL = Path(__file__).resolve().parents[3] / "protocol"
SPEC = (PROTOCOL / "SPEC.md").read_text(encoding="utf-8")
KEY = bytes(range(32))
GOLDEN = json.loads((PROTOCOL / "vectors/frames.json").read_text(encoding="utf-8"))


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


def golden_named(name):
    (golden,) = [g for g in GOLDEN if g["name"] == name]
    return golden, golden_value(golden["value"])


def test_the_page_suffices_to_sign_a_request():
    golden, request = golden_named("request-set-time")
    protected, unprotected, payload, tag = request[4]
    assert value_of(protected) == {1: 5}
    assert unprotected == {4: key_id_of(KEY)}
    assert value_of(payload) == {0: 32, 1: {0: 1790000000}}
    aad = code_of(["POS-0042", golden["request_id"], request[2]])
    assert tag == tag_of(KEY, protected, aad, payload)


def test_the_page_suffices_to_verify_a_report():
    _, (protected, unprotected, payload, tag) = golden_named("status-signed")
    key = report_key_of(KEY)
    assert value_of(protected) == {1: 4}
    assert unprotected == {4: key_id_of(key)}
    assert tag == tag_of(key, protected, b"", payload)[:8]
    assert value_of(payload[6:]) == golden_named("status-usual")[1]


def test_the_hex_on_the_page_is_that_of_the_vectors():
    text = re.sub(r"\s", "", SPEC)
    lines = {golden["name"]: golden["line"] for golden in GOLDEN}
    assert lines["status-first"][2:-1] in text
    for part in golden_named("request-set-time")[1][4]:
        assert (part if isinstance(part, bytes) else part[4]).hex() in text
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
    assert [frame[:3] for frame in frames_of(port.written)] == [(5, 2, 4711)]
    value = golden_value(golden["value"])
    assert capsys.readouterr().out == f"6 {golden['request_id']} {value}\n"
