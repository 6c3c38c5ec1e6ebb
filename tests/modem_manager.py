"""ModemManager on a bus of its own, beside a simulated modem: no udev, no systemd, no root.

It takes ports of a test profile from abstract sockets, so that a bridge stands before the pty.
"""

from __future__ import annotations

import json
import os
import re
import select
import shutil
import socket
import subprocess
import threading
from pathlib import Path
from typing import Any

from waiting import HUNG_S, wait

PROGRAMS = ("ModemManager", "mmcli", "dbus-daemon", "gdbus")
_BUS = "org.freedesktop.ModemManager1"


def missing() -> str:
    """The programs that are not here."""
    path = os.environ.get("PATH", "") + ":/usr/sbin"
    return ", ".join(name for name in PROGRAMS if not shutil.which(name, path=path))


class Bridge(threading.Thread):
    """Between an abstract socket and the modem's pty."""

    def __init__(self, name: str, port: str) -> None:
        super().__init__(daemon=True)
        self._listener = socket.socket(socket.AF_UNIX)
        self._listener.bind("\0abstract:" + name)
        self._listener.listen(1)
        self._pty = os.open(port, os.O_RDWR | os.O_NOCTTY)
        self.over = False

    def run(self) -> None:
        client: socket.socket | None = None
        while not self.over:
            ready = [client or self._listener, self._pty]
            for source in select.select(ready, [], [], 0.2)[0]:
                if source is self._listener:
                    client, _ = self._listener.accept()
                elif source is self._pty:
                    data = os.read(self._pty, 4096)
                    if client:
                        client.sendall(data)
                elif client:
                    data = client.recv(4096)
                    if not data:
                        client = None
                    os.write(self._pty, data)


class ModemManager:
    """With one modem; `plugin` is what MM would find by the device's USB ids."""

    def __init__(self, folder: Path, plugin: str, port: str) -> None:
        self.log = folder / "mm.log"
        self._env = {**os.environ, "LC_ALL": "C.UTF-8"}
        self._env["PATH"] += ":/usr/sbin"
        bus = subprocess.Popen(
            ["dbus-daemon", "--session", "--nofork", "--print-address=1"]
            + [f"--address=unix:path={folder}/bus"],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=self._env,
        )
        assert bus.stdout
        self._env["DBUS_SESSION_BUS_ADDRESS"] = bus.stdout.readline().decode().strip()
        self._children = [bus]
        name = f"posmodem-{os.getpid()}-{folder.name}"
        self.bridge = Bridge(name, port)
        self.bridge.start()
        options = ["--test-session", "--test-enable", "--test-no-udev", "--no-auto-scan"]
        options += ["--test-no-suspend-resume", "--test-no-qrtr", "--debug"]
        with self.log.open("wb") as log:
            self._children.append(
                subprocess.Popen(["ModemManager", *options], stdout=log, stderr=log, env=self._env)
            )
        names = ("org.freedesktop.DBus", "/", "org.freedesktop.DBus.ListNames")
        wait("its name on the bus", lambda: _BUS in self._gdbus(*names))
        path = "/" + _BUS.replace(".", "/")
        ports = f"['abstract:{name}']"
        self._gdbus(_BUS, path, _BUS + ".Test.SetProfile", "judge", plugin, ports)

    def _gdbus(self, to: str, path: str, method: str, *arguments: str) -> str:
        command = ["gdbus", "call", "--session", "--dest", to, "--object-path", path]
        done = subprocess.run(
            [*command, "--method", method, *arguments],
            capture_output=True,
            env=self._env,
            timeout=HUNG_S,
            check=False,
        )
        return done.stdout.decode() + done.stderr.decode()

    def run(self, *words: str) -> str:
        """mmcli: its output, errors too."""
        done = subprocess.run(
            ["mmcli", "--test-session", f"--timeout={HUNG_S}", *words],
            capture_output=True,
            env=self._env,
            timeout=HUNG_S,
            check=False,
        )
        return done.stdout.decode() + done.stderr.decode()

    def modem(self) -> dict[str, Any]:
        """What it knows of the modem, {} before it knows one."""
        text = self.run("-m", "any", "-J")
        return json.loads(text)["modem"] if text.startswith("{") else {}

    def refused(self) -> set[str]:
        """Heads of the commands that the modem answered with an error, by MM's own log."""
        asked, found = "", set()
        for line in self.log.read_text(errors="replace").splitlines():
            if said := re.search(r"--> 'AT([^=?<]*)", line):
                asked = said[1]
            elif re.search(r"<-- '.*ERROR", line):
                found.add(asked)
        return found

    def stop(self) -> None:
        for child in reversed(self._children):
            child.kill()  # it would take ten seconds to leave in order
            child.wait(HUNG_S)
        self.bridge.over = True
        self.bridge.join(HUNG_S)
