"""The worst moment of a small board's memory, as a story: an outbox full of the largest messages
that the config allows, an exchange over TLS under way, a page of log and one of trace asked for, a
burst of lines from the modem; and a text with the balance read with all that. With a second
acquirer (`SECOND`) both have that at once, over a connection each.

    python tests/sim/fullest.py FILE [NAME=VALUE...]      the calls of the agent, see recording.py
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

if __name__ == "__main__":
    _ROOT = Path(__file__).resolve().parents[2]
    for _folder in ("protocol", "firmware", "host_tools", "tests/unit", "tests/sim"):
        sys.path.insert(0, str(_ROOT / _folder))

import cup_frames as cup
import soft_cryptolib  # noqa: F401 - before the agent
from desk import Desk, Wire
from memory_storage import MemoryStorage
from posagent.core import situation
from posproto import frames, ids, link, submit
from posworld.story.stage import Stage
from recording import Recording
from settle_world import Host
from together import Net, Together

KEY = bytes(range(32))
AUTHORITY = b"-----BEGIN CERTIFICATE-----\n" + b"MIIBszCCAVmgAwIBAgIUQ0\n" * 40
ANSWER_MS = 30000
SECOND = {"acquirer.2.host": "second.example", "acquirer.2.port": 7, "closed_apn": True}
LONG = {"f62": b"\x22" * 900, "f63": "8" * 900}  # of an answer


def sized(message: bytes, size: int) -> bytes:
    """The same message with fields that make it so long."""
    fields = cup.read(message)
    more = size - len(message) - 4 - (2 + 3 if 63 not in fields else 0)
    fields[62] = b"\x11" * min(more, 980)
    if more > 980:
        fields[63] = fields.get(63, "") + "9" * (more - 980)
    padded = cup.build(fields)
    fields[62] += b"\x11" * (size - len(padded))
    return cup.build(fields)


class Life:
    """An agent, its modem and an acquirer that answers at length."""

    def __init__(self, settings: dict[str, Any], seed: int = 1) -> None:
        scenario = {"agent": {"tls": True, **settings}, "account": {"balance_minor": 9000}}
        self.stage = Stage(scenario, seed)
        self.host = Host()
        self.wire = Wire(self.host)
        net = Net(self.wire)
        self.stage.modem.sockets.net = net
        self.stage.power_on()
        storage = MemoryStorage()
        storage.files["ca.pem"] = AUTHORITY
        self.together = Together(self.stage, net, self.stage.settings(), seed, KEY, storage)
        self.desk = Desk(self.together)
        self.stan = self.number = 0

    @property
    def agent(self) -> Any:
        return self.together.agent

    def until(self, holds: Any, step_ms: int = 500) -> None:
        end_ms = self.together.now_ms + 3600_000
        while not holds():
            assert self.together.now_ms < end_ms, self.agent.situation
            self.together.run_ms(step_ms)

    def give(self, build: Any, size: int, acquirer: int = 1) -> submit.Standing:
        """Hands in a message of so many bytes."""
        self.stan += 1
        self.number += 1
        message = sized(build(self.stan), size)
        for op, args in submit.hand_in(self.number, message, acquirer=acquirer):
            result, value = self.desk.ask(op, args, "app")
        standing = submit.Standing(value)
        standing.result = result
        return standing

    def acquirers(self) -> list[Any]:
        """The Settlement of each."""
        settlement = self.agent.settlement
        return getattr(settlement, "_all", [settlement])

    def records(self, acquirer: int = 1) -> list[Any]:
        return list(self.acquirers()[acquirer - 1].outbox.records)


def sell(life: Life, size: int, acquirer: int = 1) -> None:
    """Answers that nobody took yet stand in memory: the oldest are taken, as late as can be."""
    while life.give(cup.sale, size, acquirer).result == ids.R_FULL:
        held = [r for r in life.records(acquirer) if r.reply]
        life.desk.ask(*submit.done(held[0][ids.MSG_ID], acquirer=acquirer), "app")


def fill(life: Life, size: int, count: int, acquirer: int) -> None:
    """Ended messages of the largest size."""
    while len(life.records(acquirer)) < count:
        life.wire.script = [dict(LONG)]
        sell(life, size, acquirer)
        life.until(lambda: not life.records(acquirer)[-1].live())
    life.together.run(60)  # the connection is closed


def burst(life: Life) -> None:
    """Lines of a modem at once: texts past a full store, news that nobody knows, rubbish."""
    lines = [b"+CMT: ,140\r\n" + b"%02X" % n * 176 for n in range(24)]
    lines += [b"+NEWS%02d: " % n + b"n" * 790 for n in range(24)]
    lines += [b"%02d" % n + b"?" * 1500 for n in range(24)]
    for line in lines:
        data = b"\r\n" + line + b"\r\n"
        for at in range(0, len(data), 512):
            piece = data[at : at + 512]
            life.agent.feed_modem(piece, len(piece))


def ask_pages(life: Life) -> None:
    """A page of log and one of trace, before the next turn."""
    writer = link.FrameWriter()
    for number, (op, args) in enumerate(((ids.OP_LOG, {}), (ids.OP_TRACE, {})), 60000):
        frames.put_request(writer.begin(ids.FRAME_REQUEST, number), op, args)
        life.agent.host.feed(writer.end())


def hand_in_parts(life: Life) -> None:
    """The parts of a message that is not whole yet."""
    for op, args in submit.hand_in(77777, bytes(range(250)) * 8):
        if op == ids.OP_SUBMIT_PART:
            life.desk.ask(op, args, "app")


def play(life: Life, recording: Recording) -> None:
    everyone = range(1, len(life.acquirers()) + 1)
    config = life.acquirers()[0].config
    size = config["message_bytes"]
    life.until(lambda: life.agent.situation == situation.WELL and life.agent.path.layer() >= 4)
    recording.mark("sale")
    life.give(cup.sale, 300)
    life.until(lambda: not life.records()[-1].live())
    recording.mark("filling")
    live = min(config["outbox_bytes"] // size, config["outbox_records"] // 2)
    for acquirer in everyone:
        fill(life, size, config["outbox_records"] - live, acquirer)
    recording.mark("exchange")
    life.wire.script = [{"delay_ms": ANSWER_MS, **LONG} for _ in everyone]
    for acquirer in everyone:
        sell(life, size, acquirer)
    pairing = life.agent.engine.pairing
    life.until(lambda: pairing.busy and len(pairing.busy.data or b"") > 400, 10)
    burst(life)
    ask_pages(life)
    life.until(lambda: all(s.waiting for s in life.acquirers()) and not pairing.busy, 50)
    for acquirer in everyone:
        for _ in range(live - 1):
            assert life.give(cup.advice, size, acquirer).result == ids.R_OK
    assert all(s.waiting for s in life.acquirers()), "the answer came too soon"
    burst(life)
    hand_in_parts(life)
    ask_pages(life)
    life.together.run_ms(ANSWER_MS + 5000)
    recording.mark("rubbish")
    rubbish(life, 5)
    life.together.run(600)
    life.host.script = life.wire.script = []
    life.until(lambda: not any(r.live() for one in everyone for r in life.records(one)))
    sell(life, 300)
    life.until(lambda: not life.records()[-1].live())
    assert life.records()[-1][ids.MSG_STATE] == ids.MS_ACKNOWLEDGED


def rubbish(life: Life, seconds: int) -> None:
    """Thirty different lines of a thousand bytes a second."""
    for second in range(seconds):
        for n in range(30):
            line = b"\r\n%03d" % (second * 30 + n) + b"%c" % (65 + n) * 1000 + b"\r\n"
            for at in range(0, len(line), 128):
                piece = line[at : at + 128]
                life.agent.feed_modem(piece, len(piece))
            life.together.run_ms(33)


def mixed(life: Life, messages: int) -> dict[int, int]:
    """So many messages of all kinds; how often each state was their end."""
    life.until(lambda: life.agent.situation == situation.WELL and life.agent.path.layer() >= 4)
    ends: dict[int, int] = {}
    builds = [cup.sale, cup.reversal, cup.advice, cup.settlement, cup.detail, cup.sign_on]
    steps = [{}, {}, {"f39": "51"}, {"silent": True, "close": True}, {}, {"delay_ms": 3000}, {}]
    while life.number < messages:
        n = life.number
        life.wire.script = [dict(steps[n % len(steps)])]
        size = (180, 300, 700, 1200)[n % 4]
        standing = life.give(builds[n % len(builds)], size)
        if standing.result == ids.R_OK:
            life.until(lambda: not life.records()[-1].live(), 250)
        for record in life.records():
            state = record[ids.MSG_STATE]
            if not record.live() and state != ids.MS_DONE and not record.flag(ids.MF_TAKEN):
                if state in (ids.MS_ACKNOWLEDGED, ids.MS_REFUSED):
                    life.desk.ask(ids.OP_ANSWER, {ids.SUB_ID: record[ids.MSG_ID]}, "app")
                life.desk.ask(*submit.done(record[ids.MSG_ID]), "app")
                ends[state] = ends.get(state, 0) + 1
        if n % 50 == 0:
            rubbish(life, 1)
            ask_pages(life)
    return ends


def record_mixed(path: Path, messages: int, seed: int = 1) -> dict[int, int]:
    """Writes the calls of a life of so many messages; returns the ends, by MS_*."""
    with path.open("w") as file, Recording(file, seed):
        return mixed(Life({}, seed), messages)


def record(path: Path, settings: dict[str, Any], seed: int = 1) -> int:
    """Writes the story's calls; returns the number of turns."""
    with path.open("w") as file, Recording(file, seed) as recording:
        life = Life(settings, seed)
        play(life, recording)
        return recording.turns


def main(arguments: list[str]) -> int:
    settings = dict(word.split("=") for word in arguments[1:])
    turns = record(Path(arguments[0]), {k: json.loads(v) for k, v in settings.items()})
    print(f"{turns} turns")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
