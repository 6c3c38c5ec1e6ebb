"""Opens the page in the browser by a file of this user's own: what a program is started with every
user of the computer can read (ps), and the page's address is its key.
"""

from __future__ import annotations

import contextlib
import html
import os
import webbrowser
from collections.abc import Iterator
from pathlib import Path

from ..show.crash_file import folder

_PAGE = """<!doctype html><meta charset="utf-8"><meta name="referrer" content="no-referrer">
<meta http-equiv="refresh" content="0;url={url}"><title>posdiag</title>
<a href="{url}">posdiag</a>
"""


@contextlib.contextmanager
def opening_file(url: str) -> Iterator[Path]:
    """A file that leads to `url`, for its owner's eyes alone, as long as the page is there."""
    path = folder() / f"page-{os.getpid()}.html"
    path.unlink(missing_ok=True)
    # Made with its mode, so that it is never open to others, not even for a moment.
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(_PAGE.format(url=html.escape(url)))
    try:
        yield path
    finally:
        path.unlink(missing_ok=True)


def show(path: Path) -> None:
    webbrowser.open(path.as_uri())
