"""A capture for a ticket: nothing personal is left in it, and the verdict is the same."""

import json

import pytest

from frame_device import Device, event
from posdiag.cli import main
from posdiag.link.capture import Capture
from posdiag.link.redact import stars
from posproto import ids
from posproto.link import FrameReader

PHONE = "13812345678"
PAN = bytes.fromhex("6222021234567890123f")


@pytest.fixture
def recorded(tmp_path, monkeypatch):
    """A capture that holds what may not leave the shop."""
    monkeypatch.setenv("POSDIAG_LANG", "en")
    file = tmp_path / "shop.cap"
    with Device() as device:
        device.noise = b"call from " + PHONE.encode() + b"\r\n"
        device.log.append(event(74, ids.E_FRAUD_TEXT, {ids.A_TEXT: "top up at " + PHONE}))
        device.log.append(event(75, ids.E_ACKNOWLEDGED, {ids.A_RRN: "123456789012"}))
        device.values = {
            ids.OP_TRACE: [[1, 50, b'< +CMT: "' + PHONE.encode() + b'"']],
            ids.OP_IDENTITY: {"iccid": "************34567821"},
            ids.OP_SUBMIT_COMMIT: {ids.MSG_STATE: ids.MS_READY},
        }
        main(["capture", str(file), device.path, "--duration", "0"])
        message = tmp_path / "message.hex"
        message.write_text(PAN.hex())
        submitted = tmp_path / "submit.cap"
        arguments = ["-m", str(message), "--wait", "0", "--record", str(submitted)]
        main(["submit", device.path, *arguments])
    return file, submitted


def payloads(file):
    data = [b"", b""]
    for chunk in Capture(file).chunks():
        data[chunk.direction == ord("H")] += chunk.data
    return [frame.payload for part in data for frame in FrameReader().feed(part)]


def test_nothing_personal_is_left(recorded, tmp_path):
    for number, file in enumerate(recorded):
        out = tmp_path / f"ticket{number}.cap"
        assert main(["capture", str(out), "--replay", str(file), "--redact"]) == 0
        everything = out.read_bytes() + b"".join(payloads(out))
        before = file.read_bytes() + b"".join(payloads(file))
        assert PHONE.encode() in before
        assert PHONE.encode() not in everything
        assert PAN not in everything
        assert b"POS-00042" not in everything
        assert len(payloads(out)) == len(payloads(file))
    assert PAN in b"".join(payloads(recorded[1]))


def test_the_verdict_and_the_reference_number_stay(recorded, tmp_path, capsys):
    out = tmp_path / "ticket.cap"
    main(["capture", str(out), "--replay", str(recorded[0]), "--redact"])
    capsys.readouterr()
    shown = []
    for file in (recorded[0], out):
        status = main(["doctor", "--replay", str(file), "--json"])
        shown.append((status, json.loads(capsys.readouterr().out)))
    assert shown[0][0] == shown[1][0] == 10
    assert shown[0][1]["verdict"] == shown[1][1]["verdict"]
    assert shown[0][1]["status"] == shown[1][1]["status"]
    main(["log", "--replay", str(out), "--json"])
    log = capsys.readouterr().out
    assert "123456789012" in log
    assert "top up at ***********" in log


def test_a_capture_is_cut_to_the_seconds_around_a_fault(recorded, tmp_path):
    chunks = list(Capture(recorded[0]).chunks())
    middle = chunks[len(chunks) // 2].time_s
    out = tmp_path / "part.cap"
    main(["capture", str(out), "--replay", str(recorded[0]), "--from", "0", "--to", str(middle)])
    part = list(Capture(out).chunks())
    assert 0 < len(part) < len(chunks)
    assert part == [chunk for chunk in chunks if chunk.time_s <= middle]
    assert Capture(out).start_ms == Capture(recorded[0]).start_ms


def test_redacting_needs_a_capture(capsys, tmp_path):
    assert main(["capture", str(tmp_path / "x"), "COM5", "--redact"]) == 2
    assert not (tmp_path / "x").exists()


def test_short_numbers_stay_readable():
    assert stars("batch 0042, cause 33, call 10086") == "batch 0042, cause 33, call *****"


@pytest.mark.parametrize(
    "text",
    [
        "4761739001010119",
        "4761 7390 0101 0119",
        "4761-7390-0101-0119",
        "3782 822463 10005",
        "47 61 73 90 01 01 01 19",
    ],
)
def test_a_card_number_is_starred_however_its_digits_are_grouped(text):
    for said in (text, f"card {text} declined", f"({text})"):
        assert not any(char.isdigit() for char in stars(said)), stars(said)
        assert len(stars(said)) == len(said)
