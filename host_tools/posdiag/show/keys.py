"""Keys that are pressed while a screen is shown, one at a time and without Enter.

Four keys need no framework: the terminal is put into its mode of single characters, and back
whatever happens.
"""

from __future__ import annotations

import sys
from typing import Any


class Keys:
    """`pressed()` never waits; "" where nothing was pressed or nobody can press anything."""

    def __init__(self) -> None:
        self._fd = -1
        self._before: Any = None

    def __enter__(self) -> Keys:
        if sys.platform == "win32" or not sys.stdin.isatty():
            return self
        import termios
        import tty

        self._fd = sys.stdin.fileno()
        self._before = termios.tcgetattr(self._fd)
        tty.setcbreak(self._fd)  # Ctrl-C stays Ctrl-C
        return self

    def __exit__(self, *error: object) -> None:
        if self._before is not None and sys.platform != "win32":
            import termios

            termios.tcsetattr(self._fd, termios.TCSADRAIN, self._before)
            self._before = None

    def pressed(self) -> str:
        """The next key, as a small letter."""
        if sys.platform == "win32":
            import msvcrt

            return msvcrt.getwch().lower() if sys.stdin.isatty() and msvcrt.kbhit() else ""
        import os
        import select

        if self._before is None or not select.select([self._fd], [], [], 0)[0]:
            return ""
        return os.read(self._fd, 1).decode("ascii", "ignore").lower()
