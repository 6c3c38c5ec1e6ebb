"""A terminal in the field, for the end-to-end tests: its processes, its cables, what passed there.

The agent runs on MicroPython from a build of its own; a probe on its ports writes down every byte,
so that each frame of a run can be judged afterwards.
"""

from __future__ import annotations

import json
import os
import shlex
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from unittest import mock

from judge import Judge
from posdiag.errors import PosdiagError
from posdiag.facts.model import Status
from posdiag.link.client import Client
from posdiag.link.transports import open_transport
from posworld.shell.run import World
from waiting import HUNG_S, wait

ROOT = Path(__file__).resolve().parent.parent
PROBE = ROOT / "tests" / "tools" / "port_probe.py"
PROBE_BYTES = 8192  # of heap, beside what the agent may take
_PATIENCE = 30.0

# A modem that starts at once and a network that is near.
HASTE: dict[str, Any] = {
    "name": "haste",
    "modem": {"boot": [[10, "ready"], [15, "radio"], [20, "sim"]], "scan_ms": [10, 20]},
    "operator": {"attach_ms": [10, 20], "rtt_ms": [4, 10]},
    "acquirer": {"answer_ms": 30},
    "agent": {"balance_by": "none"},
}


def interpreter(folder: Path, real: str, mpy: Path, record: Path | None = None) -> Path:
    """A script in `folder` that the simulator may take for its micropython: the agent from `mpy`.

    With `record` what passes the agent's ports is written there.
    """
    probe = [str(PROBE), str(record)] if record else ["-m", "main"]
    more = PROBE_BYTES if record else 0
    script = folder / "micropython"
    script.write_text(  # called as: micropython -X heapsize=N -m main ARGUMENTS
        f"#!/bin/sh\nheap=$((${{2#heapsize=}} + {more}))\nshift 4\n"
        f"MICROPYPATH={shlex.quote(str(mpy))}:.frozen "
        f'exec {shlex.quote(real)} -X heapsize=$heap {shlex.join(probe)} "$@"\n'
    )
    script.chmod(0o755)
    return script


def passed(record: Path) -> Iterator[tuple[str, str, bytes]]:
    """(port, "<" or ">", bytes) of what a probe wrote down, in order."""
    for line in record.read_text().splitlines():
        name, way, data = line.split(" ")
        yield name, way, bytes.fromhex(data)


def judge_frames(record: Path, strict: bool = False) -> dict[str, Judge]:
    """Judges every frame that passed the ports `host` and `app`; returns the judges.

    What the agent said is frames and nothing else. What it heard may be anything; with `strict`
    that is frames and nothing else, too.
    """
    judges = {"host": Judge(), "app": Judge()}
    open_ends = {(name, way): b"" for name in judges for way in "<>"}
    for name, way, data in passed(record):
        if name not in judges:
            continue
        *lines, rest = (open_ends[name, way] + data).split(b"\n")
        open_ends[name, way] = rest
        for line in lines:
            try:
                judges[name].line(line + b"\n")
            except Exception:
                if way == ">" or strict:
                    raise
    return judges


class Unhurried:
    """The clock of a client. Once the agent has answered nothing is asked twice: on a busy machine
    that would be counted.
    """

    def __init__(self) -> None:
        self.factor = 1.0

    def __call__(self) -> float:
        return time.monotonic() / self.factor


class Terminal:
    """A terminal with its modem, network, acquirer and payment application; see World.

    Time jumps from one thing to the next, or after hold() runs as on the wall.
    """

    def __init__(self, folder: Path, real: str, mpy: Path, **tables: Any) -> None:
        self.folder = folder
        self.record = folder / "ports"
        self.world = World({**HASTE, **tables}, speed=0, directory=str(folder))
        script = interpreter(folder, real, mpy, self.record)
        with mock.patch.dict(os.environ, MICROPYTHON=str(script)):
            self.agent = self.world.agent(mpy=mpy)
        self.config = folder / "config.json"
        self.host = self.world.ports["host"]

    @property
    def key(self) -> bytes:
        """The device's."""
        return (self.folder / "device.key").read_bytes()

    def start(self) -> None:
        """Power for everything."""
        self.world.start_agent()
        self.world.start()

    def stop(self) -> None:
        """The end of the test: nothing may have broken, and every frame has to be right."""
        alive = self.agent.exit_status() is None
        self.world.stop()
        printed = (self.folder / "agent.out").read_text()
        assert alive and not printed, printed
        assert self.world.shell.error is None
        judge_frames(self.record)

    def cut_power(self) -> None:
        """The agent's supply fails; the modem has its own."""
        self.agent.power_cut()

    def restore_power(self) -> None:
        self.world.start_agent()

    def hold(self) -> None:
        """From now on no jumps of time."""
        self.world.shell.act(lambda: setattr(self.world.clock, "speed", 1))

    def run(self) -> None:
        """From now on time jumps again."""
        self.world.shell.act(lambda: setattr(self.world.clock, "speed", 0))

    def do(self, action: str, **more: Any) -> None:
        """Let one thing of a timeline happen; returns when it did."""
        self.world.shell.act(lambda: self.world.stage.do({"do": action, **more}))

    def modem_says(self, data: bytes) -> None:
        """Bytes on the modem's line to the agent, as noise or a broken module writes them."""
        self.world.shell.call(lambda: self.world.shell.modem_port.write(data))

    def sells(self) -> None:
        """A sale goes through modem, network and acquirer, and its answer comes back."""
        app = self.world.shell.app
        before = app.answered()
        self.do("submit", message="sale", arguments=[100])
        wait("the sale's answer", lambda: app.answered() > before)

    @contextmanager
    def client(self) -> Iterator[Client]:
        """The host's cable, taken for a while; the agent has answered."""
        clock = Unhurried()
        self._listener = self.world.listener(open_transport(self.host))
        client = Client(self._listener, clock=clock)
        try:
            wait("the agent answers", lambda: _greeted(client))
            clock.factor = _PATIENCE
            yield client
        finally:
            client.close()

    def shows(self, what: str, holds: Callable[[Status], Any]) -> None:
        """Lets time jump until the agent sends a status of which `holds` is true, then holds it:
        nothing has happened since. It is not asked, which would hold up the time.
        """
        with self.client() as client:
            client.ask_status()
            self.run()

            def shown() -> bool:
                if holds(client.status):
                    return True
                self._listener.caught_up()
                client.pump(0.05)
                return False

            wait(what, shown)
            self.hold()

    def logs(self, event: str) -> None:
        """Waits until the agent has noted an event of this name, without jumps of time."""
        with self.client() as client:
            pages = client.log_pages
            wait(event, lambda: any(e.name == event for page in pages() for e in page.events))

    def until(self, uptime_s: int) -> None:
        """Lets time jump until the agent has run for so long."""
        self.shows(f"uptime {uptime_s}", lambda status: status.uptime_s >= uptime_s)

    def settled(self, verdict: str = "all_clear") -> None:
        """Lets time jump until the agent says `verdict`."""
        self.shows(verdict, lambda status: status.verdict_name == verdict)

    def posdiag(self, *argv: str, status: int = 0) -> subprocess.CompletedProcess[str]:
        """One run of the tool at this terminal's cable: `argv` with {port} in the port's place.

        It asks nothing twice, as Unhurried; a --duration is its own.
        """
        factor = 1.0 if "--duration" in argv else _PATIENCE
        words = [word.format(port=self.host) for word in argv]
        done = posdiag(*words, POSDIAG_PATIENCE=str(factor))
        assert done.returncode == status, done.stdout + done.stderr
        return done

    def status(self) -> dict[str, Any]:
        """What `posdiag status --json` shows."""
        shown: dict[str, Any] = json.loads(self.posdiag("status", "{port}", "--json").stdout)
        return shown

    def counted(self, name: str) -> int:
        """One of what was dropped or refused, as `posdiag status` shows it."""
        return int(self.status()["counters"].get(name, 0))

    def events(self) -> list[dict[str, Any]]:
        """What `posdiag log --json` shows, oldest first."""
        lines = self.posdiag("log", "{port}", "--json").stdout.splitlines()
        return [json.loads(line) for line in lines]


def _greeted(client: Client) -> bool:
    try:
        client.greet(0.5)
    except PosdiagError:
        return False
    return True


def posdiag(*argv: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """One run of the tool in a process of its own, in English where nothing else is said."""
    return subprocess.run(
        [sys.executable, "-m", "posdiag", *argv],
        env={**os.environ, "POSDIAG_LANG": "en", "TZ": "UTC", **environment},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=HUNG_S,
        check=False,
    )


class Story:
    """`posdiag simulate` in a process of its own, from now on; what passed its ports is kept."""

    def __init__(self, folder: Path, real: str, mpy: Path, scenario: str, lang: str) -> None:
        folder.mkdir()
        self.record = folder / "ports"
        self.out, self.err = "", ""
        script = interpreter(folder, real, mpy, self.record)
        self._files = [(folder / name).open("w+", encoding="utf-8") for name in ("out", "err")]
        self._process = subprocess.Popen(
            [sys.executable, "-m", "posdiag", "simulate", "--scenario", scenario, "--lang", lang],
            env={
                **os.environ,
                "MICROPYTHON": str(script),
                "PYTHONIOENCODING": "utf-8",
                "POSDIAG_PATIENCE": str(_PATIENCE),
            },
            stdin=subprocess.DEVNULL,
            stdout=self._files[0],
            stderr=self._files[1],
        )

    def end(self) -> int:
        """Its exit status, as soon as it is over."""
        self._process.wait(HUNG_S)
        for file in self._files:
            file.seek(0)
        self.out, self.err = (file.read() for file in self._files)
        return self._process.returncode

    def stop(self) -> None:
        if self._process.poll() is None:
            self._process.send_signal(signal.SIGINT)
            self._process.wait(HUNG_S)
        for file in self._files:
            file.close()
