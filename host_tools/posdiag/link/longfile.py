"""The progress bar of a long file, shown until something is found in it."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

from rich.progress import BarColumn, Progress, TaskID, TextColumn

from ..show.console import App

Looked = Callable[[int, int], None]  # bytes looked through, bytes in all; equal: found or over
_PATIENCE_S = 1.0  # what is quicker shows no bar


def silent(_done: int, _size: int) -> None:
    """A Looked that shows nothing."""


class Looking:
    """A Looked for one file: a bar that comes after a second and goes when something is found."""

    def __init__(self, app: App, file: str | Path) -> None:
        self._app = app
        self._words = app.t("say", "looking_through", file=Path(file).name)
        self._since: float | None = None
        self._bar: Progress | None = None
        self._task = TaskID(0)

    def __call__(self, done: int, size: int) -> None:
        if done >= size:
            self.close()
        elif not self._app.err.is_terminal:
            return
        elif self._bar is not None:
            self._bar.update(self._task, completed=done)
        elif self._since is None:
            self._since = time.monotonic()
        elif time.monotonic() - self._since > _PATIENCE_S:
            columns = (BarColumn(24), TextColumn("{task.percentage:3.0f} %  {task.description}"))
            self._bar = Progress(*columns, console=self._app.err, transient=True)
            self._task = self._bar.add_task(self._words, total=size, completed=done)
            self._bar.start()

    def __enter__(self) -> Looking:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def close(self) -> None:
        if self._bar is not None:
            self._bar.stop()
        self._bar = self._since = None
