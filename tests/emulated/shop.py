"""What surrounds the emulated board: posworld's modem on its UART and pins, posdiag on its USB."""

from __future__ import annotations

import json
import os
import select
import socket
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

from board import HUNG_S, Board
from posworld.shell.run import World

PWRKEY, RESET = 4, 5  # pins of the board, through transistors
SCENARIO: dict[str, Any] = {
    "name": "emulated",
    "agent": {"tls": True},
    "account": {"balance_minor": 5000},
    "modem": {"boot": [[10, "ready"], [15, "radio"], [20, "sim"]], "scan_ms": [100, 200]},
    "operator": {"attach_ms": [50, 100]},
}


# Simulated modules look at the certificate that they are told of, not into it.
AUTHORITY = "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n"


class Shop:
    """The world goes by the board's time, so that nothing hurries while the emulator is slow."""

    def __init__(self, board: Board, folder: Path) -> None:
        self.board = board
        self.folder = folder
        self.world = World(SCENARIO, directory=str(folder), wall=board.now_s)
        self._pressed: dict[int, float] = {}
        board.on_pin = self._pin
        self.url = f"socket://127.0.0.1:{board.ports['usb']}"
        self.settings = folder / "shop.json"
        self.settings.write_text(json.dumps(self.world.stage.settings()))
        self.authority = folder / "ca.pem"
        self.authority.write_text(AUTHORITY)

    def __enter__(self) -> Shop:
        self.world.start()
        self._uart = socket.create_connection(("127.0.0.1", self.board.ports["uart"]))
        self._uart.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._line = os.open(self.world.ports["modem"], os.O_RDWR | os.O_NOCTTY)
        threading.Thread(target=self._carry, daemon=True).start()
        return self

    def __exit__(self, *error: object) -> None:
        self._uart.close()
        self.world.stop()

    def _carry(self) -> None:
        while True:
            try:
                for ready in select.select([self._uart, self._line], [], [], 1)[0]:
                    if ready is self._uart:
                        data = self._uart.recv(4096)
                        if not data:
                            return
                        os.write(self._line, data)
                    else:
                        self._uart.sendall(os.read(self._line, 4096))
            except (OSError, ValueError):
                return

    def _pin(self, pin: int, level: int, at_ms: float) -> None:
        if level:
            self._pressed[pin] = at_ms
        elif pin in self._pressed:
            held_ms = int(at_ms - self._pressed.pop(pin))
            modem, now_ms = self.world.stage.modem, self.world.clock.now_ms
            if pin == PWRKEY:
                self.world.shell.call(lambda: modem.power_key(now_ms(), held_ms))
            elif pin == RESET:
                self.world.shell.call(lambda: modem.reset_pin(now_ms()))

    def do(self, action: str, **more: Any) -> None:
        """Let one thing of a timeline happen."""
        self.world.shell.call(lambda: self.world.stage.do({"do": action, **more}))

    def posdiag(self, *words: object, status: tuple[int, ...] = (0,)) -> str:
        """One run of the tool: what it printed, where it fails its error as well. AssertionError
        where its status is none of these.
        """
        command = [sys.executable, "-m", "posdiag", *map(str, words)]
        done = subprocess.run(
            command,
            env={
                **os.environ,
                "POSDIAG_LANG": "en",
                "POSDIAG_STATE_DIR": str(self.folder),
                "POSDIAG_PATIENCE": f"{4 * self.board.slowness():.1f}",
                "PYTHON_KEYRING_BACKEND": "keyring.backends.fail.Keyring",
            },
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
            timeout=HUNG_S,
        )
        said = done.stdout + done.stderr
        assert done.returncode in status, f"posdiag {words[0]}: status {done.returncode}\n{said}"
        return said if done.returncode else done.stdout

    def status(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.posdiag("status", self.url, "--json"))
        return dict(found["status"])
