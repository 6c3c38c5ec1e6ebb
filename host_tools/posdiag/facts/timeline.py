"""Events in their order, from a live agent, a capture or a copied log; filtered and told apart.

Nothing here keeps the whole log: records pass one by one, so that the first line shows at once
and a long log takes no memory.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from posproto import ids

from ..errors import NoAnswer, NotRecorded, RequestFailed
from ..link.client import Client
from ..link.replay import ReplayClient
from ..show.console import App
from ..show.event_list import event_line
from ..show.words import span
from . import names
from .model import Event

_DAYS = {"today": 1, "今天": 1, "yesterday": 2, "昨天": 2}
_WITHOUT_CLOCK_MAX = 1000  # that wait for a time
_UNITS_S = {"s": 1, "m": 60, "h": 3600, "d": 86400}


def stored_events(client: Client, first: int = 0) -> Iterator[Event]:
    """The agent's log from sequence `first` on, page by page."""
    for page in client.log_pages(first):
        yield from page.events


def stored_records(client: Client) -> tuple[int, list[bytes]]:
    """(number of the oldest record behind which nothing was dropped, all records' bytes)."""
    records: list[bytes] = []
    oldest = 0
    for page in client.log_pages():
        records += page.raw
        oldest = page.oldest
    return oldest, records


def live_events(
    client: Client,
    last: int,
    duration_s: float | None = None,
    is_back: Callable[[], bool] = lambda: False,
    boot: int | None = None,
) -> Iterator[Event]:
    """Events as they happen, after number `last` of start `boot`; what did not arrive is fetched
    from the log, also when is_back() says that the cable is there again."""
    for message in client.messages(duration_s):
        if is_back():
            for event in _missed(client, last):
                last, boot = event.sequence or last, event.boot
                yield event
        if message is None or not isinstance(message.value, Event):
            continue
        event = message.value
        if event.sequence is None:
            yield event
            continue
        if event.sequence <= last and (boot is None or event.boot == boot):
            continue  # known; in another start it is a new log: erased, or another terminal
        if event.sequence > last + 1 >= 1 and client.is_live:
            for missed in _missed(client, last):
                if missed.sequence is not None and last < missed.sequence < event.sequence:
                    last = missed.sequence
                    yield missed
        last, boot = event.sequence, event.boot
        yield event


def _missed(client: Client, last: int) -> Iterator[Event]:
    """Stored events after `last`, as far as the terminal tells."""
    try:
        yield from stored_events(client, last + 1)
    except (NoAnswer, RequestFailed):
        return


def all_events(
    client: Client,
    follow: bool,
    duration_s: float | None = None,
    is_back: Callable[[], bool] = lambda: False,
) -> Iterator[Event]:
    """The log, then with `follow` what happens next. A replay gives what it holds."""
    last, boot = -1, None
    recorded = isinstance(client, ReplayClient)
    stored = client.recorded_log() if isinstance(client, ReplayClient) else stored_events(client)
    for event in stored:
        last = max(last, event.sequence if event.sequence is not None else last)
        boot = event.boot
        yield event
    if follow or recorded:
        yield from live_events(client, last, duration_s, is_back, boot)


@dataclass(frozen=True)
class Filter:
    """Which events to show; the default is all of them."""

    severity: int = ids.SEV_OK
    kinds: tuple[str, ...] = ()

    def passes(self, event: Event) -> bool:
        if event.severity < self.severity:
            return False
        return not self.kinds or any(kind in event.name for kind in self.kinds)


def terminal_clock(client: Client) -> float | None:
    """Unix seconds by the terminal's own clock, which its events are told by: another computer's
    "two hours ago" is another one where the clocks differ. None where it has none."""
    try:
        return client.ask_status().unix_s
    except (NoAnswer, NotRecorded, RequestFailed):
        return None


def newer(events: Iterator[Event], since: float | None, at_once: bool = False) -> Iterator[Event]:
    """The events from this Unix second on. Those before a start's clock was set are placed by that
    start's first time; of a start without any nobody knows, so they pass, and so they do
    `at_once`, where somebody waits for each."""
    if since is None:
        yield from events
        return
    waiting: list[Event] = []
    boot, knows_time = None, False
    for event in events:
        if event.boot != boot:
            yield from waiting
            waiting, boot, knows_time = [], event.boot, False
        if event.unix_s is None:
            if knows_time or at_once or len(waiting) >= _WITHOUT_CLOCK_MAX:
                yield event
            else:
                waiting.append(event)
            continue
        started = event.unix_s - event.uptime_s
        yield from (early for early in waiting if started + early.uptime_s >= since)
        waiting, knows_time = [], True
        if event.unix_s >= since:
            yield event
    yield from waiting


def parse_since(text: str, now: float | None = None) -> float:
    """`2025-06-01`, `2025-06-01 08:30`, `08:30` (today), `today`, `yesterday`, or `90s`, `30m`,
    `2h`, `3d` ago, as Unix seconds; local time. Raises ValueError."""
    now = time.time() if now is None else now
    if match := re.fullmatch(r"(\d+)([smhd])", text):
        return now - int(match[1]) * _UNITS_S[match[2]]
    if days := _DAYS.get(text.lower()):
        midnight = time.strptime(time.strftime("%Y-%m-%d", time.localtime(now)), "%Y-%m-%d")
        return time.mktime((*midnight[:2], midnight[2] - days + 1, 0, 0, 0, 0, 0, -1))
    for form in ("%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M", "%Y-%m-%d"):
        try:
            return time.mktime(time.strptime(text, form))
        except ValueError:
            continue
    today = time.strftime("%Y-%m-%d ", time.localtime(now))
    return time.mktime(time.strptime(today + text, "%Y-%m-%d %H:%M"))


def lines(app: App, events: Iterable[Event], whole: bool) -> Iterator[tuple[str, str]]:
    """(line, style) for each event, with marks where the agent started anew and where its clock
    was set; where records are missing too, if `events` are the `whole` log and not a choice."""
    boot: int | None = None
    sequence: int | None = None
    for event in events:
        if event.boot is not None and event.boot != boot:
            boot = event.boot
            yield app.t("say", "restart", boot=boot), "bold"
        elif (
            whole
            and sequence is not None
            and event.sequence is not None
            and event.sequence > sequence + 1
        ):
            yield app.t("say", "gap", count=event.sequence - sequence - 1), "dim"
        sequence = event.sequence if event.sequence is not None else sequence
        yield event_line(app, event), event.severity_name
        step_ms = event.args.get("elapsed_ms")
        if event.id == ids.E_CLOCK_SET and isinstance(step_ms, int) and abs(step_ms) >= 1000:
            sign = "-" if step_ms < 0 else "+"
            step = sign + span(app.texts, step_ms / 1000)
            yield app.t("say", "clock_jump", step=step), "bold"


CSV_COLUMNS = ("sequence", "boot", "uptime_s", "time", "severity", "event", "args", "text")


def csv_row(app: App, event: Event) -> list[object]:
    """One event in the order of CSV_COLUMNS."""
    from ..show.words import event_words

    data = event.as_dict()
    args = "; ".join(f"{name}={_cell(value)}" for name, value in data["args"].items())
    head = [data[column] for column in CSV_COLUMNS[:6]]
    return [*head, args, event_words(app.texts, event)]


def _cell(value: object) -> str:
    """An argument as a word or two: a cause as `esm 33`."""
    if isinstance(value, dict):
        if {"domain", "code"} <= value.keys():
            return f"{value['domain']} {value['code']}"
        return " ".join(f"{name}:{_cell(item)}" for name, item in value.items())
    return " ".join(map(_cell, value)) if isinstance(value, list) else str(value)


def severity_number(name: str) -> int:
    return next(number for number, known in names.SEVERITIES.items() if known == name)
