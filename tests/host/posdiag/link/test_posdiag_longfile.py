"""Files that are no logs, of any size: bounded time and memory, and said in a sentence."""

import io
import json
import os
import shlex
import subprocess
import sys
import time
from binascii import crc32

import pytest
from rich.console import Console

from frame_device import LOG, event, segment
from posdiag.cli import main
from posdiag.errors import EXIT_NO_RECORDS, EXIT_OTHER_SPEECH
from posdiag.facts.rawlog import RawLog
from posdiag.link import longfile
from posdiag.show.console import App
from posproto import ids
from waiting import HUNG_S

pytestmark = pytest.mark.usefixtures("english")


@pytest.mark.parametrize("filler", [b"\0", b"\xff", b"\0\x30\xa7", b"\x00\xf0"])
@pytest.mark.parametrize("before", [1, 245, 65530, 65535, 131_070, 200_001])
def test_a_record_behind_a_long_stretch_of_anything_is_found(tmp_path, filler, before):
    """Wherever it lies in the pieces that are read."""
    record = segment([event(7, ids.E_SIGNAL, {ids.A_SIGNAL_DBM: -90})])
    stretch = (filler * before)[:before]
    file = tmp_path / "log0"
    file.write_bytes(stretch + record + bytes(200_000) + record)
    log = RawLog([str(file)])
    assert [found.sequence for found in log.events()] == [7, 7]
    assert log.damaged == 2


def limited(*argv):
    """One run in at most 200 MB of memory and 60 s: (status, output, errors)."""
    tool = "ulimit -v 400000; exec " + shlex.join(
        [sys.executable, "-m", "posdiag", *map(str, argv)]
    )
    done = subprocess.run(
        ["sh", "-c", tool], capture_output=True, text=True, timeout=HUNG_S, check=False
    )
    return done.returncode, done.stdout, done.stderr


@pytest.mark.skipif(sys.platform == "win32", reason="no ulimit, and files are not sparse")
@pytest.mark.parametrize(
    "question, status",
    [(["log", "--raw-log"], EXIT_NO_RECORDS), (["doctor", "--replay"], EXIT_OTHER_SPEECH)],
)
def test_two_gigabytes_of_nothing_are_said_to_be_nothing(tmp_path, question, status):
    file = tmp_path / "huge"
    file.touch()
    os.truncate(file, 2 << 30)
    code, out, err = limited(*question, file)
    assert (code, out) == (status, "")
    assert err.count("\n") == 1 and "Traceback" not in err


@pytest.mark.skipif(sys.platform == "win32", reason="no ulimit, and files are not sparse")
def test_a_record_at_the_end_of_two_gigabytes_is_shown(tmp_path):
    file = tmp_path / "log0"
    with open(file, "wb") as out:
        out.write(b"\x01garbage")
        out.truncate(2 << 30)
        out.seek(0, os.SEEK_END)
        out.write(segment([event(7, ids.E_SIGNAL, {ids.A_SIGNAL_DBM: -90})]))
    code, out, _ = limited("log", "--raw-log", file, "--json")
    assert code == 0 and json.loads(out)["sequence"] == 7


def test_a_log_of_another_version_is_said_to_be_one(tmp_path, capsys):
    """Its records are whole and no maps of this version's events."""
    file = tmp_path / "log0"
    body = bytes([0, 5]) + b"\xa1\x18\x2a\xc0\x00"  # a map with a tagged value
    foreign = body + crc32(body).to_bytes(4, "big")
    file.write_bytes(foreign * 3)
    status, err = main(["log", "--raw-log", str(file)]), capsys.readouterr().err
    assert status == EXIT_NO_RECORDS
    assert "another version of the agent" in err
    file.write_bytes(foreign * 3 + segment(LOG[:1]))
    status, err = main(["log", "--raw-log", str(file)]), capsys.readouterr().err
    assert status == 0
    assert "3 records of another version of the agent were skipped" in err


def test_a_log_of_a_newer_agent_is_shown_as_far_as_it_is_understood(tmp_path, capsys):
    file = tmp_path / "log0"
    file.write_bytes(segment([*LOG[:1], event(1, 9999), {**event(2, ids.E_SIM), 77: "new"}]))
    assert main(["log", "--raw-log", str(file), "--json"]) == 0
    shown = capsys.readouterr()
    assert [json.loads(line)["sequence"] for line in shown.out.splitlines()] == [0, 1, 2]
    assert "reports things that this tool does not know yet" in shown.err


@pytest.mark.parametrize("is_terminal", [True, False])
def test_a_long_search_shows_how_far_it_is_on_a_terminal_only(monkeypatch, is_terminal):
    monkeypatch.setattr(longfile, "_PATIENCE_S", 0.0)
    app = App("en")
    screen = io.StringIO()
    app.err = Console(file=screen, width=80, force_terminal=is_terminal)
    with longfile.Looking(app, "/somewhere/log0") as looking:
        for done in (10, 20, 30):
            looking(done, 100)
            time.sleep(0.01)
        looking(100, 100)  # found
    shown = screen.getvalue()
    assert ("looking through log0; Ctrl-C ends it" in shown) == is_terminal
    assert ("30 %" in shown) == is_terminal
