"""Jobs that a person orders from the page, each run in its terminal's thread, step by step."""

from __future__ import annotations

import re
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ..errors import Disconnected, PosdiagError
from ..facts import selftest
from ..facts.names import TESTS
from ..facts.orders import order_balance, order_step, rung_number
from ..judge.diagnosis import Check
from ..keys.device_key import read_key
from ..link.capture import DEVICE, HOST, CaptureWriter
from ..link.client import Client
from ..link.redact import redact_file
from ..link.transports import Transport
from ..show.error_words import error_words
from ..show.i18n import Texts
from ..show.words import ago, span

Words = Callable[[Texts], str]
KINDS = ("balance", "self_test", "heal", "capture")
KEYED = ("balance", "heal")
CAPTURE_S = 20.0
_SELF_TEST_S = 48.0


@dataclass
class Job:
    """One order. `state`: waits, runs, done or failed."""

    kind: str
    rung: str = ""
    state: str = "waits"
    words: Words = field(default=lambda texts: "")
    done: int = 0
    all: int = 0
    items: list[selftest.Item] = field(default_factory=list)
    file: Path | None = None
    folder: tempfile.TemporaryDirectory[str] | None = None  # of the file; gone with the job

    def fail(self, error: PosdiagError) -> None:
        self.state, self.words = "failed", lambda texts: error_words(texts, error)

    def shown(self, texts: Texts) -> dict[str, Any]:
        checks = [selftest.check_of(texts, item) for item in self.items]
        return {
            "kind": self.kind,
            "state": self.state,
            "title": texts.get("page", self.kind),
            "words": self.words(texts),
            "done": self.done,
            "all": self.all,
            "items": [_item(texts, check) for check in checks],
            "file": self.file is not None,
        }


def _item(texts: Texts, check: Check) -> dict[str, str]:
    return {
        "state": check.state,
        "name": texts.get("check_name", check.name),
        "words": check.words or texts.get("check", check.state),
    }


class Tap:
    """A transport that copies what passes into a capture while somebody wants one. Whoever reads
    from it when `is_over` gets Disconnected: no question waits for its answer any more."""

    def __init__(self, inner: Transport, is_over: Callable[[], bool]) -> None:
        self.name = inner.name
        self._inner = inner
        self._is_over = is_over
        self.writer: CaptureWriter | None = None

    def read(self, timeout_s: float) -> bytes:
        if self._is_over():
            raise Disconnected(port=self.name)
        data = self._inner.read(timeout_s)
        if data and self.writer:
            self.writer.add(DEVICE, data)
        return data

    def write(self, data: bytes) -> None:
        if self.writer:
            self.writer.add(HOST, data)
        self._inner.write(data)

    def close(self) -> None:
        self._inner.close()


class Worker:
    """Runs jobs with one client. `changed` is called whenever a job says something new."""

    def __init__(
        self, client: Client, tap: Tap, key_file: str | None, changed: Callable[[], None]
    ):
        self._client = client
        self._tap = tap
        self._key_file = key_file
        self._changed = changed

    def run(self, job: Job) -> None:
        """To its end; an error becomes its sentence. Raises nothing that is expected."""
        job.state = "runs"
        self._changed()
        try:
            getattr(self, f"_{job.kind}")(job)
            job.state = "done"
        except PosdiagError as error:
            job.fail(error)
        self._changed()

    def _balance(self, job: Job) -> None:
        wait_s = order_balance(self._client, read_key(self._key_file))
        if wait_s:
            job.words = lambda texts: texts.get("say", "balance_later", wait=span(texts, wait_s))
        else:
            job.words = lambda texts: texts.get("page", "balance_asked")

    def _heal(self, job: Job) -> None:
        rung = job.rung
        order_step(self._client, read_key(self._key_file), rung_number(rung))
        job.words = lambda texts: texts.get("page", "healed", rung=texts.get("rung", rung))

    def _self_test(self, job: Job) -> None:
        names = [TESTS[number] for number in sorted(TESTS)]
        job.all = len(names)

        def progress(done: int, spent_s: float) -> None:
            job.done = max(done, 0)
            name = names[min(job.done, len(names) - 1)]
            job.words = lambda texts: (
                texts.get("say", "self_test_waits", done=round(spent_s))
                if done < 0
                else texts.get("check_name", name)
            )
            self._changed()

        outcome = selftest.run(self._client, _SELF_TEST_S, progress)
        job.items = list(outcome.items)
        job.done = job.all
        job.words = lambda texts: _about(texts, outcome)

    def _capture(self, job: Job) -> None:
        job.folder = tempfile.TemporaryDirectory(prefix="posdiag-")
        raw, out = (Path(job.folder.name) / name for name in ("raw.cap", "terminal.cap"))
        job.all = round(CAPTURE_S)
        try:
            self._record(job, raw)
            redact_file(raw, out)
        finally:
            raw.unlink(missing_ok=True)  # it holds what is masked in the other one
        job.file, job.done = out, job.all
        job.words = lambda texts: texts.get("page", "captured", bytes=out.stat().st_size)

    def _record(self, job: Job, raw: Path) -> None:
        self._tap.writer = CaptureWriter(raw)
        try:
            self._client.ask_everything()
            end = time.monotonic() + CAPTURE_S
            while (left := end - time.monotonic()) > 0:
                job.done = round(CAPTURE_S - left)
                self._changed()
                self._client.listen(min(1.0, left))
        finally:
            self._tap.writer.close()
            self._tap.writer = None


def _about(texts: Texts, outcome: selftest.Outcome) -> str:
    if outcome.why:
        return texts.get("say", f"self_test_{outcome.why}")
    if outcome.age_s is not None:
        age, wait = ago(texts, outcome.age_s), span(texts, outcome.wait_s)
        return texts.get("say", "self_test_last", age=age, wait=wait)
    return texts.get("page", "self_tested")


def safe_name(text: str) -> str:
    """A file's name from what a terminal calls itself."""
    return re.sub(r"[^A-Za-z0-9._-]+", "-", text).strip("-.")[:40] or "terminal"
