"""`posdiag watch`: the terminal's life on a screen, or as lines."""

from __future__ import annotations

from collections import deque
from dataclasses import replace

import click

from posproto import ids

from ..command import app_of, named, option, source_options
from ..errors import Disconnected, NoAnswer, NotRecorded, RequestFailed
from ..facts.messages import OutboxMessage, Settlement, ask_settlement, is_about_money
from ..facts.model import Event, Hello, Status
from ..facts.timeline import all_events
from ..link.client import Client, Message
from ..link.reconnect import Watchman
from ..link.session import SourceArgs, open_client
from ..show.console import App
from ..show.screen import View, open_view

_BEFORE = 40  # events of the log that the screen begins with
_LOOK_S = 5.0  # between two looks at where the money is,
_NEWS_S = 0.5  # and where an event says that it moved


def show(view: View, message: Message) -> None:
    """Pass one unsolicited message to the view."""
    value = message.value
    if isinstance(value, Status):
        view.status(value)
    elif isinstance(value, Event):
        view.event(value)
    elif isinstance(value, Hello):
        view.hello(value)


class Showing:
    """Shows what a client hears, and asks for what an agent does not tell by itself: where the
    money is, on which the verdict rests too, and, once the modem is ready, who it is."""

    def __init__(self, client: Client, view: View) -> None:
        self._client = client
        self.view = view
        self._asked_s: float | None = None
        self._has_news = True
        self._answers = True
        self._settlement: Settlement | None = None

    def hear(self, message: Message | None) -> None:
        """Of messages(): one, or None where none came."""
        value = message.value if message else None
        is_live = self._client.is_live
        if is_live:
            self._look(value)
        if message is not None:
            show(self.view, message)
        if is_live and isinstance(value, Event) and value.id == ids.E_SETTLEMENT_STATE:
            self._batch_is(value.args.get("state"))
        if is_live and isinstance(value, Event) and value.id == ids.E_MODEM_READY:
            self.view.hello(self._client.greet(1.0))

    def _look(self, value: object) -> None:
        """Where the money is, before what was heard is shown: no "all clear" for a moment."""
        self._has_news |= isinstance(value, Event) and is_about_money(value)
        age_s = None if self._asked_s is None else self._client.now() - self._asked_s
        wait_s = _NEWS_S if self._has_news else _LOOK_S
        if self._answers and (age_s is None or age_s > wait_s):
            self.money()

    def _batch_is(self, state: object) -> None:
        """As an event says, until it is asked: "settle now" is wrong when it just was settled."""
        settlement = self._settlement
        if settlement and settlement.batch and not settlement.acquirers and isinstance(state, int):
            batch = OutboxMessage(settlement.batch.fields | {"state": state, "age_s": 0})
            self._settlement = replace(settlement, batch=batch)
            self.view.settlement(self._settlement)

    def money(self) -> None:
        """Ask for the settlement now, and show it."""
        self._asked_s, self._has_news = self._client.now(), False
        try:
            self._settlement = ask_settlement(self._client, 1.0)
            self.view.settlement(self._settlement)
        except NoAnswer:
            pass
        except (NotRecorded, RequestFailed):  # an agent without it
            self._answers = False


def first_status(client: Client, view: View, timeout_s: float) -> None:
    """Show the state now; an agent that only reports shows it with its next frame."""
    try:
        view.status(client.ask_status(timeout_s))
    except (NoAnswer, NotRecorded, RequestFailed):
        pass


def before(client: Client, view: View) -> None:
    """What happened lately, so that the screen does not begin empty; as far as the log answers."""
    try:
        found = deque(all_events(client, follow=False), maxlen=_BEFORE)
    except (NoAnswer, RequestFailed):
        return
    for event in found:
        view.event(event)


def meet_again(app: App, client: Client, showing: Showing) -> None:
    """The cable is back: who is there, and how is it now?"""
    before = client.hello.device_id if client.hello else None
    view = showing.view
    hello = client.greet(1.0)
    view.hello(hello)
    if before and hello.device_id and hello.device_id != before:
        view.note(app.t("say", "other_terminal", device=hello.device_id))
    showing.money()
    first_status(client, view, 1.0)


def follow(
    app: App, showing: Showing, client: Client, duration_s: float | None, watchman: Watchman
) -> None:
    """Show what the client hears until the duration, the replay or the user ends it."""
    for message in client.messages(duration_s):
        if watchman.came_back():
            meet_again(app, client, showing)
        if not watchman.is_lost:
            showing.hear(message)
        showing.view.tick()
    if not client.is_live:  # what was asked in a capture, and how it stood at its end
        showing.money()
        first_status(client, showing.view, 1.0)


@named("watch", "posdiag watch", "posdiag watch COM5 --lang zh --duration 2")
@source_options()
@option("--duration", type=click.FloatRange(0), help="opt_duration", metavar="S")
@option("--pace", type=click.FloatRange(0.001), help="opt_pace", metavar="X")
@click.pass_context
def command(
    ctx: click.Context, source_args: SourceArgs, duration: float | None, pace: float | None
) -> int:
    app = app_of(ctx)
    if source_args.replay and app.is_live and pace is None:
        pace = 1.0
    watchman = Watchman(lambda is_back: None)
    try:
        with (
            open_client(app, source_args, pace=pace, on_change=watchman) as client,
            open_view(app, client.transport.name) as view,
        ):

            def contact(is_back: bool) -> None:
                key = "cable_back" if is_back else "cable_lost"
                view.note(app.t("say", key, port=client.transport.name))
                view.contact(is_back)

            watchman.say = contact
            if client.hello:
                view.hello(client.hello)
            showing = Showing(client, view)
            if client.is_live:
                showing.money()
                first_status(client, view, source_args.timeout_s)
                if app.is_live:
                    before(client, view)
            client.show_text = lambda text: view.note(app.t("say", "console_text", text=text))
            follow(app, showing, client, duration, watchman)
            if watchman.is_lost:
                raise Disconnected(port=client.transport.name)
    except KeyboardInterrupt:
        app.note(app.t("say", "stopped"))
    return 0
