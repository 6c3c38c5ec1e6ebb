"""What the fleet was not told yet, and when it may be: loaded only where a broker is named.

Verdicts that change, events from warning on and one status a day. What can wait takes the place of
a probe; what is urgent goes beside them, an hour apart. Nothing goes while a message waits, while
healing acts or while the line is down: then it is told afterwards, from the log.
"""

import struct

from posproto import const, ids

from .. import modules, situation

FILE = "report"
# Version; next record; of the last status powered and Unix seconds; of the last report powered.
_KEPT = ">BIIII"
_VERSION = const(1)
_HOUR_S = const(3605)  # and a few seconds between the count and the air
_DAY_S = const(86400)
_SPARE_S = const(14400)  # between reports of what can wait: a TLS handshake is 6 KB
_BACK_OFF = const(4)  # doublings of an hour while the broker cannot be reached


class Reporter:
    """One per agent. Times on flash are seconds under power, as the budgets count them."""

    def __init__(self, a) -> None:
        self._a = a
        now = self._powered()
        # The first status of a new terminal within an hour, not all of a fleet's at once.
        self.day_s = now - _DAY_S + a.ladder.rng.below(_HOUR_S)
        self.day_unix_s = 0  # of the last status; 0: the clock was not set
        self.last_s = 0  # 0: never
        self.next = 0  # sequence number of the first record that was not told
        self.fails = 0  # in a row
        self.retry_s = 0  # uptime before which the broker is left alone
        self.owed = True  # the log may hold what was not told
        self.urgent = False  # and cannot wait
        kept = modules.call("life.rot", "whole", a.storage.read(FILE))
        if kept and len(kept) == struct.calcsize(_KEPT) and kept[0] == _VERSION:
            self.next, day_s, self.day_unix_s, last_s = struct.unpack_from(_KEPT, kept)[1:]
            self.day_s, self.last_s = min(day_s, now), min(last_s, now)
            if self.next > a.log.sequence:  # the flash shows an earlier state of the log
                self.next = 0

    def _powered(self):
        return self._a.ladder.base_s + self._a.clock.s

    def wants(self, severity: int, event: int) -> bool:
        """Is this event of the log told?"""
        return severity >= ids.SEV_WARNING or event == ids.E_VERDICT

    def heard(self, record) -> None:
        """An event, by EV_* key, as it is told on the ports."""
        severity = record[ids.EV_SEVERITY]
        if self.wants(severity, record[ids.EV_ID]):
            self.owed = True
            self.urgent = self.urgent or severity >= ids.SEV_ERROR

    def day_left_s(self) -> int:
        """Seconds until the status of the day is due. By the clock where there is one: a terminal
        that is switched off at night is a day older in the morning.
        """
        left = self.day_s + _DAY_S - self._powered()
        unix_s = self._a.clock.unix_s
        if 0 < self.day_unix_s <= unix_s:
            left = min(left, self.day_unix_s + _DAY_S - unix_s)
        return max(left, 0)

    def due(self) -> int:
        """Seconds until a report may go, as far as this knows; -1: there is nothing, or no way."""
        a = self._a
        assert self.owed or not self.urgent
        well = a.situation == situation.WELL and not a.path.fails
        # The acquirer alone is silent: the fleet wants to know, and the line is there.
        beside = self.urgent and (well or a.situation == situation.HOST_DOWN)
        if a.settlement.pending or a.acting_s > a.clock.s or not (well or beside):
            return -1
        day_s = self.day_left_s()
        if day_s and not self.owed:
            left = day_s
        else:
            left = self.last_s + (_HOUR_S if beside else _SPARE_S) - self._powered()
            left = left if self.last_s else 0
        return max(left, self.retry_s - a.clock.s, 0)

    def begins(self) -> None:
        """A report goes out now: on flash before it does, so that no power cut repeats it."""
        assert self.last_s <= max(self._powered(), 1)
        self.last_s = max(self._powered(), 1)
        self.keep()

    def told(self, following: int) -> None:
        """The broker has all records before number `following`."""
        assert self.next <= following <= self._a.log.sequence
        self.next = following

    def showed(self) -> None:
        """It has the status, too."""
        self.day_s = self._powered()
        self.day_unix_s = min(self._a.clock.unix_s or 0, 0xFFFFFFFF)
        self.fails = 0

    def nothing(self, following: int) -> None:
        """All that the log holds before number `following` is told, or not wanted."""
        self.next = following
        self.owed = self.urgent = False

    def failed(self) -> bool:
        """The broker was not reached, or refused; True the first time in a row."""
        wait_s = _HOUR_S << min(self.fails, _BACK_OFF)
        self.retry_s = self._a.clock.s + wait_s + self._a.ladder.rng.below(wait_s // 4)
        self.fails += 1
        return self.fails == 1

    def keep(self) -> None:
        """On flash; what it refuses is counted, and costs a repetition after a restart."""
        times = max(self.day_s, 0), self.day_unix_s, self.last_s
        data = struct.pack(_KEPT, _VERSION, self.next, *times)
        summed = modules.call("life.rot", "summed", data)
        self._a.on_flash(lambda: self._a.storage.write(FILE, summed))
