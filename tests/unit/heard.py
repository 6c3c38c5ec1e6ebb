"""The network as a modem tells it, with the events that it gave."""

from posagent.core.life.clock import Clock
from posagent.core.network import registration


class Heard(registration.Network):
    """`events`: (E_*, arguments), oldest first."""

    def __init__(self, roaming="auto", visited=""):
        self.events = []
        super().__init__(Clock(), self._event, roaming, visited)

    def _event(self, event_id, severity, args=None):
        self.events.append((event_id, args))
