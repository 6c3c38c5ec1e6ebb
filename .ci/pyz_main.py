"""Start of posdiag.pyz: as `posdiag` with arguments; a double click shows what is wrong.

Scenarios and texts are files that other programs read too: the archive unpacks itself once, into
the user's cache, under the hash of its own bytes.
"""

import hashlib
import os
import shutil
import sys
import tempfile
import zipfile
from pathlib import Path


def cache() -> Path:
    """The user's own folder for what can be made again."""
    base = os.environ.get("POSDIAG_CACHE_DIR") or os.environ.get("LOCALAPPDATA")
    return Path(base or os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "posdiag"


def unpacked(archive: Path) -> Path:
    """The folder with the archive's content; made whole or not at all."""
    folder = cache() / hashlib.sha256(archive.read_bytes()).hexdigest()[:16]
    if not folder.is_dir():
        folder.parent.mkdir(parents=True, exist_ok=True)
        part = Path(tempfile.mkdtemp(dir=folder.parent))
        with zipfile.ZipFile(archive) as packed:
            packed.extractall(part)
        try:
            part.rename(folder)
        except OSError:  # another start was quicker
            shutil.rmtree(part, ignore_errors=True)
    return folder


def double_clicked(main, names) -> int:
    """The live page where this version has one, else the verdict; the window stays open."""
    status = main(["serve"] if "serve" in names else ["doctor"])
    if sys.stdin is not None and sys.stdin.isatty():
        input("Enter ...")
    return status


def start() -> int:
    sys.path[0] = str(unpacked(Path(sys.argv[0]).resolve()))
    from posdiag.cli import cli, main

    if len(sys.argv) > 1:
        return main()
    return double_clicked(main, cli.list_commands(None))


if __name__ == "__main__":
    if sys.version_info < (3, 10):  # noqa: UP036  somebody opens it with an old one
        sys.exit("posdiag needs Python 3.10 or later: https://www.python.org/downloads/")
    sys.exit(start())
