"""One terminal in virtual time: agent, modem, operator, acquirer and payment application.

run_ms() lets time pass, as fast as the computer can; whoever calls it decides whether that is
real time. say() and heard() are the host's cable.
"""

from __future__ import annotations

import gc
from collections.abc import Callable
from typing import Any

from posproto import cbor, ids, link
from posworld.acquirer.host import Acquirer
from posworld.acquirer.messages import Terminal
from posworld.shell.app import ANSWERED, PaymentApp
from posworld.story.stage import Stage
from posworld.story.story import Story

from . import cipher  # noqa: F401  before the agent
from .storage import MemoryFlash

from posagent import modems  # isort: skip
from posagent.core import agent as agents  # isort: skip
from posagent.core.life import config, eventlog  # isort: skip
from posagent.core.life.clock import Clock  # isort: skip
from posagent.core.life.prng import Prng  # isort: skip

VERDICTS = {value: name[2:].lower() for name, value in vars(ids).items() if name[:2] == "V_"}
_TURNS_MAX = 2000  # at one moment: more is an endless loop
_START_MS = 800
_TRIP_MS = 30


class _Net:
    """The internet of one process: every address leads to the acquirer."""

    def __init__(self, acquirer: Acquirer) -> None:
        self.modem: Any = None
        self.down = False
        self._acquirer = acquirer
        self._sessions: dict[int, Any] = {}

    def open(self, handle: int, host: str, port: int) -> None:
        if not self.down:
            self._sessions[handle] = self._acquirer.session()
        error = "refused" if self.down else ""
        self.modem.agenda.after(_TRIP_MS, self._opened, handle, error)

    def _opened(self, handle: int, error: str) -> None:
        self.modem.net_opened(handle, error, self.modem.agenda.now_ms)

    def send(self, handle: int, data: bytes) -> None:
        session = self._sessions.get(handle)
        if session is None:
            return
        agenda = self.modem.agenda
        for reply in session.feed(bytes(data), agenda.now_ms):
            wait_ms = reply.delay_ms + _TRIP_MS
            agenda.after(wait_ms, self._answer, handle, reply.data, bool(reply.close))

    def _answer(self, handle: int, data: bytes, close: bool) -> None:
        if handle not in self._sessions:
            return
        if data:
            self.modem.net_data(handle, data, self.modem.agenda.now_ms)
        if close:
            self.modem.net_closed(handle, self.modem.agenda.now_ms)

    def close(self, handle: int) -> None:
        self._sessions.pop(handle, None)


class PracticeTerminal:
    """A scenario in motion around an agent with this key."""

    def __init__(
        self, scenario: dict[str, Any], seed: int, key: bytes, device_id: str = "PRACTICE"
    ) -> None:
        gc.freeze()  # the agent collects often, as on a board; the tool's objects are not its own
        self.stage = Stage(scenario, seed)
        self.acquirer = Acquirer.of(scenario.get("acquirer", {}), self.stage.operator.epoch_s)
        self.net = _Net(self.acquirer)
        self.net.modem = self.stage.modem
        self.stage.modem.sockets.net = self.net
        self.stage.on_shell = self._do
        self.shop = Terminal(dialect=self.acquirer.dialect.name)
        self.story = Story(self.stage)
        self.app = PaymentApp()
        self.app.on_change = self._changed
        self.now_ms = 0
        self.verdict = ""
        self.hold_at: tuple[str, ...] = ()  # a verdict of these holds the story, see hold()
        self._hangs = False
        self.on_line: Callable[[bytes], None] = lambda line: None
        self._seed, self._key, self._device_id = seed, key, device_id
        self._flash = MemoryFlash()
        self._reader = link.FrameReader()
        self.stage.power_on()
        self._start()

    # -- the agent's life ------------------------------------------------------------------

    def _start(self) -> None:
        self.stage.agent_started()
        self._clock, self._zero_ms = Clock(0), self.now_ms
        values, refused = config.load(None)
        refused += config.update(values, {**self.stage.settings(), "device_id": self._device_id})
        boot = eventlog.next_boot(self._flash)
        secret = Prng(self._seed + 77)
        self.agent = agents.Agent(
            values,
            refused,
            self._flash,
            self._clock,
            Prng(self._seed * 1000 + boot),
            boot,
            modems,
            lambda n: bytes([secret.below(256) for _ in range(n)]),
            "pc",
            self._key,
        )
        self.stage.modem.port.agent_baud = 115200
        self.agent.engine.set_baud = self._set_baud

    def _set_baud(self, rate: int) -> None:
        self.stage.modem.port.agent_baud = rate

    def hold(self) -> None:
        """Keep the trouble: the story's top-ups and repairs do not come, and a module that is
        silent heeds no pin."""
        self.stage.is_held = True
        self._hangs = self.verdict == "modem_dead"

    def release(self) -> None:
        """The end of hold(): the story goes on."""
        self._hangs = False
        self.stage.release()

    @property
    def is_held(self) -> bool:
        return bool(self.stage.is_held)

    # -- time ------------------------------------------------------------------------------

    def run_ms(self, ms: int) -> None:
        """Let so much time pass."""
        end_ms, turns = self.now_ms + ms, 0
        due_ms = self.now_ms
        while self.now_ms < end_ms:
            wait_ms, due_ms = self._turn(due_ms)
            turns = turns + 1 if wait_ms <= 0 else 0
            assert turns < _TURNS_MAX, "time stands still"
            self.now_ms = min(self.now_ms + max(wait_ms, 0), end_ms)
        self._move_app()

    def _turn(self, due_ms: int) -> tuple[int, int]:
        """(milliseconds until anything happens, when the agent wants to run by itself)"""
        agent, modem, now_ms = self.agent, self.stage.modem, self.now_ms
        self._clock.advance((now_ms - self._zero_ms) & 0x3FFFFFFF)
        heard = modem.output(now_ms)
        if heard:
            agent.feed_modem(heard, len(heard))
        elif now_ms < due_ms and not (agent.changed or agent.app.pending()):
            return self._sooner(due_ms - now_ms), due_ms
        wait_ms = max(agent.step(), 1)
        while agent.modem_out:
            modem.feed(agent.modem_out.pop(0), now_ms)
        again = self._pins()
        _drain(agent.host, self._host_hears)
        if again:
            self.now_ms += _START_MS
            self._start()
            return 0, self.now_ms
        if agent.app.pending():
            _drain(agent.app, self._app_hears)
            self._move_app()
            return 0, now_ms
        return self._sooner(wait_ms), now_ms + wait_ms

    def _sooner(self, wait_ms: int) -> int:
        world_ms = self.stage.modem.deadline(self.now_ms)
        return world_ms if 0 <= world_ms < wait_ms else wait_ms

    def _pins(self) -> bool:
        """Act on the agent's pins; True where it orders its own restart."""
        again = False
        while self.agent.pins:
            name, pulse_ms = self.agent.pins.pop(0)
            if name == "restart":
                again = True
            elif self._hangs:
                continue
            elif name == "reset":
                self.stage.modem.reset_pin(self.now_ms)
            else:
                self.stage.modem.power_key(self.now_ms, pulse_ms or 600)
        return again

    # -- cables ----------------------------------------------------------------------------

    def say(self, data: bytes) -> None:
        """Bytes from the host, heard now."""
        self._clock.advance((self.now_ms - self._zero_ms) & 0x3FFFFFFF)
        self.agent.host.feed(data)

    def _host_hears(self, line: bytes) -> None:
        self.on_line(line)
        for frame in self._reader.feed(line):
            if frame.type != ids.FRAME_STATUS:
                continue
            record = cbor.decode(frame.payload)
            self.verdict = VERDICTS.get(record[ids.ST_VERDICT], "unknown")
            if self.verdict in self.hold_at and not self.is_held:
                self.hold()
            self.story.observe(
                {
                    "verdict": self.verdict,
                    "outbox": record.get(ids.ST_OUTBOX, 0),
                    "balance_minor": record.get(ids.ST_BALANCE_MINOR),
                }
            )

    def _app_hears(self, line: bytes) -> None:
        self.app.feed(line, self.now_ms)

    def _move_app(self) -> None:
        if data := self.app.output(self.now_ms):
            self.agent.app.feed(data)

    def _changed(self, job: Any) -> None:
        if job.state == ANSWERED:
            fields = self.shop.take(job.answer)
            self.stage.operator.note("answered", (fields["t"], fields.get("39", "")))
            self.story.observe({"answered": self.app.answered()})

    # -- the timeline ----------------------------------------------------------------------

    def _do(self, item: dict[str, Any]) -> None:
        if item["do"] == "submit":
            built = getattr(self.shop, item["message"])(*item.get("arguments", ()))
            for message in built if isinstance(built, list) else [built]:
                self.app.submit(message)
            self.stage.operator.note("submit", item["message"])
        elif item["do"] == "agent_power_cut":
            self._start()
        elif item["do"] == "acquirer":
            self.net.down = bool(item.get("down", self.net.down))
            if "fault" in item:
                fault = dict(item["fault"])
                self.acquirer.faults.add(fault.pop("kind"), fault.pop("value", None), **fault)
            if item.get("clear"):
                self.acquirer.faults.clear()


def _drain(port: Any, hear: Callable[[bytes], None]) -> None:
    line = port.take()
    while line is not None:
        hear(bytes(line))
        line = port.take()
