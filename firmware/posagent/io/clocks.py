"""Where the loop's milliseconds come from on a board; the `pc` board has paced.py too."""

import time

from posproto import const

_MASK = const(0x3FFFFFFF)


class WallClock:
    """The board's own ticks."""

    virtual = False

    def now_ms(self):
        return time.ticks_ms() & _MASK

    def rest(self, wait_ms, idle):
        """Told before each sleep; the wall clock does not care."""
