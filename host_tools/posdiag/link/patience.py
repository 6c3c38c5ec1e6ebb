"""How long answers may take: POSDIAG_PATIENCE=4 lets each time limit be four times as long, for a
terminal that is emulated or behind a slow line.
"""

from __future__ import annotations

import os
import time

_MOST = 1000.0


def factor() -> float:
    """At least 1; what cannot be read is 1."""
    try:
        return min(max(1.0, float(os.environ.get("POSDIAG_PATIENCE", "1"))), _MOST)
    except ValueError:
        return 1.0


def within(seconds: float) -> float:
    """A time limit in seconds of the wall's clock."""
    return seconds * factor()


def now() -> float:
    """A clock in seconds, for limits that are compared with it; it runs slower by the factor."""
    return time.monotonic() / factor()
