"""The loop's clock on a board, in milliseconds; the `pc` board has that of paced.py, too."""

import time

from posproto import const

_MASK = const(0x3FFFFFFF)


class WallClock:
    """The board's own ticks."""

    virtual = False

    def now_ms(self):
        return time.ticks_ms() & _MASK

    def rest(self, wait_ms, idle):
        """Called before each sleep, for PacedClock; here there is nothing to do."""
