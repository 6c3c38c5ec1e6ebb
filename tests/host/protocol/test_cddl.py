"""The schema, the golden frames and ids.py hold the same numbers; other people's code agrees."""

import json
import re
import struct

import cbor2
import pytest

import judge
from posproto import frames, ids, link

GOLDEN = json.loads((judge.PROTOCOL / "vectors/frames.json").read_text(encoding="utf-8"))
RULES = re.findall(r"^([a-z][a-z-]*)(?: =|<)", judge.CDDL, re.MULTILINE)


def numbers(prefix):
    return {name: n for name, n in vars(ids).items() if name.startswith(prefix)}


@pytest.mark.parametrize("golden", GOLDEN, ids=lambda golden: golden["name"])
def test_golden_frames_hold_before_the_schema_and_other_libraries(golden):
    if golden["version"] != ids.PROTOCOL_VERSION:
        assert golden["rule"] is None
        return
    the_judge = judge.Judge()
    if golden["rule"].startswith("response-"):
        the_judge.asked[golden["request_id"]] = golden["rule"][9:]
    value = the_judge.line(golden["line"].encode())
    assert cbor2.dumps(value) == bytes.fromhex(golden["cbor"])


def test_every_rule_is_used_and_every_rule_used_is_there():
    rules = re.sub(r";.*", "", judge.CDDL)
    assert len(RULES) == len(set(RULES))
    for rule in RULES:
        uses = re.findall(rf"(?<![\w-]){rule}(?![\w-])", rules)
        frame = rule in ("hello", "status", "event", "log", "request", "response", "signed-report")
        frame = frame or rule in (
            "external-aad",
            "request-change",
            "mac-256",
            "mac-64",
            "manifest",
            "program",
        )
        assert len(uses) > 1 or frame or rule.startswith("response-"), rule


def test_the_schema_numbers_every_key_as_ids_does():
    written = re.findall(r"^ +\??\s*(\d+) => .*?; ([A-Z]+_\w+)$", judge.CDDL, re.MULTILINE)
    assert len({name for _, name in written}) == len(set(written))
    expected = {}
    for prefix in ("HELLO_", "ST_", "EV_", "A_", "SUB_", "MSG_", "REP_", "C_", "CRD_"):
        expected.update(numbers(prefix))
    del expected["MSG_DIGEST"]  # never leaves the flash
    assert {name: int(n) for n, name in written} == expected


def test_the_schema_has_a_request_and_a_response_for_every_operation():
    pattern = r"^request-([a-z-]+) = \{ 0 => (\d+)[^;]*; (OP_\w+)$"
    written = re.findall(pattern, judge.CDDL, re.MULTILINE)
    assert {name: int(n) for _, n, name in written} == numbers("OP_")
    for rule, _, name in written:
        assert rule == name[3:].lower().replace("_", "-")
        assert f"response-{rule}" in RULES


@pytest.mark.parametrize(
    ("rule", "value"),
    [
        ("status", {1: 5, 3: 1}),
        ("status", {0: 1, 1: 5, 3: 1, 25: 0}),
        ("status", {0: 1, 1: 5, 3: 1, 13: "Yuan"}),
        ("status", {0: 1, 1: 5, 3: 1, 6: [1, 1]}),
        ("status", {0: 1, 1: 5, 3: 1, 6: [1, 1, 12]}),
        ("status", {0: 1, 1: 5, 3: 1, 8: "weak"}),
        ("status", {0: 1, 1: 5.5, 3: 1}),
        ("event", {0: 1, 1: 5, 3: 1, 4: 5, 5: 0}),
        ("event", {0: 1, 1: 5, 3: 1, 4: 1, 5: 0, 6: {10: b"text"}}),
        ("request", {0: 500}),
        ("request-log", {0: 4, 1: {0: "all"}}),
        ("request-set-time", {0: 32, 1: {0: "5"}}),
        ("request-set-time", {0: 32, 1: b"\xa1\x00\x05"}),
        ("request-keyed", {2: bytes(15), 4: [b"\xa1\x01\x05", {}, b"", bytes(32)]}),
        ("request-keyed", {2: bytes(16), 4: [b"\xa1\x01\x05", {}, b"", bytes(8)]}),
        ("request-keyed", {2: bytes(16), 4: [b"\xa1\x01\x05", {}, b""]}),
        ("request-keyed", {0: 1, 2: bytes(16), 4: [b"\xa1\x01\x05", {}, b"", bytes(32)]}),
        ("mac-256", {1: 4}),
        ("mac-64", {1: 5}),
        ("request-change", {0: 4}),
        ("signed-report", [b"\xa1\x01\x04", {4: bytes(7)}, b"", bytes(8)]),
        ("request-lock", {0: 39, 1: {}}),
        ("response-log", {0: 0}),
        ("response-log", {0: 0, 1: {0: [b"\xa0"], 1: 1, 2: 1}}),
        ("response-set-time", {0: 0, 1: 5}),
        ("hello", {0: 1}),
    ],
)
def test_the_schema_refuses_what_is_not_ours(rule, value):
    with pytest.raises(AssertionError, match="is no "):
        judge.check(rule, cbor2.dumps(value))


def test_the_judge_refuses_damaged_lines():
    line = GOLDEN[0]["line"].encode()
    for bad in (line[:-2] + b"\n", line[1:], line[:20] + b"A" + line[21:], line + b"x"):
        with pytest.raises((AssertionError, ValueError)):
            judge.Judge().line(bad)
    unsorted = b"\xa3\x01\x00\x00\x11\x03\x02"
    with pytest.raises(AssertionError, match="preferred"):
        judge.Judge().payload("status", 0, unsorted)


def test_what_the_writers_give_passes_the_judge():
    writer = link.FrameWriter()
    stream = b"boot text\r\n"
    frames.put_hello(writer.begin(ids.FRAME_HELLO), [1, "0.1.0", "pc", 1024, 0, 1, "pos"])
    stream += writer.end() + b"Traceback\r\n"
    frames.put_request(writer.begin(ids.FRAME_REQUEST, 7), ids.OP_LOG, {0: 5, 1: 10})
    stream += writer.end()
    event = {0: 1, 1: 2, 3: 301, 4: 2, 5: 5}
    page = {0: [cbor2.dumps(event)], 1: 6, 2: 0}
    frames.put_response(writer.begin(ids.FRAME_RESPONSE, 7), ids.R_OK, page)
    stream += writer.end()
    the_judge = judge.Judge()
    assert len(the_judge.stream(stream)) == 3
    assert [kind for kind, _, _ in the_judge.seen] == ["hello", "request", "response"]


def test_golden_headers_are_as_the_spec_has_them():
    for golden in GOLDEN:
        raw = judge.raw(golden["line"].encode())
        header = [golden[n] for n in ("type", "version", "request_id", "sequence")]
        assert raw[:6] == struct.pack(">BBHH", *header)
