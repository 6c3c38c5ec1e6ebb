"""The screen's list of events: filtered, held still, with or without details."""

from __future__ import annotations

from collections import deque

from rich.text import Text

from posproto import ids

from ..facts.model import Event
from ..printable import printable
from .console import STYLES, App
from .status_lines import pad
from .words import event_words, moment

KEPT = 200
# Texts of the filter's steps, and the severity from which on something is shown.
FILTERS = (
    ("all_events", ids.SEV_OK),
    ("from_warning", ids.SEV_WARNING),
    ("from_error", ids.SEV_ERROR),
)


def event_line(app: App, event: Event) -> str:
    severity = pad(app.t("severity", event.severity_name), 8)
    return f"{moment(event)}  {severity}  {event_words(app.texts, event)}"


def event_details(event: Event) -> str:
    """Number and arguments as the agent wrote them, for whoever takes notes."""
    number = "" if event.sequence is None else f"#{event.sequence} "
    values = " ".join(f"{name}={value}" for name, value in event.args.items())
    return f"{number}{event.name} {values}".rstrip()


class EventList:
    """Events of the terminal and notes of the tool, the newest last."""

    def __init__(self, app: App) -> None:
        self._app = app
        self._kept: deque[tuple[int, Text, Text | None]] = deque(maxlen=KEPT)
        self._held: list[tuple[int, Text, Text | None]] | None = None
        self._filter = 0
        self.missed = 0  # what came while the list was held
        self.with_details = False

    @property
    def is_held(self) -> bool:
        return self._held is not None

    @property
    def is_filtered(self) -> bool:
        return self._filter > 0

    @property
    def filter_words(self) -> str:
        return self._app.t("page", FILTERS[self._filter][0])

    def event(self, event: Event) -> None:
        line = event_line(self._app, event)
        style = STYLES.get(event.severity_name, "")
        self._add(event.severity, _line(line, style), _line(f"    {event_details(event)}", "dim"))

    def note(self, text: str) -> None:
        """A line of the tool or of the world around, which no filter hides."""
        self._add(ids.SEV_CRITICAL, _line(f"* {text}", "magenta"), None)

    def _add(self, severity: int, line: Text, details: Text | None) -> None:
        self._kept.append((severity, line, details))
        self.missed += self.is_held

    def hold(self) -> None:
        """Let the list stand still, or go on again."""
        self._held = None if self.is_held else list(self._kept)
        self.missed = 0

    def next_filter(self) -> None:
        self._filter = (self._filter + 1) % len(FILTERS)

    def lines(self, room: int) -> list[Text]:
        """The newest that `room` lines have place for."""
        least = FILTERS[self._filter][1]
        found: list[Text] = []
        for severity, line, details in self._held or self._kept:
            if severity >= least:
                found.append(line)
                if details is not None and self.with_details:
                    found.append(details)
        return found[-room:]


def _line(text: str, style: str) -> Text:
    return Text(printable(text), style, no_wrap=True, overflow="ellipsis")
