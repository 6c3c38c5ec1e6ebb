"""The agent beside other connection managers: the same incidents, the same seeds, one table.

    python tests/sim/peers.py [--seed N] [--markdown] [NAME...]

Healed is what the network and the module show: registered, the context has an address, a level is
heard. Counted from the moment at which it could be so. Accesses, radio cycles and pin pulses are
the price until then; the judge of the budgets is the same for all.
"""

from __future__ import annotations

import importlib
import sys
from pathlib import Path
from typing import Any

if __name__ == "__main__":
    _ROOT = Path(__file__).resolve().parents[2]
    for _folder in ("protocol", "firmware", "host_tools", "tests/unit", "tests/sim"):
        sys.path.insert(0, str(_ROOT / _folder))

from play import Play
from posworld.peers.at import At, Pin, Wait
from posworld.story import scenario as scenarios
from posworld.story.judge import ACCESSES, CYCLES, PINS, Judge
from posworld.story.stage import Stage
from posworld.story.story import Story

POLICIES = (
    *("naive", "net_manage", "qframe", "voice_box", "zephyr_cellular", "mbed_table"),
    *("luatos_auto", "watchcat", "ping_reboot"),
)
# One fault each, of the radio, the card or the module.
INCIDENTS = (
    "left-coverage-lte-only",
    "denied-until-topup",
    "congested-attach",
    "cell-barred",
    "card-lost-contact",
    "module-off-by-heat",
    "supply-latched-off",
    "at-port-dead",
)
LIMIT_S = 4 * 3600  # after the moment at which it could be healed
STEP_MS = 200


class Watch:
    """When the module was in service again, by the world's own state; `curable` and `fault` are
    the scenario's marks.
    """

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self.healed_ms: int | None = None
        self.lost = False  # it was out of service after the fault

    def online(self) -> bool:
        modem = self.stage.modem
        context = modem.radio.contexts.get(1)
        up = modem.state == 2 and not modem.hung and modem.radio.attached
        return bool(up and modem.sim.ready() and modem.radio.dbm() is not None and context.address)

    def mark(self, name: str) -> int | None:
        for at_ms, kind, detail in self.stage.operator.notes:
            if kind == "mark" and detail == name:
                return int(at_ms)
        return None

    def begin_ms(self) -> int | None:
        curable = self.mark("curable")
        if curable is not None or any(
            item.get("mark") == "curable" for item in self.stage.scenario.get("timeline", ())
        ):
            return curable
        return self.mark("fault")

    def look(self, now_ms: int) -> None:
        begin_ms, online = self.begin_ms(), self.online()
        self.lost = self.lost or (self.mark("fault") is not None and not online)
        if self.healed_ms is None and begin_ms is not None and self.lost and online:
            self.healed_ms = now_ms

    def row(self) -> dict[str, Any]:
        begin_ms = self.begin_ms()
        fault_ms = self.mark("fault")
        judge = Judge(self.stage)
        end_ms = self.healed_ms
        counts = {
            name: judge.count(kinds, fault_ms or 0, end_ms)
            for name, kinds in (("accesses", ACCESSES), ("cycles", CYCLES), ("pins", PINS))
        }
        span = None if end_ms is None or begin_ms is None else (end_ms - begin_ms) // 1000
        return {"healed_s": span, "broken": len(judge.violations()), **counts}

    def over(self, now_ms: int) -> bool:
        begin_ms = self.begin_ms()
        late = begin_ms is not None and now_ms > begin_ms + LIMIT_S * 1000
        return self.healed_ms is not None or late


def agent(name: str, seed: int) -> dict[str, Any]:
    play = Play(scenarios.load(name), seed)
    watch = Watch(play.stage)
    while not watch.over(play.together.now_ms) and play.together.now_ms < 10 * LIMIT_S * 1000:
        play.advance(1)
        watch.look(play.together.now_ms)
    return watch.row()


def peer(policy: str, name: str, seed: int) -> dict[str, Any]:
    """The same world under another's policy. The story's steps wait for an agent's verdicts: here
    the world's own state answers for them.
    """
    module = importlib.import_module("posworld.peers." + policy)
    stage = Stage(_for_anybody(scenarios.load(name)), seed)
    story = Story(stage)
    stage.power_on()
    watch = Watch(stage)
    modem = stage.modem
    running = module.policy()
    heard = b""
    lines: list[str] = []
    item: Any = Wait(15000)
    due_ms = 15000
    now_ms = 0
    begun = False
    while not watch.over(now_ms) and now_ms < 10 * LIMIT_S * 1000:
        heard += modem.output(now_ms)
        *whole, heard = heard.replace(b"\r", b"\n").split(b"\n")
        lines += [line.decode("latin-1") for line in whole if line]
        if isinstance(item, At):
            ended = [i for i, line in enumerate(lines) if _final(line)]
            done = bool(ended) or now_ms >= due_ms
            answer = lines[: ended[0] + 1] if ended else []
        else:
            done, answer = now_ms >= due_ms, []
        if done:
            item = running.send(answer if begun else None)
            begun = True
            lines = []
            if isinstance(item, At):
                modem.feed(b"AT" + item.text.encode() + b"\r", now_ms)
                due_ms = now_ms + item.limit_ms
            elif isinstance(item, Pin):
                act = modem.reset_pin if item.name == "reset" else modem.power_key
                act(*((now_ms,) if item.name == "reset" else (now_ms, item.ms)))
                due_ms = now_ms
            else:
                due_ms = now_ms + item.ms
        now_ms += STEP_MS
        if now_ms % 1000 == 0:
            _tell(story, watch.online(), now_ms)
            watch.look(now_ms)
    return watch.row()


def _final(line: str) -> bool:
    return line in ("OK", "ERROR", "NO CARRIER") or line.startswith(("+CME ERROR", "+CMS ERROR"))


def _for_anybody(scenario: dict[str, Any]) -> dict[str, Any]:
    """The same timeline for whoever acts otherwise, or not at all: a step that waits for an act of
    the agent takes its time instead.
    """
    for step in scenario.get("steps", ()):
        wait_s = step.get("calm", {}).get("for_s", 600)
        kept = {"id": step["id"]}
        if "verdict" in step:
            kept["verdict"] = step["verdict"]
        else:
            kept |= {"outbox": -1, "wait_s": wait_s}
        step.clear()
        step.update(kept)
    return scenario


def _tell(story: Story, online: bool, now_ms: int) -> None:
    step = story.current()
    if step is None:
        return
    story.seen.clear()
    if "verdict" not in step.spec:
        if now_ms - step.began_ms >= step.spec["wait_s"] * 1000:
            story.observe({"outbox": -1})
        return
    wanted = step.spec["verdict"]
    wanted = wanted if isinstance(wanted, list) else [wanted]
    if ("all_clear" in wanted) == online:
        story.observe({"verdict": wanted[0]})


def span(seconds: int | None) -> str:
    if seconds is None:
        return "never"
    return f"{seconds} s" if seconds < 120 else f"{seconds / 60:.1f} min"


def main(arguments: list[str]) -> int:
    seed = 1
    if arguments[:1] == ["--seed"]:
        seed, arguments = int(arguments[1]), arguments[2:]
    markdown = arguments[:1] == ["--markdown"]
    names = arguments[markdown:] or list(INCIDENTS)
    titles = {p: importlib.import_module("posworld.peers." + p).NAME for p in POLICIES}
    head = ("incident", "policy", "healed", "accesses", "cycles", "pins", "budgets broken")
    row = "| " + " | ".join(["{}"] * len(head)) + " |"
    print(row.format(*head))
    print(row.format(*["---"] * len(head)))
    for name in names:
        for policy in ("agent", *POLICIES):
            found = agent(name, seed) if policy == "agent" else peer(policy, name, seed)
            print(
                row.format(
                    name,
                    titles.get(policy, "this agent"),
                    span(found["healed_s"]),
                    found["accesses"],
                    found["cycles"],
                    found["pins"],
                    found["broken"] or "-",
                ),
                flush=True,
            )
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
