"""How help is laid out: Chinese characters take two columns, lines may end behind any of them.

click counts characters and breaks at blanks only, so that Chinese help would stand crooked and
leave the window.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

import click
from rich.cells import cell_len

_WIDE = "\u2e80-\uffef"
_PIECES = re.compile(rf"\s*[（“《]*(?:[^\s{_WIDE}“”…]+|\S)[，。；：、）”》…]*")
_FIRST_MAX = 30
_GAP = 2


def wrapped(text: str, width: int) -> list[str]:
    """Lines of at most `width` columns, as far as a word is not longer."""
    lines = [""]
    for piece in _PIECES.findall(text):
        if lines[-1] and cell_len(lines[-1] + piece) > width:
            lines.append("")
        lines[-1] += piece if lines[-1] else piece.lstrip()
    return lines


class Formatter(click.HelpFormatter):
    """click's, by columns of a terminal."""

    def write_heading(self, heading: str) -> None:
        colon = "：" if re.search(f"[{_WIDE}]", heading) else ":"
        self.write(f"{'':>{self.current_indent}}{heading}{colon}\n")

    def write_text(self, text: str) -> None:
        for line in wrapped(text, self.width - self.current_indent):
            self.write(f"{'':>{self.current_indent}}{line}\n")

    def write_dl(
        self, rows: Iterable[tuple[str, str]], col_max: int = _FIRST_MAX, col_spacing: int = _GAP
    ) -> None:
        rows = list(rows)
        longest = max((cell_len(first) for first, _ in rows), default=0)
        place = min(longest, col_max) + col_spacing
        blank = " " * self.current_indent
        for first, second in rows:
            lines = wrapped(second, max(self.width - place - self.current_indent, 10))
            if cell_len(first) > place - col_spacing:
                self.write(f"{blank}{first}\n")
                first = ""
            for line in lines:
                gap = " " * (place - cell_len(first))
                self.write(f"{blank}{first}{gap}{line}".rstrip() + "\n")
                first = ""
