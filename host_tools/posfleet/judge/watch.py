"""The thread beside the page that judges the fleet again and again."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any

from ..store.database import Database
from . import incidents

EVERY_S = 20.0


class Watch:
    """run() until stop(). A store that is away is asked again."""

    def __init__(
        self,
        database: Database,
        every_s: float = EVERY_S,
        clock: Callable[[], float] = time.time,
        say: Any = print,
    ) -> None:
        self._database = database
        self._every_s = every_s
        self._clock = clock
        self._say = say
        self._stopping = threading.Event()

    def stop(self) -> None:
        self._stopping.set()

    def run(self) -> None:
        while not self._stopping.is_set():
            try:
                incidents.judge(self._database, int(self._clock()))
            except Exception as error:  # whatever the driver raises: the next round may pass
                self._say(f"watch: {type(error).__name__}: {error}")
            self._stopping.wait(self._every_s)
