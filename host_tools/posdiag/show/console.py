"""Printing: rich on a terminal, plain lines elsewhere, and never an encoding error.

Technicians' laptops run Windows with a GBK console; a redirected stream may be ASCII. What cannot
be shown there is replaced, and JSON stays ASCII unless the stream is UTF-8.
"""

from __future__ import annotations

import codecs
import errno
import re
import sys
from typing import Any, TextIO

from rich.cells import cell_len
from rich.console import Console
from rich.text import Text

from ..printable import json_text, printable
from .click_words import speak
from .i18n import Texts, default_language

STYLES = {
    "ok": "green",
    "info": "cyan",
    "warning": "yellow",
    "error": "red",
    "critical": "bold red",
}


def _encodes(stream: TextIO, text: str) -> bool:
    try:
        text.encode(stream.encoding or "ascii")
    except (UnicodeEncodeError, LookupError):
        return False
    return True


def prepare_stream(stream: TextIO, lang: str) -> None:
    """Make `stream` print anything: UTF-8 where its own encoding has no Chinese, else replace."""
    reconfigure = getattr(stream, "reconfigure", None)
    if reconfigure is None:
        return
    if lang == "zh" and not stream.isatty() and not _encodes(stream, "欠费"):
        reconfigure(encoding="utf-8", errors="replace")
    else:
        reconfigure(errors="replace")


def _is_utf8(stream: TextIO) -> bool:
    try:
        return codecs.lookup(stream.encoding or "ascii").name == "utf-8"
    except LookupError:
        return False


def _print(console: Console, text: str, style: str) -> None:
    text = printable(text)
    line = Text(text, style=STYLES.get(style, style))
    if not console.is_terminal or cell_len(text) <= console.width:
        console.print(line, soft_wrap=True)
        return
    # What goes on in the next line stands below the last column that begins in the left half.
    columns = [match.end() for match in re.finditer(r"(?:^| ) +", text)]
    starts = [cell_len(text[:at]) for at in columns]
    indent = max((start for start in starts if start <= console.width // 2), default=0)
    first, left = _cut(text, console.width)
    console.print(Text(first, style=line.style), soft_wrap=True)
    while left:
        more, left = _cut(left, console.width - indent)
        console.print(Text(" " * indent + more, style=line.style), soft_wrap=True)


# Where a line may not begin, and where it may not end.
_CLOSES = "，。；：、）”》！？…"
_OPENS = "（“《"


def _cut(text: str, width: int) -> tuple[str, str]:
    """(what fits into `width` columns, the rest): cut at a space, or behind a Chinese character
    as Chinese is set, so that SIM卡 and 15分钟 stay whole; a word that is wider than the line is
    cut where it must be."""
    if cell_len(text) <= width:
        return text, ""
    used, cut, at = 0, 0, 0
    for at, char in enumerate(text):
        before = text[at - 1] if at else ""
        is_behind_chinese = cell_len(before) == 2 and before not in _OPENS and char not in _CLOSES
        if " " in (char, before) or is_behind_chinese:
            cut = at
        used += cell_len(char)
        if used > width:
            break
    cut = cut if text[:cut].strip() else at or 1
    return text[:cut].rstrip(), text[cut:].lstrip()


class _Console(Console):
    """A console whose broken pipe is for the command line to judge."""

    def on_broken_pipe(self) -> None:
        raise BrokenPipeError(errno.EPIPE, "nobody reads")


class App:
    """One run of the tool: the texts and the two streams of its command; click's `obj`."""

    def __init__(self, lang: str | None = None, verbose: int = 0) -> None:
        self.verbose = verbose
        self.set_language(lang or default_language())

    def set_language(self, lang: str) -> None:
        self.texts = Texts(lang)
        speak(self.texts)
        for stream in (sys.stdout, sys.stderr):
            prepare_stream(stream, self.texts.lang)
        self.out = self._console(sys.stdout)
        self.err = self._console(sys.stderr)

    @staticmethod
    def _console(stream: TextIO) -> Console:
        terminal = stream.isatty()
        return _Console(
            file=stream,
            force_terminal=terminal,
            no_color=None if terminal else True,
            highlight=False,
            markup=False,
            emoji=False,
        )

    @staticmethod
    def shows(text: str) -> bool:
        """Can standard output show this text as it is?"""
        return _encodes(sys.stdout, text)

    @property
    def is_live(self) -> bool:
        """Is standard output a terminal that can be redrawn?"""
        return bool(self.out.is_terminal) and not self.out.is_dumb_terminal

    def t(self, table: str, key: str, /, **values: object) -> str:
        return self.texts.get(table, key, **values)

    def say(self, text: str, style: str = "") -> None:
        """One line on stdout; a terminal gets it wrapped between words, under its own column."""
        _print(self.out, text, style)

    def note(self, text: str, style: str = "") -> None:
        """One line on stderr: what is said about the run, not its result."""
        _print(self.err, text, style)

    def json(self, value: Any, indent: int | None = None) -> None:
        """One JSON value on stdout, on one line unless `indent` is given."""
        ascii_only = not _is_utf8(sys.stdout)
        sys.stdout.write(json_text(value, ascii_only, indent) + "\n")
        sys.stdout.flush()
