"""The live screen: verdict, facts and events of one terminal, redrawn as they change.

Where the output is no terminal, `Plain` prints the same as lines. Both take what a client hears;
neither knows where it comes from, so a live port, a replay and the simulator share them.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Protocol

from rich.cells import cell_len
from rich.console import Group, RenderableType
from rich.live import Live
from rich.panel import Panel
from rich.text import Text

from ..facts.messages import Settlement
from ..facts.model import Event, Hello, Status
from ..judge.diagnosis import Findings
from ..printable import printable
from . import heading
from .console import STYLES, App
from .event_list import EventList, event_line
from .keys import Keys
from .status_lines import agent_line, pad
from .words import facts, listed, noted, span

_REDRAW_S = 0.1
_TALL = 32  # lines from which there is room for everything
_SPARED = ("uptime", "dropped", "notes")  # facts that a low screen goes without
_GAP = 2  # columns


class View(Protocol):
    """What shows a terminal's life."""

    def hello(self, hello: Hello) -> None: ...

    def status(self, status: Status) -> None: ...

    def event(self, event: Event) -> None: ...

    def settlement(self, settlement: Settlement) -> None:
        """Where the money is, asked anew: the verdict rests on it too."""

    def note(self, text: str) -> None:
        """A line of the world around the terminal, of the tool, or of its console."""

    def contact(self, is_there: bool) -> None:
        """The cable is pulled, or back: what is shown is old from now on, or new again."""

    def headline(self, lines: list[str]) -> None:
        """Lines above everything: the simulator's clock and story."""

    def tick(self) -> None:
        """Called some times a second: shows what was held back."""

    def __enter__(self) -> View: ...

    def __exit__(self, *error: object) -> None: ...


class Plain:
    """A View as lines: each event, and the verdict when it changes."""

    def __init__(self, app: App, _title: str) -> None:
        self._app = app
        self._said: tuple[str, ...] = ()
        self._findings = Findings()
        self._headline: list[str] = []

    def hello(self, hello: Hello) -> None:
        self._app.say(agent_line(self._app, hello))

    def status(self, status: Status) -> None:
        self._findings.status = status
        self._say()

    def settlement(self, settlement: Settlement) -> None:
        self._findings.settlement = settlement
        self._say()

    def _say(self) -> None:
        app, status = self._app, self._findings.status
        if status is None:
            return
        head = heading.heading(app.texts, self._findings)
        said = (head.title, head.do, *(words for words, _ in head.also))
        if said == self._said:
            return
        self._said = said
        shown = dict(facts(app.texts, status))
        shown_keys = ("registration", "signal", "credit", "outbox")
        line = app.t("unit", "also").join(
            app.t("screen", "pair", name=app.t("screen", key), words=shown[key])
            for key in shown_keys
        )
        words = app.t("screen", "headline", title=head.title, do=head.do)
        app.say(f"==> {words}", head.severity)
        app.say(f"    {line}")

    def event(self, event: Event) -> None:
        self._findings.add(event)
        self._app.say(event_line(self._app, event), event.severity_name)

    def note(self, text: str) -> None:
        self._app.say(f"  * {text}")

    def contact(self, is_there: bool) -> None:
        """Nothing to show: notes say it."""

    def headline(self, lines: list[str]) -> None:
        if lines[-1:] != self._headline[-1:]:  # the lines before it hold the clock
            for line in lines:
                self._app.say(f"  - {line}")
        self._headline = lines

    def tick(self) -> None:
        pass

    def __enter__(self) -> Plain:
        return self

    def __exit__(self, *error: object) -> None:
        pass


class Screen:
    """A full terminal screen by rich, drawn anew at each change. It has keys: see press()."""

    def __init__(self, app: App, title: str) -> None:
        self._app = app
        self._title = title
        self._hello: Hello | None = None
        self._findings = Findings()
        self._events = EventList(app)
        self._keys = Keys()
        self._headline: list[str] = []
        self._drawn_s = 0.0
        self._lost_s: float | None = None  # when contact was lost, by the monotonic clock
        self._live = Live(
            console=app.out,
            screen=True,
            auto_refresh=False,
            get_renderable=self._draw,
        )

    def hello(self, hello: Hello) -> None:
        self._hello = hello

    def status(self, status: Status) -> None:
        self._findings.status = status
        self._refresh()

    def settlement(self, settlement: Settlement) -> None:
        self._findings.settlement = settlement
        self._refresh()

    def event(self, event: Event) -> None:
        self._findings.add(event)
        self._events.event(event)
        self._refresh()

    def note(self, text: str) -> None:
        self._events.note(text)
        self._refresh()

    def contact(self, is_there: bool) -> None:
        self._lost_s = None if is_there else time.monotonic()
        self._refresh()

    def headline(self, lines: list[str]) -> None:
        self._headline = lines
        self._refresh()

    def tick(self) -> None:
        while key := self._keys.pressed():
            self.press(key)
        self._refresh()

    def press(self, key: str) -> None:
        """q ends as Ctrl-C does, p holds the events, f filters them, d shows details."""
        if key == "q":
            raise KeyboardInterrupt
        if key == "p":
            self._events.hold()
        elif key == "f":
            self._events.next_filter()
        elif key == "d":
            self._events.with_details = not self._events.with_details
        self._drawn_s = 0.0

    def _refresh(self) -> None:
        """Draw, but not more often than an eye can follow: a fast simulation has better to do."""
        now = time.monotonic()
        if now - self._drawn_s >= _REDRAW_S:
            self._drawn_s = now
            self._live.refresh()

    def __enter__(self) -> Screen:
        self._keys.__enter__()
        try:
            self._live.__enter__()
        except BaseException:
            self._keys.__exit__()
            raise
        return self

    def __exit__(self, *error: object) -> None:
        try:
            self._live.__exit__(None, None, None)
        finally:
            self._keys.__exit__()

    # Drawing

    def _draw(self) -> RenderableType:
        title = self._app.t("screen", "title", port=self._title)
        head = Text(
            printable(f"{title}  {agent_line(self._app, self._hello)}"), "bold", no_wrap=True
        )
        parts: list[RenderableType] = [head]
        parts += [Text(printable(line), "magenta", no_wrap=True) for line in self._headline]
        if self._lost_s is not None:
            age = span(self._app.texts, time.monotonic() - self._lost_s)
            parts.append(Text(self._app.t("screen", "no_contact", age=age), "bold reverse"))
        if self._findings.status is None:
            parts.append(Panel(self._app.t("screen", "no_frame")))
        else:
            parts.append(self._verdict())
            parts.append(self._facts(self._findings.status))
        used = self._height(parts)
        room = max(2, self._app.out.height - used - 3)
        events = Group(*self._events.lines(room))
        parts.append(Panel(events, title=self._events_title(), height=room + 2))
        parts.append(Text(self._app.t("screen", "keys"), "dim", no_wrap=True))
        return Group(*parts)

    def _events_title(self) -> str:
        title = self._app.t("screen", "events")
        remarks = [self._events.filter_words] if self._events.is_filtered else []
        if self._events.is_held:
            remarks.append(self._app.t("screen", "held", count=self._events.missed))
        return noted(self._app.texts, title, listed(self._app.texts, remarks))

    def _height(self, parts: list[RenderableType]) -> int:
        console = self._app.out
        return sum(len(console.render_lines(part, pad=False)) for part in parts)

    def _verdict(self) -> RenderableType:
        texts = self._app.texts
        lines = heading.lines(texts, heading.heading(texts, self._findings))
        if self._app.out.height < _TALL and not self._events.with_details:
            del lines[3]  # what to tell the help desk: `status` and `doctor` say it
        style = STYLES[lines[0][1]]
        if self._lost_s is not None:  # grey: nobody knows whether it is still so
            style, lines = "dim", [(text, "dim") for text, _ in lines]
        body = Group(*(Text(printable(text), STYLES.get(kind, kind)) for text, kind in lines[1:]))
        return Panel(body, title=Text(printable(lines[0][0]), f"bold {style}"), border_style=style)

    def _facts(self, status: Status) -> RenderableType:
        found = facts(self._app.texts, status)
        if self._app.out.height < _TALL and not self._events.with_details:
            found = [pair for pair in found if pair[0] not in _SPARED]
        pairs = [(self._app.t("screen", key), words) for key, words in found]
        name_width = max(cell_len(name) for name, _ in pairs) + _GAP
        half = self._app.out.width // 2
        lines = []
        for row in in_rows(pairs, half - name_width - _GAP):
            line = Text(no_wrap=True, overflow="ellipsis")
            for column, (name, words) in enumerate(row):
                line.append(" " * max(0, column * half - line.cell_len))
                line.append(pad(name, name_width), "dim")
                line.append(printable(words), "dim" if self._lost_s is not None else "")
            lines.append(line)
        return Group(*lines)


def in_rows(pairs: list[tuple[str, str]], width: int) -> list[list[tuple[str, str]]]:
    """What stands in each row: two facts whose words take `width` columns at most, in their order,
    or one that takes more."""
    left, rows = list(pairs), []
    while left:
        row = [left.pop(0)]
        if cell_len(row[0][1]) <= width:
            beside = next((pair for pair in left if cell_len(pair[1]) <= width), None)
            if beside:
                left.remove(beside)
                row.append(beside)
        rows.append(row)
    return rows


def open_view(app: App, title: str) -> View:
    """The screen on a terminal, lines elsewhere."""
    make: Callable[[App, str], View] = Screen if app.is_live else Plain
    return make(app, title)
