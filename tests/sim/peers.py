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

from dropping import keep_modules
from play import Play
from posworld.peers.at import At, Pin, Wait
from posworld.story import scenario as scenarios
from posworld.story.judge import ACCESSES, CYCLES, PINS, Judge
from posworld.story.stage import Stage
from posworld.story.story import Story

keep_modules()
POLICIES = (
    *("naive", "net_manage", "qframe", "voice_box", "zephyr_cellular", "mbed_table"),
    *("luatos_auto", "watchcat", "ping_reboot"),
)
# Of the radio, the card or the module. Left out: what only an acquirer, a text or a key tells,
# what lies between the microcontroller and the module, and locked cards: no policy holds a PIN.
INCIDENTS = (
    "left-coverage-lte-only",
    "denied-until-topup",
    "congested-attach",
    "cell-barred",
    "card-lost-contact",
    "module-off-by-heat",
    "supply-latched-off",
    "at-port-dead",
    "boot-sim-failure-then-ready",
    "stale-pdp-after-reboot",
    "reset-loop-kills-sim",
    "sim-drops-off-bus",
    "card-loose-for-hours",
    "tray-empty",
    "denied-not-polled-away",
    "sim-blocked-then-reactivated",
    "old-refusal-told-for-ever",
    "slow-after-cfun",
    "paid-but-still-down",
    "back-off-told",
    "pdp-deact-hourly",
    "daily-disconnect",
    "resets-that-bar-the-attach",
    "stuck-in-data-mode",
    "no-sim-announced-wrongly",
    "reset-a-link-that-just-recovered",
    "stays-on-2g",
)
LIMIT_S = 4 * 3600  # after the moment at which it could be healed
STEP_MS = 200
LOOK_S = 5


class Watch:
    """When the module was in service again, by the world's own state; `curable` and `fault` are
    the scenario's marks.
    """

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self.healed_ms: int | None = None
        self.lost = False  # it was out of service after the fault
        self.served = self.ever = False
        self._marks: dict[str, int] = {}
        self._tells = any(
            item.get("mark") == "curable" for item in stage.scenario.get("timeline", ())
        )

    def online(self) -> bool:
        modem = self.stage.modem
        context = modem.radio.contexts.get(1)
        up = modem.state == 2 and not modem.hung and modem.radio.attached
        if modem.radio.stays_slow and up and modem.radio.slow():
            return False  # there is LTE, and it does not look
        return bool(up and modem.sim.ready() and modem.radio.dbm() is not None and context.address)

    def mark(self, name: str) -> int | None:
        if name not in self._marks:
            for at_ms, kind, detail in self.stage.operator.notes:
                if kind == "mark" and detail == name:
                    self._marks[name] = int(at_ms)
                    break
        return self._marks.get(name)

    def begin_ms(self) -> int | None:
        return self.mark("curable" if self._tells else "fault")

    def look(self, now_ms: int) -> None:
        begin_ms, online = self.begin_ms(), self.online()
        if online and not self.served:
            self.stage.operator.note("in_service")  # who proves no path has that alone
        self.served = online
        self.ever = self.ever or online
        begun = self.mark("fault") is not None or begin_ms is not None
        self.lost = self.lost or (begun and not online)
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
        broken = len(judge.violations())
        return {"healed_s": span, "broken": broken, "begun": self.ever, **counts}

    def over(self, now_ms: int) -> bool:
        begin_ms = self.begin_ms()
        if not self.ever and now_ms > LIMIT_S * 1000:
            return True  # never in service: its story does not begin
        late = begin_ms is not None and now_ms > begin_ms + LIMIT_S * 1000
        return self.healed_ms is not None or late


def agent(name: str, seed: int) -> dict[str, Any]:
    play = Play(scenarios.load(name), seed)
    watch = Watch(play.stage)
    while not watch.over(play.together.now_ms) and play.together.now_ms < 10 * LIMIT_S * 1000:
        play.advance(1)
        watch.look(play.together.now_ms)
    return watch.row()


class Driver:
    """A policy at the AT port of a stage's modem. turn(now_ms) every STEP_MS, or rest_ms()."""

    def __init__(self, policy: str, stage: Stage) -> None:
        self.modem = stage.modem
        self.running = importlib.import_module("posworld.peers." + policy).policy()
        self.heard = b""
        self.lines: list[str] = []
        self.item: Any = Wait(15000)
        self.due_ms = 15000
        self.begun = False

    def turn(self, now_ms: int) -> None:
        self.heard += self.modem.output(now_ms)
        if self.heard:
            *whole, self.heard = self.heard.replace(b"\r", b"\n").split(b"\n")
            self.lines += [line.decode("latin-1") for line in whole if line]
        answer: list[str] = []
        done = now_ms >= self.due_ms
        if isinstance(self.item, At):
            ended = [i for i, line in enumerate(self.lines) if _final(line)]
            done = done or bool(ended)
            answer = self.lines[: ended[0] + 1] if ended else []
        if not done:
            return
        item = self.item = self.running.send(answer if self.begun else None)
        self.begun = True
        self.lines = []
        if isinstance(item, At):
            self.modem.feed(b"AT" + item.text.encode() + b"\r", now_ms)
            self.due_ms = now_ms + item.limit_ms
        elif isinstance(item, Pin):
            act = self.modem.reset_pin if item.name == "reset" else self.modem.power_key
            act(*((now_ms,) if item.name == "reset" else (now_ms, item.ms)))
            self.due_ms = now_ms
        else:
            self.due_ms = now_ms + item.ms

    def rest_ms(self, now_ms: int) -> int:
        """Until something may happen at the port, in whole steps; a second at most."""
        world_ms = self.modem.deadline(now_ms)
        soon_ms = min(self.due_ms - now_ms, 1000 - now_ms % 1000)
        if 0 <= world_ms < soon_ms:
            soon_ms = world_ms
        return max(-(-soon_ms // STEP_MS), 1) * STEP_MS


def peer(policy: str, name: str, seed: int) -> dict[str, Any]:
    """The same world under another's policy. The story's steps wait for an agent's verdicts: here
    the world's own state answers for them.
    """
    stage = Stage(_for_anybody(scenarios.load(name)), seed)
    story = Story(stage)
    stage.power_on()
    watch = Watch(stage)
    driver = Driver(policy, stage)
    now_ms = 0
    while now_ms < 10 * LIMIT_S * 1000:
        driver.turn(now_ms)
        now_ms += driver.rest_ms(now_ms)
        if now_ms % 1000 == 0:
            _tell(story, watch.online(), now_ms)
            watch.look(now_ms)
            if watch.over(now_ms):
                break
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


def cell(found: dict[str, Any]) -> str:
    """One field of the table in HEALING.md."""
    if not found["begun"]:
        return "never up"
    broken = f", {found['broken']} broken" if found["broken"] else ""
    return span(found["healed_s"]) + broken


def faster(name: str, rows: dict[str, dict[str, Any]]) -> list[str]:
    """The policies that break no budget and are back sooner, by more than a look's time."""
    ours = rows["agent"]
    found = []
    for policy, theirs in rows.items():
        healed_s = theirs["healed_s"]
        if policy == "agent" or theirs["broken"] or healed_s is None:
            continue
        if ours["healed_s"] is None or ours["healed_s"] > healed_s + LOOK_S:
            found.append(
                f"faster: {name}: {policy} {span(healed_s)}, {theirs['accesses']} accesses;"
                f" this agent {span(ours['healed_s'])}, {ours['accesses']}"
            )
    return found


def main(arguments: list[str]) -> int:
    seed = 1
    if arguments[:1] == ["--seed"]:
        seed, arguments = int(arguments[1]), arguments[2:]
    markdown = arguments[:1] == ["--markdown"]
    names = arguments[markdown:] or list(INCIDENTS)
    titles = {p: importlib.import_module("posworld.peers." + p).NAME for p in POLICIES}
    titles["agent"] = "this agent"
    head: tuple[str, ...] = (
        "incident",
        "policy",
        "healed",
        "accesses",
        "cycles",
        "pins",
        "broken",
    )
    if markdown:
        head = ("incident", *(titles[policy] for policy in ("agent", *POLICIES)))
    row = "| " + " | ".join(["{}"] * len(head)) + " |"
    print(row.format(*head))
    print(row.format(*["---"] * len(head)))
    slower = []
    for name in names:
        rows = {}
        for policy in ("agent", *POLICIES):
            found = rows[policy] = (
                agent(name, seed) if policy == "agent" else peer(policy, name, seed)
            )
            if not markdown:
                counts = [found[key] for key in ("accesses", "cycles", "pins")]
                healed = span(found["healed_s"]) if found["begun"] else "never up"
                broken = found["broken"] or "-"
                print(row.format(name, titles[policy], healed, *counts, broken), flush=True)
        if markdown:
            print(row.format(f"`{name}`", *map(cell, rows.values())), flush=True)
        slower += faster(name, rows)
    print("\n".join(slower))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
