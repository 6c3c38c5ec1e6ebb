"""A capture, a ticket or a log file that was dropped onto the page."""

from __future__ import annotations

from pathlib import Path

from ..errors import PosdiagError
from ..facts.findings import ask_account, from_client, from_log
from ..link.capture import Capture
from ..link.replay import ReplayClient
from .terminal import Shown

FILE_MAX = 64 << 20


class File(Shown):
    """What a file tells. Reads it at once; raises BadFile and its kin where it is neither."""

    def __init__(self, path: Path, name: str) -> None:
        super().__init__(name, "file")
        try:
            self._read_capture(path)
        except PosdiagError as no_capture:
            try:
                self.findings, _ = from_log([str(path)], self.history.add)
            except PosdiagError:
                raise no_capture from None
        self.findings.port = name
        if self.findings.status is not None:
            self.history.go_on_to(self.findings.status.unix_s)

    def _read_capture(self, path: Path) -> None:
        client = ReplayClient(Capture(path))
        try:
            client.greet()
            self.findings = from_client(client, on_event=self.history.add)
            self.account = ask_account(client, 1.0)
        finally:
            client.close()
