"""Captures and copied logs: what a ticket brings is read like a live terminal, damage and all."""

import json
import random
import tracemalloc

import pytest

from frame_device import LOG, Device, event, segment
from posdiag.cli import main
from posdiag.errors import (
    EXIT_FILE,
    EXIT_NO_RECORDS,
    EXIT_OTHER_SPEECH,
    EXIT_REFUSED,
    EXIT_SILENT,
)
from posdiag.facts.rawlog import RawLog
from posdiag.link.capture import DEVICE, Capture
from posdiag_cli import run
from posproto import ids
from posproto.link import FrameWriter

pytestmark = pytest.mark.usefixtures("english")


@pytest.fixture(scope="module")
def recorded(tmp_path_factory):
    """A capture of everything that a terminal can be asked without a key."""
    file = tmp_path_factory.mktemp("capture") / "shop.cap"
    with Device() as device:
        device.noise = b"boot: hello\r\n"
        assert main(["capture", str(file), device.path, "--duration", "0.1"]) == 0
    return file


def test_a_capture_shows_the_same_status_as_the_terminal(recorded, capsys):
    with Device() as device:
        _, live, _ = run(capsys, "status", device.path)
    status, replayed, _ = run(capsys, "status", "--replay", recorded)
    assert status == 0
    assert replayed.splitlines()[:-1] == live.splitlines()[:-1]  # the last line names the port


def test_a_capture_holds_the_log_and_the_counters(recorded, capsys):
    _, out, _ = run(capsys, "log", "--replay", recorded, "--json")
    assert [json.loads(line)["sequence"] for line in out.splitlines()] == [0, 1, 2, 70, 71, 72, 73]
    _, out, _ = run(capsys, "status", "--replay", recorded, "--json")
    assert json.loads(out)["counters"] == {"modem_overlong": 1, "host_bad_crc": 2}


def test_a_capture_says_when_it_was_made_and_what_passed(recorded):
    capture = Capture(recorded)
    chunks = list(capture.chunks())
    assert not capture.is_cut
    assert capture.start_ms > 1_700_000_000_000
    assert [chunk.time_s for chunk in chunks] == sorted(chunk.time_s for chunk in chunks)
    assert {chunk.direction for chunk in chunks} == {ord("D"), ord("H")}


def test_watch_plays_a_capture_to_its_end(recorded, capsys, tmp_path):
    file = tmp_path / "live.log"
    writer = FrameWriter()
    with open(file, "wb") as out:
        out.write(b"some text\n")
        for record in LOG:
            writer.begin(ids.FRAME_EVENT).value(record)
            out.write(writer.end())
    status, out, _ = run(capsys, "watch", "--replay", file)
    assert status == 0
    assert out.count("\n") == len(LOG) + 1
    assert "terminal: some text" in out


def test_bytes_saved_by_a_terminal_program_are_read_too(recorded, tmp_path, capsys):
    device_bytes = b"".join(c.data for c in Capture(recorded).chunks() if c.direction == DEVICE)
    file = tmp_path / "putty.log"
    file.write_bytes(device_bytes.replace(b"\n", b"\r\n"))
    writer = FrameWriter()
    writer.begin(ids.FRAME_STATUS).value({0: 1, 1: 5, 3: ids.V_SIM_ABSENT})
    file.write_bytes(file.read_bytes() + writer.end())
    status, out, _ = run(capsys, "status", "--replay", file)
    assert status == 0
    assert out.startswith("No SIM card")


@pytest.mark.parametrize("part", [0.1, 0.5, 0.9])
def test_a_capture_cut_anywhere_is_read_up_to_the_cut(recorded, tmp_path, capsys, part):
    data = recorded.read_bytes()
    file = tmp_path / "cut.cap"
    file.write_bytes(data[: int(len(data) * part)])
    status, _, err = run(capsys, "log", "--replay", file)
    assert status in (0, EXIT_OTHER_SPEECH, EXIT_SILENT)
    assert "unexpected" not in err


def test_random_bytes_are_named_as_such(tmp_path, capsys):
    file = tmp_path / "noise.cap"
    file.write_bytes(random.Random(5).randbytes(300_000))
    status, out, err = run(capsys, "status", "--replay", file)
    assert (status, out) == (EXIT_OTHER_SPEECH, "")
    assert "none from a terminal agent" in err


def test_an_empty_file_and_a_missing_one(tmp_path, capsys):
    file = tmp_path / "empty.cap"
    file.touch()
    assert run(capsys, "status", "--replay", file)[0] == EXIT_SILENT
    assert run(capsys, "status", "--replay", tmp_path / "none")[0] == EXIT_FILE


def test_what_a_capture_does_not_hold_cannot_be_asked(tmp_path, capsys):
    writer = FrameWriter()
    writer.begin(ids.FRAME_EVENT).value(LOG[0])
    file = tmp_path / "events.log"
    file.write_bytes(writer.end())
    status, _, err = run(capsys, "status", "--replay", file)
    assert status == EXIT_REFUSED
    assert "only be had from a live terminal" in err


def test_segments_copied_off_a_board_are_put_in_order(tmp_path, capsys):
    (tmp_path / "log0").write_bytes(segment(LOG[3:]))
    (tmp_path / "log1").write_bytes(segment(LOG[:3]))
    paths = ["--raw-log", tmp_path / "log0", "--raw-log", tmp_path / "log1"]
    status, out, _ = run(capsys, "log", "--json", *paths)
    assert status == 0
    assert [json.loads(line)["sequence"] for line in out.splitlines()] == [0, 1, 2, 70, 71, 72, 73]


@pytest.mark.parametrize("seed", range(20))
def test_damaged_records_are_skipped_and_counted(tmp_path, seed):
    rng = random.Random(seed)
    whole = segment([event(n, ids.E_SIGNAL, {ids.A_SIGNAL_DBM: -90}) for n in range(50)])
    data = bytearray(whole)
    for _ in range(3):
        data[rng.randrange(len(data))] ^= 1 << rng.randrange(8)
    file = tmp_path / "log0"
    file.write_bytes(bytes(data[: len(data) - rng.randrange(20)]))
    log = RawLog([str(file)])
    sequences = [found.sequence for found in log.events()]
    assert 46 <= len(sequences) <= 49
    assert sequences == sorted(sequences)
    assert log.damaged >= 1


def test_a_file_without_records_is_said_in_a_sentence(tmp_path, capsys):
    file = tmp_path / "log0"
    file.write_bytes(b"\0" * 5000)
    status, _, err = run(capsys, "log", "--raw-log", file)
    assert status == EXIT_NO_RECORDS
    assert err.startswith(f"There are no log records in {file}.")


def test_a_long_log_takes_no_memory(tmp_path):
    file = tmp_path / "log0"
    block = segment([event(n, ids.E_SIGNAL, {ids.A_SIGNAL_DBM: -90}) for n in range(1000)])
    file.write_bytes(block * 3)
    tracemalloc.start()
    count = sum(1 for _ in RawLog([str(file)]).events())
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert count == 3_000
    assert peak < 1_000_000
