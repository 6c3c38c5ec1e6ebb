"""The commands against a device that answers frames on a real pty; cbor2 judges what was sent."""

import csv
import fcntl
import io
import json
import os
import pty
import re
import select
import struct
import subprocess
import sys
import termios
import time

import cbor2
import pytest

from following import Followed
from frame_device import HELLO, STATUS, Device, event
from posdiag.errors import EXIT_ABSENT, EXIT_REFUSED, EXIT_USAGE
from posdiag.link.client import Client
from posdiag_cli import run
from posproto import ids
from posproto.link import FrameReader
from source_files import ROOT
from waiting import HUNG_S


@pytest.fixture
def device():
    with Device() as found:
        yield found


@pytest.fixture
def followed(monkeypatch):
    return Followed(monkeypatch)


@pytest.fixture(autouse=True)
def english(monkeypatch):
    monkeypatch.setenv("POSDIAG_LANG", "en")
    monkeypatch.setenv("TZ", "UTC")


def test_status_says_first_what_is_wrong_and_what_to_do(device, capsys):
    status, out, _ = run(capsys, "status", device.path)
    lines = out.splitlines()
    assert status == 0
    assert lines[0] == "Line suspended: the SIM card is not paid (confidence 90 %, for 3 min)"
    assert lines[2].startswith("What to do: Pay through the official channel")
    assert "CNY -3.50 (1 h ago)" in out
    assert "1 waiting, oldest 1 min" in out
    assert "new data connection, in 11 min 40 s" in out
    assert "frames with a bad checksum" in out


def test_status_in_chinese(device, capsys):
    _, out, _ = run(capsys, "status", device.path, "--lang", "zh")
    assert out.startswith("SIM卡欠费停机（")
    assert "缴费后不用重启终端" in out
    assert "-3.50元" in out


def test_the_language_may_stand_before_the_command(device, capsys):
    _, out, _ = run(capsys, "--lang=zh", "status", device.path)
    assert out.startswith("SIM卡欠费停机")


def test_json_names_what_the_wire_numbers(device, capsys):
    status, out, _ = run(capsys, "status", device.path, "--json")
    data = json.loads(out)
    assert status == 0
    assert data["status"]["verdict"] == "credit_overdue"
    assert data["status"]["verdict_2"] == "settlement_late"
    assert data["status"]["registration"] == dict.fromkeys(("cs", "ps", "eps"), "home")
    assert data["status"]["cause"] == {"domain": "esm", "number": 33, "code": "33"}
    assert data["status"]["balance_minor"] == -350
    assert data["status"]["flags"] == ["clock_set"]
    assert data["hello"]["device_id"] == "POS-00042"
    assert data["counters"] == {"modem_overlong": 1, "host_bad_crc": 2}


def test_what_the_tool_shows_is_what_an_independent_decoder_reads(device, tmp_path, capsys):
    file = tmp_path / "status.cap"
    _, out, _ = run(capsys, "status", device.path, "--json", "--record", file)
    shown = json.loads(out)["status"]
    frames = list(FrameReader().feed(file.read_bytes()))
    answers = [cbor2.loads(f.payload) for f in frames if f.type == ids.FRAME_RESPONSE]
    (status,) = [a[1] for a in answers if a.get(1, {}).get(ids.ST_VERDICT) == ids.V_CREDIT_OVERDUE]
    assert status == STATUS
    assert shown["signal_dbm"] == status[ids.ST_SIGNAL_DBM]
    assert shown["uptime_s"] == status[ids.ST_UPTIME_S]
    assert shown["rung_s"] == status[ids.ST_RUNG_S]


def test_keys_of_a_newer_agent_are_kept_and_said(device, capsys):
    device.status[200] = [1, b"\x01\x02"]
    status, out, err = run(capsys, "status", device.path, "--json")
    assert status == 0
    assert json.loads(out)["status"]["unknown"] == {"200": [1, "0102"]}
    assert "reports things that this tool does not know" in err


@pytest.mark.parametrize("version, word", [(3, "newer"), (1, "older")])
def test_another_protocol_version_is_said_and_what_is_known_is_shown(version, word, capsys):
    with Device(version) as device:
        status, out, err = run(capsys, "status", device.path)
    assert status == 0
    assert f"is {word} than this tool" in err
    assert "Line suspended" in out


def test_misfit_values_are_left_out_not_believed(device, capsys):
    device.status.update({ids.ST_SIGNAL_DBM: "loud", ids.ST_REGISTRATION: [1], ids.ST_BOOT: True})
    status, out, _ = run(capsys, "status", device.path, "--json")
    shown = json.loads(out)["status"]
    assert status == 0
    assert shown["signal_dbm"] is None
    assert shown["boot"] is None
    assert shown["registration"] == dict.fromkeys(("cs", "ps", "eps"))


def test_a_refused_request_is_one_sentence(device, capsys):
    device.results[ids.OP_STATUS] = ids.R_BUSY
    status, out, err = run(capsys, "status", device.path)
    assert status == EXIT_REFUSED
    assert out == ""
    assert err == "The terminal refused (status): the agent is busy, try again.\n"


def test_evidence_stands_below_with_v(device, capsys):
    device.results[ids.OP_STATUS] = ids.R_BUSY
    _, _, err = run(capsys, "-v", "status", device.path)
    assert err.endswith("as the test wants it\n")


def test_log_marks_restarts_and_clock_changes(device, capsys):
    status, out, _ = run(capsys, "log", device.path)
    lines = out.splitlines()
    assert status == 0
    assert lines[0] == "--- start 6 of the agent ---"
    assert lines[1].startswith("+0:00:00  info")
    assert "--- clock set: +1 d 1 h ---" in lines
    assert "--- start 7 of the agent ---" in lines
    assert lines[-1].endswith("(before: All clear)")
    assert "Registration for data (4G): denied, cause EMM 15" in out
    assert "missing" not in out  # numbers skipped at a restart are no loss


def test_log_marks_missing_records(device, capsys):
    device.log.append(event(90, ids.E_CONTEXT_UP))
    _, out, _ = run(capsys, "log", device.path)
    assert "... 16 records are missing here ..." in out


def test_log_as_json_lines(device, capsys):
    _, out, _ = run(capsys, "log", device.path, "--json")
    events = [json.loads(line) for line in out.splitlines()]
    assert [e["sequence"] for e in events] == [0, 1, 2, 70, 71, 72, 73]
    assert events[4]["args"]["domain"] == "eps"
    assert events[4]["args"]["cause"]["domain"] == "emm"
    assert events[0]["time"] is None
    assert events[3]["time"] == "2025-06-15T15:18:20Z"


def test_log_as_csv(device, capsys):
    _, out, _ = run(capsys, "log", device.path, "--csv")
    rows = list(csv.DictReader(io.StringIO(out)))
    assert [row["event"] for row in rows][-1] == "verdict"
    assert rows[-1]["text"].startswith("Verdict: Line suspended")
    (denied,) = [row for row in rows if row["event"] == "registration"]
    assert denied["args"] == "domain=eps; stat=denied; cause=emm 15"


@pytest.mark.parametrize(
    "options, sequences",
    [
        (["--severity", "warning"], [71, 73]),
        (["--kind", "balance"], [72]),
        (["--kind", "sim", "--kind", "verdict"], [1, 73]),
        (["--count", "2"], [72, 73]),
        (["--since", "2025-06-15 15:18"], [70, 71, 72, 73]),
    ],
)
def test_log_filters(device, capsys, options, sequences):
    time.tzset()
    _, out, _ = run(capsys, "log", device.path, "--json", *options)
    assert [json.loads(line)["sequence"] for line in out.splitlines()] == sequences


def test_log_of_a_fresh_board_is_empty_not_an_error(device, capsys):
    device.log = [event(0, ids.E_BOOT)]
    device.log.clear()
    device.values[ids.OP_LOG] = {0: [], 1: 0, 2: 0}
    device._page = lambda args: {0: [], 1: args.get(0, 0), 2: 0}
    status, out, err = run(capsys, "log", device.path)
    assert (status, out, err) == (0, "", "The log is empty.\n")


def test_follow_goes_on_with_new_events_and_fetches_missed_ones(device, capsys, followed):
    late = event(75, ids.E_CONTEXT_UP)
    missed = event(74, ids.E_CONTEXT_REFUSED, {ids.A_CAUSE: ids.CAUSE_ESM << 8 | 8})
    device.values[ids.OP_HELLO] = HELLO

    def speak():
        followed.follows()
        device.log += [missed, late]
        device.send(ids.FRAME_EVENT, late)
        followed.hears(7, 75)

    thread = followed.while_it(speak)
    assert followed.run(["log", device.path, "--follow", "--json"], thread) == 0
    out = capsys.readouterr().out
    assert [json.loads(line)["sequence"] for line in out.splitlines()][-3:] == [73, 74, 75]


def test_watch_without_a_terminal_prints_lines(device, capsys, followed):
    def speak():
        followed.follows()
        device.send(ids.FRAME_EVENT, event(74, ids.E_TOPUP_SEEN))
        followed.hears(7, 74)

    thread = followed.while_it(speak)
    assert followed.run(["watch", device.path], thread) == 0
    out = capsys.readouterr().out
    assert "==> Line suspended: the SIM card is not paid." in out
    assert "A top-up was announced" in out


def test_ages_in_the_trace_do_not_jump_back_where_a_page_begins(device, capsys, monkeypatch):
    pages = {0: [[n, 5000 - 100 * n, b"AT"] for n in range(1, 4)]}
    # The agent counts from each request: the second one came 0.3 s later.
    pages[3] = [[n, 5300 - 100 * n, b"OK"] for n in range(4, 7)]
    asked = []
    device.answers[ids.OP_TRACE] = lambda args: (asked.append(1), pages.get(args.get(0, 0), []))[1]
    monkeypatch.setattr(Client, "now", lambda client: 0.3 * len(asked))
    status, out, _ = run(capsys, "trace", device.path, "--json")
    ages = [json.loads(line)["age_ms"] for line in out.splitlines()]
    assert status == 0
    # 4.9 s at the second request is 4.6 s at the first.
    assert ages == [4900, 4800, 4700, 4600, 4500, 4400]


def test_no_port_named_and_none_there(capsys, monkeypatch):
    monkeypatch.setattr("posdiag.link.ports.list_ports", list)
    status, _, err = run(capsys, "status")
    assert status == EXIT_ABSENT
    assert err.startswith("No terminal was found on this computer.")


def test_the_one_terminal_is_found_by_asking(device, capsys, monkeypatch):
    from posdiag.link.ports import Port

    with Device() as other:
        other.only = b"\r\nOK\r\n"
        ports = [Port(other.path, "some modem"), Port(device.path, "Board in FS mode")]
        monkeypatch.setattr("posdiag.link.ports.list_ports", lambda: ports)
        status, out, err = run(capsys, "status")
        assert status == 0
        assert err == f"Terminal found at {device.path}.\n"
        assert "Line suspended" in out
        _, listing, _ = run(capsys, "ports")
    assert "terminal, agent 9.8.7, board rpi_pico" in listing
    assert "something else" in listing


def test_several_terminals_are_named_not_guessed(device, capsys, monkeypatch):
    from posdiag.link.ports import Port

    with Device() as other:
        ports = [Port(other.path), Port(device.path)]
        monkeypatch.setattr("posdiag.link.ports.list_ports", lambda: ports)
        status, _, err = run(capsys, "status")
    assert status == 23
    assert device.path in err and other.path in err


def test_a_usage_error_is_no_crash(capsys):
    status, _, err = run(capsys, "status", "--nonsense")
    assert status == EXIT_USAGE
    assert "--nonsense" in err


def test_version(capsys):
    assert run(capsys, "--version")[1].startswith("posdiag ")


def test_watch_on_a_terminal_draws_a_screen_and_leaves_it_as_it_was(device):
    near, far = pty.openpty()
    fcntl.ioctl(far, termios.TIOCSWINSZ, struct.pack("4H", 40, 110, 0, 0))
    modes = termios.tcgetattr(far)[3]
    environment = dict(os.environ, TERM="xterm-256color", POSDIAG_LANG="zh")
    process = subprocess.Popen(
        [sys.executable, "-m", "posdiag", "watch", device.path],
        stdin=far,
        stdout=far,
        stderr=far,
        env=environment,
        start_new_session=True,
    )
    seen = b""

    def wait_for(words):
        nonlocal seen
        end = time.monotonic() + HUNG_S
        while words.encode() not in seen:
            assert time.monotonic() < end, seen
            if select.select([near], [], [], 0.1)[0]:
                seen += os.read(near, 65536)

    wait_for("SIM卡欠费停机")
    device.send(ids.FRAME_EVENT, event(74, ids.E_TOPUP_SEEN))
    wait_for("收到充值通知")
    os.write(near, b"f")
    wait_for("警告和故障")
    os.write(near, b"q")
    assert process.wait(HUNG_S) == 0
    assert termios.tcgetattr(far)[3] == modes  # echo and lines are back
    while select.select([near], [], [], 0.1)[0]:
        seen += os.read(near, 65536)
    for fd in (near, far):
        os.close(fd)
    text = seen.decode("utf-8", "replace")
    assert "\x1b[?1049h" in text  # its own screen, and back to the user's
    assert text.rindex("\x1b[?1049l") > text.rindex("\x1b[?1049h")
    assert "\x1b[?25h" in text[text.rindex("\x1b[?1049h") :]  # the cursor is back
    assert "SIM卡欠费停机" in text
    assert "收到充值通知" in text
    assert "Traceback" not in text


def test_the_library_of_the_readme_runs_as_it_stands(capsys):
    text = (ROOT / "host_tools" / "README.md").read_text(encoding="utf-8")
    (code,) = re.findall(r"```python\n(from posdiag import .*?)```", text, re.DOTALL)
    with Device() as device:
        code = code.replace("/dev/ttyACM0", device.path).replace("duration_s=60", "duration_s=0.1")
        exec(compile(code, "README.md", "exec"), {})
    shown = capsys.readouterr().out
    assert shown.startswith("credit_overdue 90 Pay through the official channel")
    assert "registration {'domain': 2, 'stat': 3" in shown
