"""What holds for each test of a simulation."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from dropping import drop_modules
from posagent.core import schedule


@pytest.fixture(autouse=True)
def modules_stay() -> Iterator[None]:
    """They do not, as on a board; and a life of account.py, which looks rarely, ends here."""
    kept = schedule._LOOK_S, schedule._LOOK_TROUBLE_S
    drop_modules()
    yield
    schedule._LOOK_S, schedule._LOOK_TROUBLE_S = kept
