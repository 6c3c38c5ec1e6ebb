"""The allowance of each device: who has one terminal's key fills the store, and slows others, no
further than this.

An allowance holds all that a bridge keeps (half a year) twice over, and fills again slowly, a few
ordinary days a day. Who has used it up is not looked at for a minute, and told; a bridge brings
again what the fleet did not confirm, so an honest one loses nothing. It is kept in the memory of
each collector: a collector that starts begins anew.
"""

from __future__ import annotations

from collections import OrderedDict

from ..store.days import DAY_S

MOST_BYTES = 64 << 20
DAILY_BYTES = 2 << 20
SHUT_S = 60
ROW_BYTES = 256  # what a row takes of the store beside the bytes that came
_DEVICES_MAX = 200_000  # who came longest ago is forgotten first


class Allowance:
    """Bytes that each device may still bring. Times in Unix seconds."""

    def __init__(self, most: int = MOST_BYTES, daily: int = DAILY_BYTES) -> None:
        self._most, self._daily = most, daily
        # device -> (bytes that are used up, at that time, shut until)
        self._used: OrderedDict[int, tuple[float, int, int]] = OrderedDict()

    def is_shut(self, device: int, now_s: int) -> bool:
        """Is nothing taken of this device now? Asked before a message is looked at."""
        known = self._used.get(device)
        # A clock that was set back shuts nobody for longer.
        return known is not None and known[2] - SHUT_S <= now_s < known[2]

    def spend(self, device: int, size: int, now_s: int) -> bool:
        """May this message of `size` bytes count? False: the device is shut from now on, for a
        while. To be called for what it signed itself only.
        """
        used, at_s, _ = self._used.get(device, (0.0, now_s, 0))
        used = max(0.0, used - self._daily * max(0, now_s - at_s) / DAY_S)
        fits = used + size <= self._most
        self._used[device] = (used + size, now_s, 0) if fits else (used, now_s, now_s + SHUT_S)
        self._used.move_to_end(device)
        if len(self._used) > _DEVICES_MAX:
            self._used.popitem(last=False)
        return fits

    def shut(self, device: int, now_s: int) -> None:
        """Take nothing of this device for a while: what it sent stopped others."""
        used, at_s, _ = self._used.get(device, (0.0, now_s, 0))
        self._used[device] = used, at_s, now_s + SHUT_S

    def took(self, device: int, rows: int) -> None:
        """Charge the device for the rows that came of what it spent last."""
        used, at_s, until_s = self._used[device]
        self._used[device] = used + ROW_BYTES * rows, at_s, until_s
