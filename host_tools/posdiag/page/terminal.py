"""One terminal on the page: a thread that talks to it, and what it knows, for whoever looks."""

from __future__ import annotations

import itertools
import queue
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from ..errors import NoAnswer, NotRecorded, PosdiagError, RequestFailed
from ..facts.findings import ask_account, at_a_glance, from_client
from ..facts.history import History
from ..facts.identity import ask_identity, masked
from ..facts.messages import ask_settlement, is_about_money
from ..facts.model import Event, Hello, Status
from ..facts.orders import Ladder, ask_ladder
from ..facts.sim_account import Account
from ..judge.diagnosis import Diagnosis, Findings, judge
from ..keys.device_key import read_key
from ..link.client import Client
from ..link.reconnect import Reconnecting
from ..link.transports import open_transport
from ..printable import printable
from ..show.crash_file import write_crash
from ..show.error_words import error_words
from ..show.i18n import Texts
from ..show.picture import picture
from ..show.words import listed, span
from .jobs import KEYED, Job, Tap, Worker

_RETRY_S = 2.0
_CRASHED_S = 30.0
_END_S = 5.0
_ASK_S = 5.0  # between two looks at what an agent does not tell by itself
_NEWS_S = 0.5  # where an event says that the money moved
_STATUS_S = 3.0
_UNANSWERED = (NoAnswer, NotRecorded, RequestFailed)
_numbers = itertools.count(1)


def _printed(value: Any) -> Any:
    """A value of JSON with all its texts made printable."""
    if isinstance(value, dict):
        return {key: _printed(one) for key, one in value.items()}
    if isinstance(value, (list, tuple)):
        return [_printed(one) for one in value]
    return printable(value) if isinstance(value, str) else value


class Shown:
    """What is known of one source; subclasses fill it. All of it is read and written under `lock`;
    `version` rises with each change."""

    def __init__(self, name: str, kind: str) -> None:
        self.id = f"t{next(_numbers)}"
        self.name = name
        self.kind = kind  # terminal, practice or file
        self.lock = threading.RLock()
        self.version = 0
        self.findings = Findings(port=name)
        self.history = History()
        self.account: Account | None = None
        self.ladder: Ladder | None = None
        self.error: PosdiagError | None = None
        self.lost_s: float | None = None
        self.may_order = False
        self.job: Job | None = None

    def changed(self) -> None:
        with self.lock:
            self.version += 1

    def findings_for(self, whole_numbers: bool) -> Findings:
        """The findings as this one may see them: whole numbers, or their last digits."""
        if whole_numbers:
            return self.findings
        return replace(self.findings, identity=masked(self.findings.identity))

    def diagnosis(self) -> Diagnosis:
        return judge(self.findings)

    def shown(self, texts: Texts, whole_numbers: bool = False) -> dict[str, Any]:
        """Everything, in the words of one language; SIM card and modem by their last digits where
        not the owner looks."""
        with self.lock:
            hello = self.findings.hello or Hello()
            agent = [word for word in (hello.board, hello.family, hello.agent) if word]
            has_state = self.findings.status is not None or self.findings.count > 0
            lost_s = None if self.lost_s is None else time.monotonic() - self.lost_s
            whole: dict[str, Any] = {
                "id": self.id,
                "kind": self.kind,
                "kind_words": texts.get("page", f"kind_{self.kind}"),
                "agent": listed(texts, agent),
                "error": error_words(texts, self.error) if self.error else "",
                "lost": ""
                if lost_s is None
                else texts.get("screen", "no_contact", age=span(texts, lost_s)),
                "orders": self._orders(texts),
                "job": self.job.shown(texts) if self.job else None,
            }
            if has_state:
                findings = self.findings_for(whole_numbers)
                whole |= picture(texts, findings, self.diagnosis(), self.history, self.account)
            whole["port"] = self.name
            return _printed({"device": hello.device_id or self.name, "verdict": None, **whole})

    def _orders(self, texts: Texts) -> dict[str, Any]:
        is_live = self.kind != "file" and self.error is None and self.lost_s is None
        budgets = self.ladder.budgets if self.ladder else []
        return {
            "live": is_live,
            "keyed": is_live and self.may_order,
            "busy": self.job is not None and self.job.state in ("waits", "runs"),
            "rungs": [
                {
                    "name": budget.rung,
                    "title": texts.get("rung", budget.rung),
                    "words": budget.words(texts),
                    "now": not budget.wait_s,
                }
                for budget in budgets
            ],
        }

    def close(self) -> None:
        """The page ends, or the file was taken off it."""


class Terminal(Shown):
    """A live terminal at a port; its thread runs until close()."""

    def __init__(self, port: str, kind: str, key_file: str | None, baud: int = 115200) -> None:
        super().__init__(port, kind)
        self._key_file = key_file
        self._baud = baud
        self._stop = threading.Event()
        self._jobs: queue.Queue[Job] = queue.Queue(4)
        self._last = -1
        self._boot: int | None = None
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def order(self, kind: str, rung: str = "") -> bool:
        """False where another order is still at work, the key for it is not here, or nobody is
        there to take it."""
        with self.lock:
            if self.error is not None or self.lost_s is not None:
                return False
            if self.job and self.job.state in ("waits", "runs"):
                return False
            if kind in KEYED and not self.may_order:
                return False
            self.job = Job(kind, rung)
            self._jobs.put(self.job)
        self.changed()
        return True

    def close(self) -> None:
        """The port is let go of, also where the cable is out: another may get its name."""
        self._stop.set()
        self._thread.join(_END_S)

    # The thread

    def _run(self) -> None:
        while not self._stop.is_set():
            try:
                transport = open_transport(self.name, self._baud)
                tap = Tap(
                    Reconnecting(
                        transport, lambda name: open_transport(name, self._baud), self._contact
                    ),
                    self._stop.is_set,
                )
                client = Client(tap)
                try:
                    self._talk(client, Worker(client, tap, self._key_file, self.changed))
                finally:
                    client.close()
            except PosdiagError as error:
                self._failed(error)
            except Exception as error:  # the last resort: its card says so
                path = str(write_crash(error, ["serve", self.name]))
                self._failed(PosdiagError(repr(error), key="crashed", path=path))
                self._stop.wait(_CRASHED_S)
            self._stop.wait(_RETRY_S)

    def _failed(self, error: PosdiagError) -> None:
        with self.lock:
            self.error = error
            if self.job and self.job.state in ("waits", "runs"):
                self.job.fail(error)
        self.changed()

    def _contact(self, is_back: bool) -> None:
        with self.lock:
            self.lost_s = None if is_back else time.monotonic()
        self.changed()

    def _talk(self, client: Client, worker: Worker) -> None:
        """One connection until stop: all is asked at its begin and whenever the cable came back;
        then what comes is taken, a status is asked for when none came for _STATUS_S, the rest each
        _ASK_S and soon after news about money; orders are carried out in between.
        """
        client.greet()
        self._take_all(client)
        ask_at = status_at = time.monotonic()
        was_lost = False
        for message in client.messages():
            if self._stop.is_set():
                return
            if self.lost_s is not None:
                was_lost = True
                continue
            now = time.monotonic()
            if was_lost:
                was_lost = False
                client.greet(1.0)
                self._take_all(client)
            if message is not None:
                self._take(message.value)
                if isinstance(message.value, Event) and is_about_money(message.value):
                    ask_at = min(ask_at, now - _ASK_S + _NEWS_S)
                status_at = now if isinstance(message.value, Status) else status_at
            elif now - status_at > _STATUS_S:
                status_at = now
                self._quietly(lambda: self._take(client.ask_status(1.0)))
            if now - ask_at > _ASK_S:
                ask_at = now
                self._ask(client)
            self._fetch_missed(client)
            self._work(worker)

    def _work(self, worker: Worker) -> None:
        try:
            job = self._jobs.get_nowait()
        except queue.Empty:
            return
        worker.run(job)

    def _quietly(self, ask: Callable[[], Any]) -> Any:
        try:
            return ask()
        except _UNANSWERED:
            return None

    def _take_all(self, client: Client) -> None:
        """Whoever is there now: state, then its whole log."""
        history = History()
        with self.lock:
            self.error = None
            self.findings = Findings(port=self.name, hello=client.hello)
            self.history = history
            self.may_order = self._key(client) is not None
        glance = self._quietly(lambda: at_a_glance(client))
        if glance is not None:  # the whole log may take a while
            with self.lock:
                self.findings = glance
            self._take(client.status)
        key = self._key(client)
        findings = from_client(client, on_event=lambda event: self._keep(history, event), key=key)
        account = ask_account(client, 3.0)
        ladder = self._quietly(lambda: ask_ladder(client, 3.0))
        with self.lock:
            findings.port = self.name
            self.findings, self.ladder = findings, ladder
            self.account = account
            self._last = max((e.sequence or -1 for e in findings.events), default=-1)
            self._boot = findings.events[-1].boot if findings.events else None
        self.changed()

    def _keep(self, history: History, event: Event) -> None:
        """A long log comes for seconds; whoever draws a page meanwhile goes through the same."""
        with self.lock:
            history.add(event)

    def _key(self, client: Client) -> bytes | None:
        try:
            key = read_key(self._key_file)
            if isinstance(key, bytes):
                return key
            return key((client.hello.device_id or "") if client.hello else "")
        except PosdiagError:
            return None

    def _ask(self, client: Client) -> None:
        """What an agent tells only when it is asked."""
        settlement = self._quietly(lambda: ask_settlement(client, 2.0))
        account = ask_account(client, 2.0)
        ladder = self._quietly(lambda: ask_ladder(client, 2.0))
        counters = client.ask_counters(2.0)
        identity = ask_identity(client, 2.0)
        with self.lock:
            self.findings.settlement = settlement or self.findings.settlement
            self.findings.counters = counters or self.findings.counters
            if identity and identity != masked(self.findings.identity):  # another card
                self.findings.identity = identity
            self.ladder = ladder or self.ladder
            self.account = account or self.account
            self.may_order = self._key(client) is not None
        self.changed()

    def _take(self, value: Any) -> None:
        with self.lock:
            if isinstance(value, Status):
                self.findings.status = value
                self.history.go_on_to(value.unix_s)
                if value.signal_dbm is not None and value.unix_s is not None:
                    self.history.signal.add(float(value.unix_s), value.signal_dbm)
            elif isinstance(value, Event):
                self._take_event(value)
            elif isinstance(value, Hello):
                self.findings.hello = value
        self.changed()

    def _take_event(self, event: Event) -> None:
        if event.sequence is not None:
            if event.sequence <= self._last and event.boot == self._boot:
                return
            self._last, self._boot = event.sequence, event.boot
        self.findings.add(event)
        self.history.add(event)

    def _fetch_missed(self, client: Client) -> None:
        """Events that came while something else was asked are in the queue of the client."""
        while client.unsolicited:
            self._take(client.unsolicited.popleft().value)
