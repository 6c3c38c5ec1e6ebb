"""A terminal that reports over its own line: the simulated modem's connections to one name lead to
a real broker, and TLS, which the module would speak, is Python's.

    python tests/fleet/own_line.py        what an ordinary and a troubled day cost, in bytes
"""

import socket
import ssl
import sys
import tempfile
from pathlib import Path
from typing import Any

if __name__ == "__main__":
    _ROOT = Path(__file__).resolve().parents[2]
    for _folder in ("protocol", "firmware", "host_tools", "tests", "tests/unit", "tests/sim"):
        sys.path.insert(0, str(_ROOT / _folder))

from play import AUTHORITY, KEY, AcquirerNet, Play
from posfleet import keys
from posfleet.wire import signed
from rig import FLEET, Terminal
from signing import SecureBroker, TappedPort

BROKER = "fleet.example"
NAME = "POS-1"
DAY_S = 86400
ARREARS = (
    {"do": "bar", "layer": "attach", "cause": 8, "at_s": 3 * 3600},
    {"do": "unbar", "layer": "attach", "at_s": 9 * 3600},
    {"do": "path", "mode": "refuse", "at_s": 14 * 3600},
    {"do": "path", "mode": "", "at_s": 15 * 3600},
)


def terminal() -> Terminal:
    """The one whose device key the simulation has, as the collector knows it."""
    who = Terminal(NAME)
    who.key = keys.report_key(KEY)
    who.key_id = signed.key_id(who.key)
    return who


def secure_broker(folder) -> SecureBroker:
    """mosquitto with TLS, the terminal's derived password and the rules of ops/."""
    users = {NAME: keys.password(KEY), "collector": "c"}
    return SecureBroker(folder, users, (FLEET,), ("log_type all",))


class OwnLine(AcquirerNet):
    """`broker`: set after Play made it; None: nobody is there. Counts what the card pays for."""

    broker: Any = None
    dead = False  # takes connections and says nothing
    port = 0  # 0: the broker's own; else of a relay before it

    def __init__(self, acquirer) -> None:
        super().__init__(acquirer)
        self._lines: dict[int, ssl.SSLSocket | None] = {}
        self.bytes = self.opened = 0

    def open(self, handle, host, port):
        if host != BROKER:
            super().open(handle, host, port)
            return
        self.opened += 1
        error = "" if self.broker or self.dead else "refused"
        if not error:
            self._lines[handle] = None if self.dead else self._connected()
            self._open[handle] = True
        self.modem.agenda.after(self.trip_ms, self._opened, handle, error)

    def _connected(self):
        context = ssl.create_default_context(cafile=str(self.broker.ca))
        plain = socket.create_connection(("127.0.0.1", self.port or self.broker.server.port), 30)
        return context.wrap_socket(plain, server_hostname="localhost")

    def send(self, handle, data):
        if handle not in self._lines:
            super().send(handle, data)
            return
        self.bytes += len(data)
        line = self._lines[handle]
        if line is None:
            return
        line.sendall(data)
        # As many answers as MQTT owes for it; a broker that closes instead owes no more.
        for _ in range(owed(data)):
            answer = line.recv(64)
            self.bytes += len(answer)
            self.modem.agenda.after(2 * self.trip_ms, self._answer, handle, answer, not answer)
            if not answer:
                return

    def close(self, handle):
        line = self._lines.pop(handle, None)
        if line is not None:
            line.close()
        super().close(handle)


def owed(data: bytes) -> int:
    """How many packets a broker answers to these whole packets (MQTT 3.1.1, 3.1.4 and 3.3.4)."""
    found = at = 0
    while at < len(data):
        kind, size, shift = data[at] >> 4, 0, 0
        while True:
            at += 1
            size |= (data[at] & 127) << shift
            shift += 7
            if data[at] < 128:
                break
        at += 1 + size
        found += kind in (1, 3)
    return found


def play(settings=None, timeline=(), broker=None, **scenario) -> Play:
    """A scenario in motion whose terminal reports to BROKER."""
    agent = {"fleet": FLEET, "device_id": NAME, "report_host": BROKER, "closed_apn": False}
    told = {
        "account": {"balance_minor": 9000},
        "agent": {**agent, "tls": True, **(settings or {})},
        "timeline": list(timeline),
        **scenario,
    }
    found = Play(told, net=OwnLine)
    found.together.storage.write("report.pem", AUTHORITY)
    found.net.broker = broker
    return found


def main() -> int:
    """26 hours, so that the second day's status is in."""
    with tempfile.TemporaryDirectory() as folder:
        broker = secure_broker(Path(folder))
        try:
            for name, timeline in (("ordinary", ()), ("troubled", ARREARS)):
                tap = TappedPort(broker.server.port)
                played = play(timeline=timeline, broker=broker)
                played.net.port = tap.port
                played.together.run(DAY_S + 2 * 3600)
                print(
                    f"{name} day: {played.net.opened} connections, {played.net.bytes} bytes of"
                    f" MQTT, {tap.bytes} with TLS; budgets broken: {len(played.violations())}"
                )
                tap.close()
        finally:
            broker.server.stop()
    return 0


if __name__ == "__main__":
    sys.exit(main())
