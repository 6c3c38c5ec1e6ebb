"""`posdiag simulate`: the real agent in its world, as a user starts it."""

import json
import os
import pty
import signal
import subprocess
import sys
import threading

import pytest

from posdiag.cli import main
from posdiag.errors import EXIT_STORY, EXIT_USAGE
from posworld.story import scenario as scenarios
from waiting import HUNG_S, wait


def simulate(mpy, micropython, *argv):
    """One run of the command in a process of its own, with the firmware as it is now."""
    environment = dict(
        os.environ, MICROPYTHON=micropython, POSDIAG_LANG="en", POSDIAG_PATIENCE="30"
    )
    return subprocess.run(
        [sys.executable, "-m", "posdiag", "simulate", *argv],
        env=environment,
        capture_output=True,
        text=True,
        timeout=HUNG_S,
        check=False,
    )


def test_list_names_every_scenario_with_a_line(capsys):
    assert main(["simulate", "--list"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines] == scenarios.names()
    assert all(len(line.split()) > 2 for line in lines)


def test_list_as_json_and_in_chinese(capsys):
    assert main(["simulate", "--list", "--json", "--lang", "zh"]) == 0
    assert json.loads(capsys.readouterr().out)[0]["scenario"] == "demo"


def test_an_unknown_scenario_is_a_usage_error(capsys, monkeypatch):
    monkeypatch.setenv("POSDIAG_LANG", "en")
    assert main(["simulate", "--scenario", "nothing-like-it"]) == EXIT_USAGE
    assert "no scenario nothing-like-it" in capsys.readouterr().err


def test_a_story_told_to_its_end_is_status_0(mpy, micropython):
    done = simulate(mpy, micropython, "--scenario", "healthy")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "seed 1" in done.stdout
    assert "times faster" in done.stdout
    assert "==> All clear." in done.stdout


def test_a_step_that_does_not_happen_is_named(mpy, micropython, tmp_path):
    file = tmp_path / "never.toml"
    file.write_text(
        'title = "never"\ntitle_zh = "never"\n[[steps]]\nid = "suspended"\n'
        'title = "The line is suspended"\nverdict = "credit_overdue"\nwithin_s = 20\n'
    )
    done = simulate(mpy, micropython, "--scenario", str(file))
    assert done.returncode == EXIT_STORY, done.stdout + done.stderr
    assert "The line is suspended" in done.stderr
    assert "Traceback" not in done.stderr


def test_ctrl_c_in_a_story_ends_everything_it_started(mpy, micropython):
    environment = dict(os.environ, MICROPYTHON=micropython, POSDIAG_LANG="en")
    process = subprocess.Popen(
        [sys.executable, "-m", "posdiag", "simulate", "--speed", "1"],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout.readline()  # on a busy machine its start takes longer than any wait
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=HUNG_S)
    assert process.returncode == 130
    assert "Traceback" not in err
    listing = subprocess.run(["ps", "-eo", "ppid"], capture_output=True, text=True, check=True)
    assert str(process.pid) not in listing.stdout.split()


@pytest.fixture
def at_port():
    """A modem of somebody else at a pty: it answers OK to everything and notes what it heard."""
    near, far = pty.openpty()
    import tty

    tty.setraw(far)
    heard = bytearray()
    stop = threading.Event()

    def answer():
        line = b""
        while not stop.is_set():
            byte = os.read(near, 1)
            heard.extend(byte)
            line += byte
            if byte == b"\r":
                os.write(near, b"\r\nOK\r\n")
                line = b""

    threading.Thread(target=answer, daemon=True).start()
    yield os.ttyname(far), heard
    stop.set()
    os.write(far, b"\r")


def test_the_agent_runs_against_another_modem(mpy, micropython, at_port):
    path, heard = at_port
    environment = dict(os.environ, MICROPYTHON=micropython, POSDIAG_LANG="en")
    process = subprocess.Popen(
        [sys.executable, "-m", "posdiag", "simulate", "--modem", path],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    wait("it asks for the PIN", lambda: b"CPIN?" in heard)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=HUNG_S)
    assert b"AT" in heard
    assert b"CPIN?" in heard
    assert process.returncode == 0, out + err
