"""What is asked of a board at its prompt, run as the board would."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from posdiag.board.reads import READS


def test_a_long_file_is_read_whole(tmp_path: Path) -> None:
    """The settings of four acquirers came to more than a kilobyte: cut there they were no JSON,
    and the device's id was not known.
    """
    side: dict[str, Any] = {}
    exec(READS, side)  # noqa: S102 - ours, as the prompt gets it
    path = tmp_path / "config.json"
    path.write_bytes(b"{" + b" " * 3000 + b"}")
    assert side["_bytes"](str(path)) == path.read_bytes()
    assert side["_bytes"](str(tmp_path / "missing")) == b""
