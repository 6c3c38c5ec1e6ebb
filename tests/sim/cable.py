"""posdiag's own client at a simulated agent in the same process, in virtual time."""

from __future__ import annotations

from play import Play
from posdiag.link.client import Client


class Cable:
    """A posdiag transport. What the agent said before is not here: it was not plugged in yet."""

    name = "virtual"

    def __init__(self, play: Play) -> None:
        self.together = play.together
        self._heard = bytearray()
        self._hear = hear = self.together.on_line

        def both(line: bytes) -> None:
            self._heard += line
            hear(line)

        self.together.on_line = both

    def read(self, timeout_s: float) -> bytes:
        if not self._heard:
            self.together.run_ms(max(1, round(timeout_s * 1000)))
        data = bytes(self._heard)
        self._heard.clear()
        return data

    def write(self, data: bytes) -> None:
        """The answer is there at once: to ask costs no virtual time."""
        link = self.together.agent.host
        link.feed(data)
        while (line := link.take()) is not None:
            self.together.on_line(line)

    def close(self) -> None:
        """Unplug; the cable that was plugged in last goes first."""
        self.together.on_line = self._hear


def client(play: Play) -> Client:
    """posdiag's own client at the other end of the cable."""
    return Client(Cable(play), clock=lambda: play.together.now_ms / 1000)
