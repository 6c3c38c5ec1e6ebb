"""Files that a terminal, a disk or a stranger may hand to posdiag: captures, logs, tickets. Values
replaced by others, bytes turned, pieces cut out, repeated or moved; a seed says all of it.

    python tests/odd_files.py FIRST-SEED SEEDS      each command on each file
"""

import contextlib
import io
import json
import os
import random
import signal
import struct
import sys
import tempfile
import unicodedata
import warnings
import zipfile
import zlib
from base64 import b64encode
from pathlib import Path

import cbor2

from frame_device import HELLO, LOG, STATUS, event, segment
from posdiag.errors import EXIT_CRASH
from posdiag.link.capture import DEVICE, HOST, CaptureWriter
from posproto import ids
from waiting import HUNG_S

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


def _report(text):
    for word in text.split():
        file = Path(word.strip(".,。"))
        if file.is_file():
            return file.read_text(encoding="utf-8")[-1500:]
    return ""


def bent(rng, data):
    """`data` with some of its bytes turned, cut out, repeated, or taken from elsewhere in it."""
    data = bytearray(data)
    for _ in range(rng.choice((1, 1, 3, 20))):
        at, size = rng.randrange(len(data) + 1), rng.choice((1, 1, 2, 7, 300))
        kind = rng.randrange(5)
        if kind == 0 and at < len(data):
            data[at] = rng.choice((0, 10, 34, 92, 127, 255, rng.randrange(256)))
        elif kind == 1:
            del data[at : at + size]
        elif kind == 2:
            data[at:at] = data[at : at + size] * rng.choice((1, 2, 50))
        elif kind == 3 and data:
            start = rng.randrange(len(data))
            data[at : at + size] = data[start : start + size]
        else:
            data[at:at] = rng.choice(
                (b"\0", b"\xff" * 9, b"\x1b[2J", b"NaN", b"-1e999", b"[" * 99)
            )
    return bytes(data)


def log_of(path, rng, chance):
    """Records as on a flash, some of them spoiled, then the bytes."""
    records = []
    for record in [*LOG, *(rng.choice(LOG) for _ in range(rng.choice((0, 3, 60))))]:
        odd = spoiled(rng, record, chance)
        records.append(odd if isinstance(odd, dict) else record)
    try:
        data = segment(records)
    except ValueError:  # longer than a record may be, or a value that our own writer refuses
        data = segment(LOG)
    path.write_bytes(bent(rng, data) if rng.random() < 0.7 else data)


def ticket_of(path, rng, capture):
    """A ticket with a spoiled capture in it, of wrong names or twice; its own bytes bent, too."""
    with zipfile.ZipFile(path, "w", rng.choice((zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED))) as out:
        for name in ("terminal.cap", rng.choice(("../x", "terminal.cap", "doctor.json", "\x1b["))):
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # a name that is there twice
                out.writestr(name, capture)
        out.writestr("big", bytes(rng.choice((1, 1 << 20))))
    if rng.random() < 0.6:
        path.write_bytes(bent(rng, path.read_bytes()))


def files_of(folder, rng):
    """(path, the option that hands it over)"""
    chance = rng.choice((0.0, 0.02, 0.1, 0.3))
    capture, log, ticket = folder / "odd.cap", folder / "log0", folder / "odd.zip"
    capture_of(capture, rng, chance)
    ticket_of(ticket, rng, capture.read_bytes())
    if rng.random() < 0.7:
        capture.write_bytes(bent(rng, capture.read_bytes()))
    log_of(log, rng, chance)
    return ((capture, "--replay"), (ticket, "--replay"), (log, "--raw-log"))


REPLAYS = (
    *(["status"], ["log"], ["log", "--csv"], ["settlement"], ["settlement", "--csv"], ["credit"]),
    *(["trace"], ["doctor"], ["watch"], ["status", "--json"], ["settlement", "--slip"]),
    *(["log", "--json", "--since", "2h"], ["doctor", "--json"], ["plan"], ["heal"]),
    *(["credit", "--learn"], ["capture", "cut.cap", "--redact"], ["ticket", "out.zip"]),
    *(["report", "out.html"], ["log", "--verify", "--key-file", "key"]),
)
RAW_LOGS = (
    *(["log"], ["log", "--csv"], ["log", "--json"], ["doctor"], ["doctor", "--json"]),
    *(["log", "--verify", "--key-file", "key"], ["report", "out.html"]),
)


class Hang(BaseException):
    """Nothing that the tool catches."""


def _hangs(*_):
    raise Hang


def play(seed, folder, main, commands_max=99):
    """Every command on every file of this seed; raises AssertionError for what ends in a crash, in
    a hang, or shows what moves a cursor. Returns the commands played.
    """
    rng = random.Random(seed)
    os.environ["POSDIAG_LANG"] = ("en", "zh")[seed % 2]
    os.environ["POSDIAG_STATE_DIR"] = str(folder)
    os.chdir(folder)
    key = folder / "key"
    key.write_text("00" * 32)
    key.chmod(0o600)
    played = 0
    for path, option in files_of(folder, rng):
        commands = RAW_LOGS if option == "--raw-log" else REPLAYS
        for command in rng.sample(commands, min(len(commands), commands_max)):
            out, err = io.StringIO(), io.StringIO()
            case = f"seed {seed}: {' '.join([*command, option, path.name])}"
            before = signal.signal(signal.SIGALRM, _hangs)
            signal.alarm(HUNG_S)
            try:
                with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
                    status = main([*command, option, str(path)])
            except Hang:
                raise AssertionError(f"{case}: hangs") from None
            finally:
                signal.alarm(0)
                signal.signal(signal.SIGALRM, before)
            assert status != EXIT_CRASH, f"{case}: {err.getvalue()}\n{_report(err.getvalue())}"
            assert not unseen(out.getvalue() + err.getvalue()), case
            if status == 0 and "--json" in command:
                for line in out.getvalue().splitlines() if command[0] == "log" else ():
                    json.loads(line)
            played += 1
    return played


def main(first, seeds):
    from posdiag.cli import main as posdiag

    home = os.getcwd()
    for seed in range(first, first + seeds):
        with tempfile.TemporaryDirectory() as folder:
            try:
                played = play(seed, Path(folder), posdiag)
            finally:
                os.chdir(home)
        print(f"seed {seed}: {played} commands", flush=True)


if __name__ == "__main__":
    main(*[int(word) for word in sys.argv[1:3]])
