"""Captures that nobody meant to be read: values of a terminal replaced by others, of another type,
size or script. The tool says what it can and never crashes, and nothing that it prints moves a
cursor. 35 of 1,300 such captures once ended in a crash report.
"""

import random
import struct
import unicodedata
import zlib
from base64 import b64encode
from pathlib import Path

import cbor2
import pytest

from frame_device import HELLO, LOG, STATUS, event
from posdiag.cli import main
from posdiag.errors import EXIT_CRASH
from posdiag.link.capture import DEVICE, HOST, Capture, CaptureWriter
from posproto import ids

SEEDS = range(16)
ESCAPES = "\x1b]52;c;ZXZpbA==\x07\x1b[2J\x9b31m‮evil\nforged: all clear\x7f"
ODD = (
    *(
        None,
        True,
        -1,
        0,
        1 << 31,
        1 << 63,
        -(1 << 63),
        "",
        ESCAPES,
        "=cmd|' /C calc'!A0",
        "x" * 300,
    ),
    *(b"", b"\xff" * 40, [], [None], [[]], {}, {"a": 1}, {-1: b""}, [1, "x", b"y"]),
)
MESSAGE = {0: 7, 1: 2, 2: 200, 3: 12, 4: 1, 5: 1, 6: 90, 7: "00", 8: "000000000012", 10: 2, 18: 5}
CREDIT = {
    0: 2,
    1: -350,
    2: "CNY",
    3: 400,
    4: 500,
    5: [1, 3],
    6: [20000, 5, 20001, 4],
    7: 3,
    8: 10,
    9: [5, 900],
    10: 20100,
    11: 44,
    12: [1, 2, 3],
    13: [1, 2, 3],
    14: [1, 0, 31],
    15: "10086:CXYE",
    16: {0: 1, 7: "reseller"},
    17: 101,
    18: 1,
    19: "bal ##",
}
ANSWERS = {
    ids.OP_HELLO: HELLO,
    ids.OP_STATUS: STATUS,
    ids.OP_COUNTERS: {0: 1, 5: 2},
    ids.OP_LOG: {0: [cbor2.dumps(record) for record in LOG], 1: 74, 2: 0},
    ids.OP_TRACE: [[1, 10, b"> AT"], [2, 5, b"< OK"]],
    ids.OP_IDENTITY: {"imei": "865067*******67", "firmware": "EC20"},
    ids.OP_CREDIT: CREDIT,
    ids.OP_SETTLEMENT: {
        0: [MESSAGE],
        2: {1: 6, 4: 1, 14: 17},
        3: [[501, 0]],
        4: [1, 0, 0, 0, 0],
        5: ["10000001", "104400000000001"],
    },
    ids.OP_LADDER: {0: [0, 5], 1: 9, 2: 1, 3: [[0, 1, 3, 2, 9], [4]]},
    ids.OP_SELF_TEST: {0: False, 1: 5, 2: [{31: 1, 6: 0}]},
    ids.OP_CONFIG_GET: {"apn": "cmnet"},
    ids.OP_CRASHES: [cbor2.dumps(event(0, ids.E_CRASH, {21: "ValueError", 10: "x.py:3", 20: 1}))],
}
COMMANDS = (
    *(["status"], ["log"], ["log", "--csv"], ["settlement"], ["settlement", "--csv"], ["credit"]),
    *(["trace"], ["doctor"], ["watch"], ["status", "--json"], ["settlement", "--slip"]),
)


def line(kind, request_id, sequence, code):
    raw = struct.pack(">BBHH", kind, ids.PROTOCOL_VERSION, request_id, sequence) + code
    return b"\x06C" + b64encode(raw + zlib.crc32(raw).to_bytes(4, "big")) + b"\n"


def spoiled(rng, value, chance):
    """`value` with some of its parts replaced, and of its encoded events, too."""
    if rng.random() < chance:
        return rng.choice(ODD)
    if isinstance(value, dict):
        return {
            (rng.choice((key, -1, "k", 99)) if rng.random() < chance / 4 else key): spoiled(
                rng, item, chance
            )
            for key, item in value.items()
        }
    if isinstance(value, list):
        return [spoiled(rng, item, chance) for item in value]
    if isinstance(value, bytes) and value[:1] > b"\xa0":
        try:
            return cbor2.dumps(spoiled(rng, cbor2.loads(value), chance))
        except (cbor2.CBORDecodeError, cbor2.CBOREncodeError):
            return value
    return value


def capture_of(path, rng, chance):
    writer = CaptureWriter(path, 1_750_000_000_000)
    for number, (op, value) in enumerate(ANSWERS.items(), 1):
        asked = cbor2.dumps(spoiled(rng, {0: op}, chance / 4))
        writer.add(HOST, line(ids.FRAME_REQUEST, number, number, asked), number / 10)
        said = spoiled(rng, {0: 0, 1: value}, chance)
        answer = line(ids.FRAME_RESPONSE, number, number, cbor2.dumps(said))
        writer.add(DEVICE, b"boot " + ESCAPES.encode() + answer, number / 10 + 0.05)
        for kind, record in ((ids.FRAME_STATUS, STATUS), (ids.FRAME_EVENT, rng.choice(LOG))):
            code = cbor2.dumps(spoiled(rng, record, chance))
            writer.add(DEVICE, line(kind, 0, number, code), number / 10 + 0.06)
    writer.close()


def unseen(text):
    """What is in `text` and must not reach a terminal."""
    return {
        char
        for char in text
        if char != "\n" and (unicodedata.category(char) in ("Cc", "Cf", "Zl", "Zp", "Cs", "Co"))
    }


@pytest.mark.parametrize("seed", SEEDS)
def test_an_odd_capture_is_told_and_never_a_crash(seed, tmp_path, capsys, monkeypatch):
    monkeypatch.setenv("POSDIAG_LANG", ("en", "zh")[seed % 2])
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    rng = random.Random(seed)
    path = tmp_path / "odd.cap"
    capture_of(path, rng, rng.choice((0.02, 0.1, 0.3)))
    for command in COMMANDS:
        status = main([*command, "--replay", str(path)])
        shown = capsys.readouterr()
        assert status != EXIT_CRASH, (seed, command, shown.err, _report(shown.err))
        assert not unseen(shown.out + shown.err), (seed, command)
    cut = ["capture", str(tmp_path / "cut.cap"), "--replay", str(path), "--redact"]
    assert main(cut) != EXIT_CRASH, _report(capsys.readouterr().err)
    rows = list(Capture(tmp_path / "cut.cap").chunks())
    assert all(chunk.direction in (DEVICE, HOST) for chunk in rows)


def _report(text):
    for word in text.split():
        file = Path(word.strip(".,。"))
        if file.is_file():
            return file.read_text(encoding="utf-8")[-1500:]
    return ""


def test_a_cell_of_a_table_is_never_a_formula(tmp_path, capsys, monkeypatch):
    for lang in ("en", "zh"):
        monkeypatch.setenv("POSDIAG_LANG", lang)
        path = tmp_path / "formula.cap"
        writer = CaptureWriter(path, 1_750_000_000_000)
        for number, text in enumerate(("=1+1", "+2", "-cmd", "@SUM(A1)", " =1", "\t=1"), 5):
            record = event(number, ids.E_FRAUD_TEXT, {ids.A_TEXT: text})
            writer.add(DEVICE, line(ids.FRAME_EVENT, 0, number, cbor2.dumps(record)), number)
        writer.close()
        assert main(["log", "--csv", "--replay", str(path)]) == 0
        rows = capsys.readouterr().out.splitlines()[1:]
        assert len(rows) == 6
        for row in rows:
            for cell in row.split(","):
                assert cell.strip('" ')[:1] not in "=+@" or not cell.strip('" '), row
