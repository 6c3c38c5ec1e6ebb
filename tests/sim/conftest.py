"""What holds for each test of a simulation."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from dropping import drop_modules
from posagent.core import schedule


@pytest.fixture(autouse=True)
def as_on_a_board() -> Iterator[None]:
    """A life in account.py looks rarely and drops no module; what comes behind it does not."""
    kept = schedule._LOOK_S, schedule._LOOK_TROUBLE_S
    yield
    schedule._LOOK_S, schedule._LOOK_TROUBLE_S = kept
    drop_modules()
