"""A cable that is pulled at any moment: each command ends soon, in a sentence, with its status."""

import random
import time

import pytest

from frame_device import Device
from posdiag.cli import main
from posdiag.errors import EXIT_BUSY, EXIT_CABLE, EXIT_FILE, EXIT_REFUSED, EXIT_SILENT
from posdiag.link import reconnect
from posproto import ids
from waiting import HUNG_S

# What each says to the port. 10: what doctor finds in what was heard before.
ASKED = {
    "status": ("PORT",),
    "doctor": ("PORT", "--listen", "0.5", "--passive"),
    "log": ("PORT",),
    "report": ("OUT", "PORT"),
    "settlement": ("PORT",),
    "credit": ("PORT",),
    "trace": ("PORT",),
    "heal": ("PORT",),
    "watch": ("PORT", "--duration", "0.5"),
    "capture": ("OUT", "PORT", "--duration", "0.5"),
}
ENDS = {EXIT_CABLE, EXIT_SILENT, EXIT_REFUSED}


class Pulled(Device):
    """Its cable is pulled within what it says: behind `left` bytes."""

    def __init__(self, left):
        super().__init__()
        self.left = left
        self.values = {
            ids.OP_SETTLEMENT: {},
            ids.OP_CREDIT: {0: 1},
            ids.OP_LADDER: {},
            ids.OP_TRACE: [],
            ids.OP_CRASHES: [],
            ids.OP_IDENTITY: {0: "861585*******67"},
        }

    def say(self, data):
        if self.left <= 0:
            return
        super().say(data[: self.left])
        self.left -= len(data)
        if self.left <= 0:
            self._stop.set()
            time.sleep(0.02)  # what was said arrives before the cable is gone
            self.unplug()


@pytest.fixture(autouse=True)
def english(monkeypatch):
    monkeypatch.setenv("POSDIAG_LANG", "en")
    monkeypatch.setattr(reconnect, "RETRY_S", 0.05)


def words_of(command, device, out):
    """The command line."""
    words = {"PORT": device.path, "OUT": str(out)}
    line = [command, *(words.get(word, word) for word in ASKED[command])]
    return line if command == "capture" else [*line, "--timeout", "0.5"]


def ends(command, left, out, capsys):
    """(exit status, what was said about it) of a command whose cable is pulled."""
    for _ in range(5):
        with Pulled(left) as device:
            began_s = time.monotonic()
            status = main(words_of(command, device, out))
            assert time.monotonic() - began_s < HUNG_S  # each limit of its own is a small part
        err = capsys.readouterr().err
        if status != EXIT_BUSY:  # whoever waits for a pty that went may take the next of its name
            break
    return status, err


@pytest.mark.parametrize("command", ASKED)
def test_a_cable_that_is_pulled_within_any_answer(command, seed, tmp_path, capsys):
    with Device() as whole:
        whole.values = Pulled(1).values
        assert main(words_of(command, whole, tmp_path / "whole")) in (0, 10)
    capsys.readouterr()
    rng = random.Random(f"{seed} {command}")
    for left in [1, 2, 40, *(rng.randrange(50, 900) for _ in range(4))]:
        status, err = ends(command, left, tmp_path / "out", capsys)
        shown = (command, left, status, err)
        assert "Traceback" not in err and "unexpected" not in err, shown
        assert status in ENDS or status in (0, 10, EXIT_FILE), shown
        assert status in (0, 10) or err.strip().count("\n") <= 3, shown
