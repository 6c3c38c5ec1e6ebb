"""The real agent with something to talk to: the simulated world, or a modem at another port.

The only part of the tool that needs a POSIX system: ptys are the cables.
"""

from __future__ import annotations

import queue
import select
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from posworld.shell.agent_process import Agent
from posworld.shell.ptys import Pty
from posworld.shell.run import World, WorldEvent

from .errors import Disconnected, PosdiagError
from .link import patience
from .link.client import Client
from .link.transports import Transport, open_transport
from .show.console import App
from .show.screen import View
from .show.words import span

_OUTPUT_KEPT = 2000
_QUIET = (
    "tcp_open",
    "tcp_sent",
    "app",
    "sms_out",
    "scan",
    "reselect",
    "cgatt",
    "card",
    "bearer",
    "mark",
    "agent_start",
    "silence",
)
_TELL_THEMSELVES = ("submit", "top_up", "bar", "unbar", "host")  # the world notes what they do


class PtyTransport:
    """The near end of a pty as a transport: the agent has opened the other one."""

    def __init__(self, pty: Pty) -> None:
        self.name = pty.path
        self._pty = pty

    def read(self, timeout_s: float) -> bytes:
        if not select.select([self._pty], [], [], timeout_s)[0]:
            return b""
        return self._pty.read()

    def write(self, data: bytes) -> None:
        self._pty.write(data)

    def close(self) -> None:
        self._pty.close()


class ModemBridge:
    """Carries bytes between a pty, which the agent takes for its modem, and any other port."""

    def __init__(self, name: str, baud: int) -> None:
        self._far: Transport = open_transport(name, baud)
        self._near = Pty("modem")
        self.path = self._near.path
        self.error: PosdiagError | None = None
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="modem bridge", daemon=True)
        self._thread.start()

    def _run(self) -> None:
        try:
            while not self._stop.is_set():
                self._near.write(self._far.read(0.005))
                if data := self._near.read():
                    self._far.write(data)
        except PosdiagError as error:
            self.error = error

    def close(self) -> None:
        self._stop.set()
        self._thread.join(2)
        self._far.close()
        self._near.close()


class WorldRun:
    """One scenario being played: feeds the story what the agent shows, tells the view the rest."""

    def __init__(self, app: App, scenario: str, seed: int, speed: float, keep: bool) -> None:
        self._app = app
        self.world = World(scenario, seed, speed)
        self.world.holds_at_end = not keep
        self._started = time.monotonic()

    def __enter__(self) -> WorldRun:
        try:
            self.world.start_agent()
            self.world.start()
        except BaseException:
            self.world.stop()
            raise
        self._started = time.monotonic()
        return self

    def __exit__(self, *error: object) -> None:
        self.world.stop()

    @property
    def host_port(self) -> str:
        return self.world.ports["host"]

    def transport(self) -> Transport:
        """To the agent, whose world waits for who reads there."""
        self._listener = self.world.listener(open_transport(self.host_port))
        return self._listener

    def shown(self) -> None:
        """All that was read is on the screen: time may jump."""
        self._listener.caught_up()

    def events(self) -> Iterator[WorldEvent]:
        while True:
            try:
                yield self.world.events.get_nowait()
            except queue.Empty:
                return

    def headline(self) -> list[str]:
        """The world's clock and where the story stands."""
        app = self._app
        passed = self.world.now_s()
        factor = max(1, round(passed / max(1.0, time.monotonic() - self._started)))
        steps = self.world.steps()
        done = sum(step.done_ms > 0 for step in steps)
        current = self.world.story.current()
        name = self.world.scenario["name"]
        lines = [
            app.t("screen", "seed", scenario=name, seed=self.world.seed),
            app.t("screen", "virtual", time=span(app.texts, passed), factor=factor),
        ]
        if current is not None:
            title = self.world.step_title(current, app.texts.lang)
            values: dict[str, object] = {"done": done, "all": len(steps), "step": title}
            lines.append(app.t("screen", "story_line", **values))
        elif steps:
            values = {"done": done, "all": len(steps)}
            lines.append(app.t("screen", "story_over", **values))
        return lines

    def failed_step(self) -> str:
        """Title of the step that did not happen, with the reason where there is one."""
        current = self.world.story.current()
        if current is None:
            return ""
        title = self.world.step_title(current, self._app.texts.lang)
        return f"{title} ({current.reason})" if current.reason else title

    def check(self) -> None:
        """Raise if the agent's process ended by itself."""
        agent = self.world.agent_process
        if agent is not None and agent.exit_status() is not None:
            raise agent_ended(self.agent_output())

    def agent_output(self) -> str:
        """The end of what the agent's process printed."""
        file = self.world.directory / "agent.out"
        return file.read_text(errors="replace")[-_OUTPUT_KEPT:] if file.exists() else ""


class ModemRun:
    """The agent against a modem at a port of this computer, in real time, until the user ends."""

    def __init__(self, modem: str, baud: int, seed: int) -> None:
        self._bridge = ModemBridge(modem, baud)
        self._host = Pty("host")
        self._folder = tempfile.TemporaryDirectory(prefix="posdiag-")
        self._output = Path(self._folder.name, "agent.out")
        self.agent = Agent(
            self._bridge.path,
            self._host.path,
            data=self._folder.name,
            seed=seed,
            output=self._output,
        )

    def __enter__(self) -> ModemRun:
        self.agent.start()
        return self

    def __exit__(self, *error: object) -> None:
        self.agent.stop()
        self._bridge.close()
        self._folder.cleanup()

    def transport(self) -> Transport:
        return PtyTransport(self._host)

    def check(self) -> None:
        """Raise what broke the modem's line, or that the agent's process ended."""
        if self._bridge.error is not None:
            raise self._bridge.error
        if self.agent.exit_status() is not None:
            text = self._output.read_text(errors="replace")[-_OUTPUT_KEPT:]
            raise agent_ended(text)


def agent_ended(output: str) -> PosdiagError:
    """The agent's process is gone: its last line stands in the sentence, the rest is evidence."""
    last = output.strip().rpartition("\n")[2]
    return PosdiagError(output, key="agent_ended", text=last)


def world_words(app: App, event: WorldEvent, titles: dict[str, str]) -> str:
    """What happened outside the agent, in a sentence; empty for what nobody needs to see."""
    kind, detail = event.kind, event.detail
    if kind == "step":
        name, state = detail
        shown = app.t("say", f"step_{state}")
        return app.t("say", "step_line", state=shown, title=titles.get(name, name))
    if kind in _QUIET or (kind == "story" and detail in _TELL_THEMSELVES):
        return ""
    key = kind
    if kind in ("activate", "attach") and detail:
        key = f"{kind}_mute" if detail == "mute" else f"{kind}_refused"
    if kind == "submit":  # (number, what)
        detail = app.t("world_message", detail[1])
    elif isinstance(detail, tuple):
        detail = " ".join(str(part) for part in detail)
    if not app.texts.has("world", key):
        return app.t("world", "other", kind=kind, detail=detail)
    return app.t("world", key, detail=detail)


def wait_for_agent(client: Client, timeout_s: float, check: Callable[[], None]) -> None:
    """Until the agent has said something; it takes a moment to load. `check` raises if it died."""
    end = patience.now() + timeout_s
    while True:
        try:
            client.greet(0.5)
            return
        except Disconnected:
            raise
        except PosdiagError:
            check()
            if patience.now() > end:
                raise


def play(run: WorldRun, client: Client, view: View, app: App, keep: bool) -> None:
    """Show the agent and its world until the story is over (or, with `keep`, for ever)."""
    from .commands.watch import Showing

    showing = Showing(client, view)
    titles = {step.id: run.world.step_title(step, app.texts.lang) for step in run.world.steps()}
    for message in client.messages():
        showing.hear(message)
        for event in run.events():
            if words := world_words(app, event, titles):
                view.note(words)
        view.headline(run.headline())
        run.check()
        if not client.unsolicited:
            run.shown()
        if message is None and run.world.finished() and not keep:
            return
