"""The agent as a process: the firmware on MicroPython's unix port, at the world's ports."""

from __future__ import annotations

import getpass
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import posproto
from posbuild import carried

# What is 239 KB on a Pico is 1.79 times as much on 64 bits: tests/tools/size.py prints both.
HEAP_BYTES = 428 * 1024
_ROOT = Path(__file__).resolve().parents[3]


class NoMicroPython(RuntimeError):
    """There is no MicroPython interpreter to run the agent with."""


class NoFirmware(RuntimeError):
    """The firmware's files are not where a checkout has them."""


def interpreter() -> str:
    """The micropython to use: $MICROPYTHON, this environment's own, or one on the path."""
    own = os.environ.get("MICROPYTHON")
    if own:
        if shutil.which(own) is None:
            raise NoMicroPython(own)
        return os.path.abspath(own) if os.sep in own else own
    beside = Path(sys.executable).with_name("micropython")
    if beside.is_file():
        return str(beside)
    found = shutil.which("micropython")
    if found is None:
        raise NoMicroPython("micropython")
    return os.path.abspath(found)


def module_path(root: Path = _ROOT, compiled: Path | None = None) -> str:
    """MICROPYPATH of the firmware: compiled files where they are built, else the sources."""
    compiled = compiled or root / "build" / "mpy"
    if (compiled / "main.mpy").is_file():
        return f"{compiled}:.frozen"
    if not (root / "firmware" / "main.py").is_file():
        folder = Path(tempfile.gettempdir()) / f"posagent-{posproto.VERSION}-{getpass.getuser()}"
        if carried.unpacked(folder):
            return f"{folder}:.frozen"
        raise NoFirmware(str(root / "firmware"))
    return f"{root / 'firmware'}:{root / 'protocol'}:.frozen"


class Agent:
    """One agent process; power_cut() and start() again are its supply."""

    def __init__(
        self,
        modem: str,
        host: str,
        app: str = "",
        clock: str = "",
        data: str = ".",
        seed: int = 1,
        heap_bytes: int = HEAP_BYTES,
        arguments: tuple[str, ...] = (),
        output: Path | None = None,
        mpy: Path | None = None,
    ) -> None:
        self._command = [interpreter(), "-X", f"heapsize={heap_bytes}", "-m", "main"]
        self._command += ["--modem", modem, "--host", host, "--seed", str(seed)]
        self._command += ["--data", os.path.abspath(data)]
        if app:
            self._command += ["--app", app]
        if clock:
            self._command += ["--clock", clock]
        self._command += arguments
        self._environment = dict(os.environ, MICROPYPATH=module_path(compiled=mpy))
        # MicroPython looks in its current folder first, and keeps the path of each file that it
        # loads on its heap: short here, wherever the checkout is.
        self._folder = Path(self._environment["MICROPYPATH"].split(":")[0]).absolute()
        self._output = output
        self._process: subprocess.Popen[bytes] | None = None
        self.starts = 0

    def start(self) -> None:
        self.starts += 1
        sink = self._output.open("ab") if self._output else subprocess.DEVNULL
        try:
            self._process = subprocess.Popen(
                self._command,
                env=self._environment,
                cwd=self._folder,
                stdin=subprocess.DEVNULL,
                stdout=sink,
                stderr=subprocess.STDOUT,
            )
        finally:
            if not isinstance(sink, int):
                sink.close()

    def exit_status(self) -> int | None:
        """None while it runs."""
        return self._process.poll() if self._process else None

    def power_cut(self) -> None:
        """The supply is gone: no last words, no tidy end."""
        if self._process:
            self._process.kill()
            self._process.wait()

    def stop(self) -> None:
        if self._process and self._process.poll() is None:
            self._process.terminate()
            try:
                self._process.wait(3)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
