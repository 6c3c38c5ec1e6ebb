"""`posdiag watch`: the terminal's life on a screen, or as lines."""

from __future__ import annotations

from collections import deque

import click

from posproto import ids

from ..command import app_of, named, option, source_options
from ..errors import Disconnected, NoAnswer, RequestFailed
from ..facts.model import Event, Hello, Status
from ..facts.timeline import all_events
from ..link.client import Client, Message
from ..link.reconnect import Watchman
from ..link.session import SourceArgs, open_client
from ..show.console import App
from ..show.screen import View, open_view

_BEFORE = 40  # events of the log that the screen begins with


def show(view: View, message: Message) -> None:
    """Pass one unsolicited message to the view."""
    value = message.value
    if isinstance(value, Status):
        view.status(value)
    elif isinstance(value, Event):
        view.event(value)
    elif isinstance(value, Hello):
        view.hello(value)


def show_from(client: Client, view: View, message: Message) -> None:
    """As `show`; the modem's family is known only once it is ready, so the hello is asked anew."""
    show(view, message)
    is_ready = isinstance(message.value, Event) and message.value.id == ids.E_MODEM_READY
    if is_ready and client.is_live:
        view.hello(client.greet(1.0))


def first_status(client: Client, view: View, timeout_s: float) -> None:
    """Show the state now; an agent that only reports shows it with its next frame."""
    try:
        view.status(client.ask_status(timeout_s))
    except (NoAnswer, RequestFailed):
        pass


def before(client: Client, view: View) -> None:
    """What happened lately, so that the screen does not begin empty; as far as the log answers."""
    try:
        found = deque(all_events(client, follow=False), maxlen=_BEFORE)
    except (NoAnswer, RequestFailed):
        return
    for event in found:
        view.event(event)


def meet_again(app: App, client: Client, view: View) -> None:
    """The cable is back: who is there, and how is it now?"""
    before = client.hello.device_id if client.hello else None
    hello = client.greet(1.0)
    view.hello(hello)
    if before and hello.device_id and hello.device_id != before:
        view.note(app.t("say", "other_terminal", device=hello.device_id))
    first_status(client, view, 1.0)


def follow(
    app: App, view: View, client: Client, duration_s: float | None, watchman: Watchman
) -> None:
    """Show what the client hears until the duration, the replay or the user ends it."""
    for message in client.messages(duration_s):
        if watchman.came_back():
            meet_again(app, client, view)
        if message is not None:
            show_from(client, view, message)
        view.tick()


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
            if client.is_live:
                first_status(client, view, source_args.timeout_s)
                if app.is_live:
                    before(client, view)
            client.show_text = lambda text: view.note(app.t("say", "console_text", text=text))
            follow(app, view, client, duration, watchman)
            if watchman.is_lost:
                raise Disconnected(port=client.transport.name)
    except KeyboardInterrupt:
        app.note(app.t("say", "stopped"))
    return 0
