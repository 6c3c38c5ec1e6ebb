"""The table of what the page shows: terminals of the command line, or of this computer; files."""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
import threading
from pathlib import Path
from typing import Any

from ..link.ports import Port, ask, list_ports
from ..show.i18n import Texts
from .dropped import File
from .terminal import Shown, Terminal

_LOOK_S = 2.0
_FILES_MAX = 8
# What to practise on, by the scenario's name.
EXERCISES = (
    "healthy",
    "denied-until-topup",
    "at-port-dead",
    "accepts-and-never-answers",
    "tray-empty",
    "settlement-no-answer",
    "iot-card-mute",
    "declined-card-tried-again",
)


def itself() -> list[str]:
    """The command line that starts this tool again, however it was started."""
    if getattr(sys, "frozen", False):
        return [sys.executable]
    if sys.argv[0].endswith(".pyz"):
        return [sys.executable, sys.argv[0]]
    return [sys.executable, "-m", "posdiag"]


def _kind(port: str) -> str:
    """A practice terminal is one that this computer plays."""
    return "practice" if port.startswith("socket://127.0.0.1:") else "terminal"


class Table:
    """`ports`: exactly these; empty: whatever answers, now and later."""

    def __init__(self, ports: tuple[str, ...], key_file: str | None, baud: int = 115200) -> None:
        self._key_file = key_file
        self._baud = baud
        self._lock = threading.Lock()
        self._shown: dict[str, Shown] = {}
        self._asked: set[str] = set()
        self._boards: dict[str, str] = {}  # serial number -> port at which it was found
        self._practice: dict[str, subprocess.Popen[str]] = {}  # by exercise
        self._serves: dict[str, subprocess.Popen[str]] = {}  # by port
        self._preparing: set[str] = set()
        self._stop = threading.Event()
        self._version = 0
        for port in ports:
            self._add(port, _kind(port))
        if not ports:
            threading.Thread(target=self._look, daemon=True).start()

    # What is there

    @property
    def version(self) -> tuple[int, int]:
        with self._lock:
            return self._version, sum(one.version for one in self._shown.values())

    def get(self, number: str) -> Shown | None:
        with self._lock:
            return self._shown.get(number)

    def shown(self, texts: Texts, whole_numbers: bool = False) -> dict[str, Any]:
        with self._lock:
            ones = list(self._shown.values())
            preparing = sorted(self._preparing)
        return {
            "terminals": [one.shown(texts, whole_numbers) for one in ones],
            "preparing": preparing,
        }

    def _add(self, port: str, kind: str) -> None:
        one = Terminal(port, kind, self._key_file, self._baud)
        self._put(one)

    def _put(self, one: Shown) -> None:
        with self._lock:
            self._shown[one.id] = one
            self._version += 1

    def remove(self, number: str) -> None:
        with self._lock:
            one = self._shown.pop(number, None)
            self._version += 1
        if one is not None:
            one.close()
            if process := self._serves.pop(one.name, None):
                process.terminate()

    # Ports

    def _look(self) -> None:
        while not self._stop.is_set():
            ports = {port.device: port for port in list_ports()}
            self._asked &= set(ports)  # what was pulled is asked again when it is back
            for port in ports.values():
                if port.device not in self._asked and not self._is_there(port):
                    self._asked.add(port.device)
                    threading.Thread(target=self._ask, args=(port,), daemon=True).start()
            self._stop.wait(_LOOK_S)

    def _has(self, port: str) -> bool:
        with self._lock:
            return any(one.name == port for one in self._shown.values())

    def _is_there(self, port: Port) -> bool:
        """Also under the name before its cable was pulled: its card waits for it."""
        return self._has(port.device) or self._has(self._boards.get(port.serial_number, ""))

    def _ask(self, port: Port) -> None:
        if ask(port, self._baud).hello is not None and not self._has(port.device):
            if port.serial_number:
                self._boards[port.serial_number] = port.device
            self._add(port.device, _kind(port.device))

    # Files

    def read_file(self, data: bytes, name: str) -> None:
        """Raises PosdiagError where it is neither a capture nor a log."""
        with tempfile.TemporaryDirectory(prefix="posdiag-") as folder:
            path = Path(folder) / "dropped"
            path.write_bytes(data)
            self._put(File(path, name))
        with self._lock:
            files = [one.id for one in self._shown.values() if one.kind == "file"]
        for number in files[:-_FILES_MAX]:
            self.remove(number)

    # Practice

    def practise(self, exercise: str) -> bool:
        """Start a practice terminal; it appears when it is in its trouble. False where it is
        there."""
        with self._lock:
            running = self._practice.get(exercise)
            if exercise not in EXERCISES or (running and running.poll() is None):
                return False
            command = [*itself(), "--lang", "en", "simulate", "--serve", "--scenario", exercise]
            self._practice[exercise] = process = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True
            )
            self._preparing.add(exercise)
            self._version += 1
        threading.Thread(target=self._await, args=(exercise, process), daemon=True).start()
        return True

    def _await(self, exercise: str, process: subprocess.Popen[str]) -> None:
        assert process.stdout is not None
        line = process.stdout.readline()
        with self._lock:
            self._preparing.discard(exercise)
            self._version += 1
        found = re.search(r"socket://[\d.]+:\d+", line)
        if found:
            self._serves[found[0]] = process
            if not self._has(found[0]):
                self._add(found[0], "practice")
        process.stdout.read()  # until it ends

    def close(self) -> None:
        self._stop.set()
        with self._lock:
            ones = list(self._shown.values())
            processes = list(self._practice.values())
        for one in ones:
            one.close()
        for process in processes:
            process.terminate()
