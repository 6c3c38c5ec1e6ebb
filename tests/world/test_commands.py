"""The tool's commands against a running terminal, each as a process with its exit status."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator

import pytest

from field import HASTE, Terminal, posdiag
from posdiag.errors import EXIT_ABSENT, EXIT_BUSY, EXIT_OTHER_SPEECH, EXIT_SILENT
from posworld.shell.run import World
from waiting import HUNG_S


@pytest.fixture(scope="module")
def busy(tmp_path_factory, micropython, firmware) -> Iterator[Terminal]:
    """A terminal that knows its balance, has sold something and keeps a settlement, whose way to
    the acquirer was tried in vain.
    """
    terminal = Terminal(
        tmp_path_factory.mktemp("busy"),
        micropython,
        firmware,
        account={"balance_minor": 5000},
        agent={"balance_by": "sms"},
    )
    terminal.start()
    terminal.shows("the balance", lambda status: status.balance_minor == 5000)
    terminal.sells()
    terminal.settled()
    terminal.do("acquirer", down=True)
    terminal.do("submit", message="settlement")
    terminal.logs("host_refused")
    yield terminal
    terminal.stop()


def test_status_says_how_it_is(busy):
    out = busy.posdiag("status", "{port}").stdout
    assert "CNY 50.00" in out
    assert "1 waiting" in out
    assert "registered, 4G LTE" in out


def test_status_in_chinese(busy):
    out = busy.posdiag("status", "{port}", "--lang", "zh").stdout
    assert "50.00元" in out
    assert "4G" in out and "registered" not in out


def test_log_tells_what_happened_in_order(busy):
    events = [event["event"] for event in busy.events()]
    story = ["boot", "modem_ready", "context_up", "balance_asked", "balance", "submitted", "sent"]
    assert [e for e in story if e not in events] == []
    assert events.index("context_up") < events.index("balance_asked") < events.index("balance")
    assert events.index("submitted") < events.index("sent") < events.index("acknowledged")


def test_log_shows_the_newest_and_the_grave_where_that_is_asked(busy):
    newest = busy.posdiag("log", "{port}", "--json", "--count", "2").stdout.splitlines()
    assert len(newest) == 2
    warned = busy.posdiag("log", "{port}", "--json", "--severity", "warning").stdout
    grave = {json.loads(line)["severity"] for line in warned.splitlines()}
    assert grave and grave.isdisjoint({"ok", "info"})


def test_watch_shows_state_and_events_and_ends_at_its_time(busy):
    out = busy.posdiag("watch", "{port}", "--duration", "1").stdout
    assert "==> " in out
    assert "Outbox: 1 waiting" in out


def test_credit_shows_the_account(busy):
    assert "CNY 50.00" in busy.posdiag("credit", "{port}").stdout
    account = json.loads(busy.posdiag("credit", "{port}", "--json").stdout)
    assert 5000 in account.values()
    assert [e for e in account["events"] if e["event"] == "balance"]


def test_settlement_shows_the_message_that_waits(busy):
    report = json.loads(busy.posdiag("settlement", "{port}", "--json").stdout)
    (waiting,) = [m for m in report["messages"] if m["mti"] in (500, "0500")]
    assert waiting["state"] == "ready", waiting
    assert "0500" in busy.posdiag("settlement", "{port}").stdout


def test_a_port_that_another_program_holds_is_busy(busy):
    with busy.client():
        busy.posdiag("status", "{port}", status=EXIT_BUSY)


def test_ctrl_c_ends_watch_and_follow_cleanly(busy):
    for argv in (["watch", busy.host], ["log", busy.host, "--follow"]):
        process = subprocess.Popen(
            [sys.executable, "-u", "-m", "posdiag", *argv],
            env={**os.environ, "POSDIAG_LANG": "en"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        first = process.stdout.readline()
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=HUNG_S)
        assert first.strip()
        assert process.returncode == 0, err
        assert "Traceback" not in err


@pytest.fixture
def agentless(tmp_path) -> Iterator[World]:
    """A world whose terminal has no agent: a dead board."""
    world = World(HASTE, directory=str(tmp_path))
    world.start()
    yield world
    world.stop()


def test_a_board_without_a_running_agent_is_silent(agentless):
    done = posdiag("status", agentless.ports["host"], "--timeout", "1")
    assert done.returncode == EXIT_SILENT, done.stderr


def test_the_modems_own_port_talks_something_else(agentless):
    done = posdiag("status", agentless.ports["modem"], "--timeout", "1")
    assert done.returncode == EXIT_OTHER_SPEECH, done.stderr


def test_a_port_that_is_not_there_is_absent(tmp_path):
    assert posdiag("status", str(tmp_path / "ttyUSB7")).returncode == EXIT_ABSENT


def test_the_cable_is_pulled_while_someone_watches(new_terminal):
    terminal = new_terminal()
    terminal.start()
    shell = terminal.world.shell

    def pull():
        shell._selector.unregister(shell.tool_port)
        shell.tool_port.close()

    process = subprocess.Popen(
        [sys.executable, "-u", "-m", "posdiag", "watch", terminal.host],
        env={**os.environ, "POSDIAG_LANG": "en"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout.readline().strip()
    shell.call(pull)
    while "is gone" not in (line := process.stdout.readline()):
        assert line, "it ended without a word"
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=HUNG_S)
    assert process.returncode == 0, err
    assert "Traceback" not in err
