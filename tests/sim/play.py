"""Plays a scenario with agent, world, payment application and acquirer in one process (CPython).

Virtual time; the acquirer is the real one, its bytes go through the modem's sockets.
"""

from __future__ import annotations

import gc
from collections.abc import Callable
from typing import Any

import soft_cryptolib  # noqa: F401 - before the agent, which `together` imports
from memory_storage import MemoryStorage
from posagent.core import situation
from posproto import cbor, ids, link
from posworld.acquirer.host import Acquirer
from posworld.acquirer.messages import Terminal
from posworld.shell.app import ANSWERED, PaymentApp
from posworld.story.judge import Judge
from posworld.story.stage import Stage
from posworld.story.story import Story
from posworld.story.timing import Timing
from together import Net, Together

VERDICTS = {value: name[2:].lower() for name, value in vars(ids).items() if name[:2] == "V_"}
KEY = bytes(range(32))
AUTHORITY = b"-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n"


class AcquirerNet(Net):
    """The acquirer's sessions behind the modem's connections."""

    def __init__(self, acquirer: Acquirer) -> None:
        Net.__init__(self, host=self, trip_ms=4)
        self.acquirer = acquirer
        self.down = False
        self._sessions: dict[int, Any] = {}

    def open(self, handle: int, host: str, port: int) -> None:
        if not self.down:
            self._sessions[handle] = self.acquirer.session()
            self._open[handle] = True
        error = "refused" if self.down else ""
        self.modem.agenda.after(self.trip_ms, self._opened, handle, error)

    def send(self, handle: int, data: bytes) -> None:
        session = self._sessions.get(handle)
        if session is None:
            return
        agenda = self.modem.agenda
        for reply in session.feed(data, agenda.now_ms):
            delay_ms = reply.delay_ms + self.trip_ms
            agenda.after(delay_ms, self._answer, handle, reply.data, bool(reply.close))


class Play:
    """One scenario in motion. run(seconds) until the story is over; report() and violations()."""

    def __init__(
        self, scenario: dict[str, Any], seed: int = 1, net: type[AcquirerNet] = AcquirerNet
    ) -> None:
        self.scenario = scenario
        gc.freeze()  # the agent collects often, as on a board; what pytest holds is not its own
        self.stage = Stage(scenario, seed)
        self.acquirer = Acquirer.of(scenario.get("acquirer", {}), self.stage.operator.epoch_s)
        self.net = net(self.acquirer)
        self.stage.modem.sockets.net = self.net
        self.terminal = Terminal(dialect=self.acquirer.dialect.name)
        self.stage.on_shell = self._do
        self.story = Story(self.stage)
        self.timing = Timing(self.stage)
        self.app = PaymentApp()
        self.app.on_change = self._changed
        self.stage.power_on()
        self.together = Together(self.stage, self.net, self.stage.settings(), seed, KEY)
        if self.stage.settings().get("tls"):
            self.together.storage.write("ca.pem", AUTHORITY)
        self.together.on_line = self._hear
        self.together.on_app_line = self._app_hears
        self.reader = link.FrameReader()
        self.events: list[tuple[int, int, dict[int, Any]]] = []  # (now_ms, id, arguments)

    # -- the agent speaks -------------------------------------------------------------------

    def _hear(self, line: bytes) -> None:
        now_ms = self.together.now_ms
        for frame in self.reader.feed(line):
            record = cbor.decode(frame.payload)
            if frame.type == ids.FRAME_EVENT:
                self.events.append((now_ms, record[ids.EV_ID], record.get(ids.EV_ARGS, {})))
            elif frame.type == ids.FRAME_STATUS:
                verdict = VERDICTS[record[ids.ST_VERDICT]]
                self.timing.observe(now_ms, verdict)
                self.story.observe(
                    {
                        "verdict": verdict,
                        "outbox": record.get(ids.ST_OUTBOX, 0),
                        "balance_minor": record.get(ids.ST_BALANCE_MINOR),
                    }
                )

    def _app_hears(self, line: bytes) -> None:
        self.app.feed(line, self.together.now_ms)
        self._app_turn()

    def _app_turn(self) -> None:
        now_ms = self.together.now_ms
        data = self.app.output(now_ms)
        if data:
            self.together.agent.app.feed(data)

    def _changed(self, job: Any) -> None:
        if job.state == ANSWERED:
            fields = self.terminal.take(job.answer)
            self.stage.operator.note("answered", (fields["t"], fields.get("39", "")))
            self.story.observe({"answered": self.app.answered()})

    def cut_power(self) -> None:
        """The agent starts again on the flash as it is now. What the dead one's procedures still
        do at their end reaches neither flash nor application.
        """
        flash = MemoryStorage(self.together.storage.capacity)
        flash.files = dict(self.together.storage.files)
        self.together.storage.lose_at = 0  # a dead agent's procedure may write here, to no effect
        self.together.storage = flash
        self.together.start()

    # -- the timeline speaks -----------------------------------------------------------------

    def _do(self, item: dict[str, Any]) -> None:
        if item["do"] == "submit":
            built = getattr(self.terminal, item["message"])(*item.get("arguments", ()))
            for message in built if isinstance(built, list) else [built]:
                self.app.submit(message)
            self.stage.operator.note("submit", item["message"])
        elif item["do"] == "agent_power_cut":
            self.cut_power()
        elif item["do"] == "host":
            self.together.host_reads = not item.get("frozen", False)
            self.story.seen.pop("verdict", None)  # what was read before counts no more
            self.stage.operator.note("host_reads" if self.together.host_reads else "host_frozen")
        elif item["do"] == "acquirer":
            self.net.down = bool(item.get("down", self.net.down))
            if "fault" in item:
                fault = dict(item["fault"])
                self.acquirer.faults.add(fault.pop("kind"), fault.pop("value", None), **fault)
            if item.get("clear"):
                self.acquirer.faults.clear()

    # -- time --------------------------------------------------------------------------------

    def run(self, seconds: int, look: Callable[[], None] = lambda: None) -> bool:
        """Until the story is over, or so long; True where it was told to its end. look() is
        called every few seconds.
        """
        end_ms = self.together.now_ms + seconds * 1000
        while self.together.now_ms < end_ms and not (self.story.done() or self.story.failed()):
            self.advance(1 if self.app.job() is not None else 5)
            look()
        return self.story.done()

    def advance(self, seconds: int) -> None:
        """Let so much time pass; the payment application moves before and after it only."""
        waiting = self.app.job() is not None
        self.together.run(seconds)
        if waiting or self.app.job() is not None:
            self._app_turn()
        self._ask_for_plans()

    def _ask_for_plans(self) -> None:
        """What the status and the settlement's report tell: which step comes next, and when."""
        agent, now_ms = self.together.agent, self.together.now_ms
        if agent.running is not None:
            return  # of the step under way nothing is decided yet
        rung, at_s, _ = agent.ladder.choice
        if agent.situation != situation.WELL and at_s >= 0:
            self.timing.announce(now_ms, rung, now_ms + (at_s - agent.clock.s) * 1000)
        wait_ms = agent.settlement.due()
        if wait_ms > 0:
            self.timing.announce(now_ms, None, now_ms + wait_ms)

    def violations(self) -> list[str]:
        return Judge(self.stage).violations()
