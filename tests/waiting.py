"""How tests wait: for what must happen, never for a time. A limit is there only so that what hangs
comes to an end: no machine is as slow as that. What the product itself is patient for is another
thing, and stands where it is tested.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

HUNG_S = 1800  # ten times what the longest of all takes on a quiet machine, and more
WHOLE_HUNG_S = 20 * HUNG_S  # of a simulation in full, which takes an hour


def wait(what: str, holds: Callable[[], Any]) -> Any:
    """The value of holds() as soon as it is true; AssertionError that says `what` did not come."""
    end = time.monotonic() + HUNG_S
    while not (value := holds()):
        assert time.monotonic() < end, f"it hangs: {what}"
        time.sleep(0.02)
    return value
