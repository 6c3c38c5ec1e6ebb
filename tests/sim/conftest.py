"""What holds for each test of a simulation."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from posagent.core import duties, overlay


@pytest.fixture(autouse=True)
def as_on_a_board() -> Iterator[None]:
    """A life in credit.py looks rarely and drops no module; what comes behind it does not."""
    kept = duties._LOOK_S, duties._LOOK_TROUBLE_S, overlay.end
    yield
    duties._LOOK_S, duties._LOOK_TROUBLE_S, overlay.end = kept
