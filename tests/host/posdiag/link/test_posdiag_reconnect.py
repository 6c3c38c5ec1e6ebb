"""A cable that is pulled and put back, a board that restarts: watch and log --follow go on."""

import json
import os

import pytest

from following import Followed
from frame_device import HELLO, LOG, Device, event
from posdiag.errors import EXIT_CABLE, Disconnected, PortAbsent
from posdiag.link import reconnect
from posdiag.link.ports import Port
from posproto import ids
from waiting import wait


@pytest.fixture(autouse=True)
def english(monkeypatch):
    monkeypatch.setenv("POSDIAG_LANG", "en")
    monkeypatch.setattr(reconnect, "RETRY_S", 0.05)


@pytest.fixture
def socket(tmp_path):
    """A port's name that stays while what is behind it changes; call with a device or None."""
    name = tmp_path / "ttyPOS"

    def plug(device):
        if name.is_symlink():
            name.unlink()
        if device:
            os.symlink(device.path, name)
        return str(name)

    return plug


@pytest.fixture
def followed(monkeypatch):
    return Followed(monkeypatch)


@pytest.fixture
def follow(capsys, socket, followed):
    """One command, while a device goes and another one comes; it ends when that was asked."""

    def run(old, new, events, *argv):
        port = socket(old)

        def replug():
            followed.follows()
            socket(None)
            old.unplug()
            followed.turns()
            new.log += events
            socket(new)
            wait("somebody asks", lambda: new.requests)
            followed.turns()

        thread = followed.while_it(replug)
        status = followed.run([argv[0], port, *argv[1:]], thread)
        shown = capsys.readouterr()
        return status, shown.out, shown.err

    return run


def test_log_goes_on_where_it_was_when_the_cable_is_back(follow):
    missed = [event(74, ids.E_CONTEXT_UP), event(75, ids.E_PATH_PROVEN)]
    with Device() as old, Device() as new:
        status, out, err = follow(old, new, missed, "log", "--follow", "--json")
    assert status == 0
    sequences = [json.loads(line)["sequence"] for line in out.splitlines()]
    assert sequences == [0, 1, 2, 70, 71, 72, 73, 74, 75]
    assert "is gone. Waiting" in err and "is back" in err


def test_log_of_a_board_that_restarted_meanwhile(follow):
    restart = [event(140, ids.E_BOOT, boot=8), event(141, ids.E_CONTEXT_UP, boot=8)]
    with Device() as old, Device() as new:
        _, out, _ = follow(old, new, restart, "log", "--follow")
    assert "--- start 8 of the agent ---" in out
    assert out.splitlines()[-1].endswith("Data connection up")


def test_a_log_that_was_erased_meanwhile_is_read_from_its_start(capsys, followed):
    fresh = event(0, ids.E_BOOT, boot=1)
    with Device() as device:

        def erase():
            followed.follows()
            device.send(ids.FRAME_EVENT, fresh)
            followed.hears(1, 0)

        thread = followed.while_it(erase)
        followed.run(["log", device.path, "--follow", "--json"], thread)
    last = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert (last["sequence"], last["boot"]) == (0, 1)


def test_watch_asks_anew_when_the_cable_is_back(follow):
    with Device() as old, Device() as new:
        new.status[ids.ST_VERDICT] = ids.V_ALL_CLEAR
        new.status.pop(ids.ST_VERDICT_2)
        status, out, _ = follow(old, new, [], "watch")
    assert status == 0
    assert out.index("Line suspended") < out.index("is gone. Waiting")
    assert out.index("is back") < out.index("==> All clear")


def test_watch_says_that_another_terminal_was_plugged_in(follow):
    with Device() as old, Device() as new:
        new.hello = {**HELLO, ids.HELLO_DEVICE_ID: "POS-00043"}
        _, out, err = follow(old, new, [], "watch")
    assert "This is another terminal: POS-00043." in out, err


@pytest.mark.parametrize("command", [["log", "--follow"], ["watch"]])
def test_a_cable_that_stays_away_ends_with_its_status(socket, capsys, followed, command):
    with Device() as device:
        port = socket(device)

        def pull():
            followed.follows()
            socket(None)
            device.unplug()
            followed.turns()

        thread = followed.while_it(pull)
        assert followed.run([command[0], port, *command[1:]], thread) == EXIT_CABLE
    err = capsys.readouterr().err
    assert "Check the cable" in err
    assert "Traceback" not in err


def test_fifty_restarts_are_fifty_marks_and_no_more_memory(capsys, followed):
    """A terminal whose agent restarts again and again, with a traceback in between."""

    def restart(device):
        followed.follows()
        for boot in range(8, 58):
            sequence = 64 * boot
            device.say(b"Traceback (most recent call last):\r\n  MemoryError\r\n\x06Ccut")
            device.send(ids.FRAME_HELLO, {**HELLO, ids.HELLO_BOOT: boot})
            record = event(sequence, ids.E_BOOT, boot=boot, uptime_s=0, unix=False)
            device.log = [*LOG[-2:], record]
            device.send(ids.FRAME_EVENT, record)
            followed.hears(boot, sequence)

    with Device() as device:
        thread = followed.while_it(lambda: restart(device))
        assert followed.run(["log", device.path, "--follow"], thread) == 0
    out = capsys.readouterr().out
    assert [f"start {boot} of" in out for boot in range(8, 58)] == [True] * 50


class Wire:
    """A transport that breaks when told."""

    def __init__(self, name):
        self.name = name
        self.is_broken = self.is_closed = False

    def read(self, timeout_s):
        if self.is_broken:
            raise Disconnected(port=self.name)
        return b"x"

    def write(self, data):
        self.read(0)

    def close(self):
        self.is_closed = True


def test_a_board_with_a_serial_number_is_found_under_its_new_name(monkeypatch):
    ports = [Port("/dev/ttyACM0", "Board in FS mode", "e66"), Port("/dev/ttyACM3", "", "other")]
    monkeypatch.setattr(reconnect, "list_ports", lambda: list(ports))
    monkeypatch.setattr(reconnect, "RETRY_S", 0)
    opened = []

    def reopen(name):
        opened.append(name)
        if name not in {port.device for port in ports}:
            raise PortAbsent(port=name)
        return Wire(name)

    heard = []
    first = Wire("/dev/ttyACM0")
    link = reconnect.Reconnecting(first, reopen, heard.append)
    assert link.read(0) == b"x"
    first.is_broken = True
    del ports[0]
    assert link.read(0) == b""
    link.write(b"lost on the way")
    assert link.read(0) == b""
    assert first.is_closed and heard == [False]
    ports.append(Port("/dev/ttyACM1", "Board in FS mode", "e66"))
    assert link.read(0) == b"x"
    assert heard == [False, True]
    assert link.name == "/dev/ttyACM1"
    assert "/dev/ttyACM3" not in opened
