"""Text from a device, a capture or a message, as it may be shown: it moves no cursor, sets no
clipboard, turns no line around and forges none. Every way out (screen, CSV, JSON, page) uses this.
"""

from __future__ import annotations

import csv
import json
import re
import sys
import unicodedata
from collections.abc import Iterable
from typing import Any

_NUMBER = re.compile(r"[+-]?\d+(\.\d+)?")
_FORMULA = tuple("=+-@＝＋－＠")  # the wide ones count where Chinese or Japanese is typed


def _is_shown(char: str) -> bool:
    # Cc: ESC, BEL, C1; Cf: what turns a line around; Zl, Zp: line breaks; Cs, Co, Cn: no text.
    return unicodedata.category(char)[0] != "C" and unicodedata.category(char) not in ("Zl", "Zp")


def printable(text: str) -> str:
    """`text` with a dot for each character that is none to be seen; one line."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(char if _is_shown(char) else "." for char in text)


def printable_bytes(data: bytes) -> str:
    """Console bytes as such a line."""
    return printable(data.decode("utf-8", "replace").rstrip())


def cell(value: object) -> object:
    """A cell of a table that a spreadsheet will open: a text is never taken for a formula."""
    if not isinstance(value, str):
        return value
    text = printable(value)
    if text.lstrip()[:1] in _FORMULA and not _NUMBER.fullmatch(text):
        return "'" + text
    return text


def write_rows(rows: Iterable[Iterable[object]]) -> int:
    """Writes rows as CSV to stdout; returns how many."""
    writer = csv.writer(sys.stdout, lineterminator="\n")
    count = 0
    for row in rows:
        writer.writerow([cell(value) for value in row])
        count += 1
    return count


def json_text(value: Any, ascii_only: bool, indent: int | None = None) -> str:
    """JSON in which everything that is not to be seen is an escape."""
    text = json.dumps(value, ensure_ascii=ascii_only, indent=indent)
    if text.isascii():
        return text  # json escapes controls; DEL does nothing
    return "".join(
        char if char == "\n" or _is_shown(char) else json.dumps(char)[1:-1] for char in text
    )
