"""The whole world around one agent, for `posdiag simulate`: start, watch, stop."""

from __future__ import annotations

import json
import queue
import secrets
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

from posproto import cbor, cose, ids, link

from ..acquirer.host import Acquirer
from ..acquirer.messages import Terminal
from ..story import scenario as scenarios
from ..story.stage import Stage
from ..story.story import DONE, FAILED, Step, Story
from .agent_process import HEAP_BYTES, Agent
from .app import ANSWERED, STATES, Job
from .listener import Listener, Transport
from .shell import Shell
from .virtualclock import VirtualClock

VERDICTS = {value: name[2:].lower() for name, value in vars(ids).items() if name[:2] == "V_"}


class WorldEvent(NamedTuple):
    """Something that happened outside the agent. kind: as in Operator.notes, or "step"."""

    at_ms: int
    kind: str
    detail: Any


class World:
    """A scenario in motion. After start(): `ports` holds the paths, `events` what happens.

    The agent is not started here; agent() makes one for this world. Its configuration is written
    into `directory`. `wall` gives the seconds that its time goes by.
    """

    def __init__(
        self,
        scenario: str | dict[str, Any] = "demo",
        seed: int = 1,
        speed: float = 1.0,
        directory: str | None = None,
        wall: Callable[[], float] = time.monotonic,
    ) -> None:
        self.scenario = scenarios.load(scenario) if isinstance(scenario, str) else scenario
        self.seed = seed
        self._temporary = None if directory else tempfile.TemporaryDirectory(prefix="posworld-")
        self.directory = Path(directory or self._temporary.name).absolute()  # type: ignore[union-attr]
        self.stage = Stage(self.scenario, seed)
        self.clock = VirtualClock(speed, wall)
        self.events: queue.SimpleQueue[WorldEvent] = queue.SimpleQueue()
        self.stage.operator.on_note = self._noted
        self.story = Story(self.stage)
        self.story.on_step = self._stepped
        self.acquirer = Acquirer.of(
            self.scenario.get("acquirer", {}), self.stage.operator.unix_s()
        )
        self.terminal = Terminal(dialect=self.acquirer.dialect.name)
        self.shell = Shell(self.stage, self.clock, self.acquirer)
        self.shell.app.on_change = self._app_changed
        self.shell.on_host = self._host_hears
        self._reader = link.FrameReader()
        self.stage.on_shell = self._do
        self.agent_process: Agent | None = None
        self.holds_at_end = False  # a story that is over: time jumps no more
        self.ports = {
            "modem": self.shell.modem_port.path,
            "app": self.shell.app_port.path,
            "clock": self.shell.clock_port.path,
            "agent_host": self.shell.host_port.path,
            "host": self.shell.tool_port.path,
        }

    # -- life ------------------------------------------------------------------------------

    def start(self) -> None:
        """Power to the modem, connections to the acquirer, the clock runs."""
        self.shell.start()

    def agent(
        self,
        modem: str | None = None,
        output: Path | None = None,
        heap_bytes: int = HEAP_BYTES,
        arguments: tuple[str, ...] = (),
        mpy: Path | None = None,
    ) -> Agent:
        """The agent's process at this world's ports, or with another AT port as its modem; `mpy`
        is the folder of its compiled code, build/mpy where none is given.
        """
        config = self.directory / "config.json"
        config.write_text(json.dumps(self.stage.settings(), indent=1) + "\n")
        self.agent_process = Agent(
            modem or self.ports["modem"],
            self.ports["agent_host"],
            self.ports["app"],
            self.ports["clock"],  # carries the pins too
            str(self.directory),
            self.seed,
            heap_bytes,
            ("--config", str(config), "--key", str(self._key()), *arguments),
            output=output or self.directory / "agent.out",
            mpy=mpy,
        )
        return self.agent_process

    def _key(self) -> Path:
        """A device key of this world's own, for messages at rest and for keyed requests."""
        path = self.directory / "device.key"
        if not path.exists():
            path.touch(0o600)
            path.write_bytes(secrets.token_bytes(32))
        return path

    def start_agent(self, modem: str | None = None) -> Agent:
        agent = self.agent_process or self.agent(modem)
        self.shell.act(self.shell.agent_starts)
        agent.start()
        return agent

    def stop(self) -> None:
        """End everything that was started here; safe to call twice."""
        if self.agent_process:
            self.agent_process.stop()
        self.shell.stop()
        if self._temporary:
            self._temporary.cleanup()

    # -- watching ----------------------------------------------------------------------------

    def now_s(self) -> float:
        """World time in seconds since start()."""
        return self.clock.now_ms() / 1000

    def listener(self, transport: Transport) -> Listener:
        """`transport`, opened at the host's port: time does not jump before it has caught up."""
        return Listener(transport, self.shell)

    def steps(self) -> list[Step]:
        return self.story.steps

    def finished(self) -> bool:
        """The story is over: all steps done, or one failed, or the world itself broke."""
        return self.story.done() or self.story.failed() or self.shell.error is not None

    def succeeded(self) -> bool:
        return self.story.done() and self.shell.error is None

    def step_title(self, step: Step, lang: str = "en") -> str:
        key = "title_zh" if lang == "zh" else "title"
        return str(step.spec.get(key) or step.id)

    # -- from the loop's thread ----------------------------------------------------------------

    def _noted(self, at_ms: int, kind: str, detail: Any) -> None:
        self.events.put(WorldEvent(at_ms, kind, detail))

    def _stepped(self, step: Step) -> None:
        state = {DONE: "done", FAILED: "failed"}[step.state]
        self.events.put(WorldEvent(self.stage.agenda.now_ms, "step", (step.id, state)))
        if self.holds_at_end and self.finished():
            self.clock.speed = 1

    def _host_hears(self, data: bytes) -> None:
        """What the agent shows the host, the story hears: at once, however late the tool reads."""
        for frame in self._reader.feed(data):
            try:
                inner = cose.inside(frame) if frame.type == ids.FRAME_SIGNED else frame
                record = cbor.decode(inner.payload) if inner.type == ids.FRAME_STATUS else {}
            except cbor.CborError:
                continue
            if record:
                self.story.observe(
                    {
                        "verdict": VERDICTS.get(record.get(ids.ST_VERDICT), "unknown"),
                        "outbox": record.get(ids.ST_OUTBOX, 0),
                        "balance_minor": record.get(ids.ST_BALANCE_MINOR),
                    }
                )

    def _app_changed(self, job: Job) -> None:
        """A message was handed in or answered: what the terminal learns, the story hears."""
        operator = self.stage.operator
        if job.state == ANSWERED:
            try:
                fields = self.terminal.take(job.answer)
            except ValueError:
                operator.note("answer_unreadable", job.record)
                return
            operator.note("answered", (fields["t"], fields.get("39", "")))
            self.story.observe({"answered": self.shell.app.answered()})
        else:
            operator.note("app", (job.record, STATES[job.state]))

    def _do(self, item: dict[str, Any]) -> None:
        """What a timeline asks of the shell."""
        actions: dict[str, Callable[[dict[str, Any]], None]] = {
            "submit": self._submit,
            "acquirer": self._set_acquirer,
            "agent_power_cut": self._power_cut,
            "host": self._set_host,
        }
        actions[item["do"]](item)

    def _submit(self, item: dict[str, Any]) -> None:
        """One of a terminal's messages, by the name of the method that builds it."""
        built = getattr(self.terminal, item["message"])(*item.get("arguments", ()))
        for message in built if isinstance(built, list) else [built]:
            job = self.shell.app.submit(message)
            self.stage.operator.note("submit", (job.record, item["message"]))

    def _set_acquirer(self, item: dict[str, Any]) -> None:
        port = self.shell.acquirer_port
        if port and "down" in item:
            port.down = bool(item["down"])
            if port.down:
                port.drop_all()
        if "fault" in item:
            fault = dict(item["fault"])
            self.acquirer.faults.add(fault.pop("kind"), fault.pop("value", None), **fault)
        if item.get("clear"):
            self.acquirer.faults.clear()

    def _power_cut(self, item: dict[str, Any]) -> None:
        if self.agent_process:
            self.agent_process.power_cut()
            self.shell.agent_starts()
            self.agent_process.start()

    def _set_host(self, item: dict[str, Any]) -> None:
        frozen = bool(item.get("frozen", False))
        self.shell.freeze(frozen)
        self.story.seen.pop("verdict", None)  # what was read before counts no more
        self.stage.operator.note("host_frozen" if frozen else "host_reads")
