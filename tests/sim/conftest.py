"""What holds for each test of a simulation."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from dropping import drop_modules
from posagent.core import duties


@pytest.fixture(autouse=True)
def as_on_a_board() -> Iterator[None]:
    """A life in credit.py looks rarely and drops no module; what comes behind it does not."""
    kept = duties._LOOK_S, duties._LOOK_TROUBLE_S
    yield
    duties._LOOK_S, duties._LOOK_TROUBLE_S = kept
    drop_modules()
