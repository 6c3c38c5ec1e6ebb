"""Power cuts at each write of a change of cards, to the second card and home again.

    python tests/sim/card_cuts.py [--seed N] [EVERY]

The first card is in arrears with a sale waiting, the second one has a PIN; later the first is paid
and its platform says so. The change is played once to count its writes to flash; then the power
goes at each of them, at every second one the module's too, which may forget its card by that.
Afterwards the wanted card is in use on both sides, its PIN was not entered more often than there
were starts, the sale is booked and answered once, and no budget is broken.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

if __name__ == "__main__":
    _ROOT = Path(__file__).resolve().parents[2]
    for _folder in ("protocol", "firmware", "host_tools", "tests", "tests/unit", "tests/sim"):
        sys.path.insert(0, str(_ROOT / _folder))

import cheap_loading
from memory_storage import PowerCutError
from play import Play
from posagent.core.host import requests
from posproto import ids
from posworld.story import scenario as scenarios
from posworld.story.actions import ACTIONS

LIMIT_S = 2400
CUT_S = 5 * 3600  # an act that was paid for and cut may be the hour's second: then it takes four
QUIET_S = 900  # afterwards nothing changes any more
WAYS = ("over", "home")


def scenario(forgets: bool) -> dict[str, Any]:
    found = scenarios.load("first-card-in-arrears")
    found["modem"] = {**found.get("modem", {}), "forgets_card": forgets}
    found["sim2"] = {"pin": "4321"}
    found["agent"] = {**found["agent"], "sim2_pin": "4321"}
    return found


class Change:
    """One change of cards. `cut`: at which of its writes the power goes, 0 at none."""

    def __init__(self, way: str, cut: int, seed: int) -> None:
        self.way, self.cut = way, cut
        self.play = Play(scenario(forgets=cut % 4 == 2), seed)
        self.wanted = WAYS.index("home") - WAYS.index(way)  # over: 1, home: 0
        self.writes = self.cuts = 0

    def run(self) -> None:
        play = self.play
        self._until(lambda: self._noted("submit"), 1200)
        if self.way == "home":
            self._until(lambda: play.app.answered() > 0, LIMIT_S)
            self._until(lambda: play.story.seen.get("verdict") == "all_clear", LIMIT_S)
            play.advance(300)
            operator = play.stage.operator
            operator.on_card(0, operator.top_up, 8000)
            told = {ids.PLAN_STATE: 1, ids.PLAN_CARD: play.stage.modem.cards[0].iccid[-8:]}
            assert requests._plan_set(play.together.agent, told)[0] == 0
        before = play.together.storage.changes
        if self.cut:
            play.together.storage.lose_at = self.cut
        self._until(self._changed, CUT_S if self.cut else LIMIT_S)
        self.writes = play.together.storage.changes - before  # told where nothing was cut
        selected = self._noted("card_selected")
        self._pass(QUIET_S)
        assert self._noted("card_selected") == selected, "it changes again"
        self._judge()

    def _changed(self) -> bool:
        """The wanted card carries all, and the agent says so."""
        play = self.play
        return bool(
            play.stage.modem.slot == play.together.agent.slot == self.wanted
            and play.app.answered()
            and play.together.agent.context_up
            and play.story.seen.get("verdict") == "all_clear"
        )

    def _judge(self) -> None:
        play = self.play
        assert self._changed(), play.story.seen
        assert play.app.answered() == 1, "answers"
        assert not play.acquirer.ledger.double_bookings()
        assert len(play.acquirer.ledger.bookings) == 1, "bookings"
        assert self._noted("pin_entered") <= 2 + self.cuts, "the PIN is entered again and again"
        assert play.violations() == [], play.violations()

    def _noted(self, kind: str) -> int:
        return sum(note[1] == kind for note in self.play.stage.operator.notes)

    def _until(self, done: Any, limit_s: int) -> None:
        end_ms = self.play.together.now_ms + limit_s * 1000
        while not done():
            assert self.play.together.now_ms < end_ms, f"not within {limit_s} s"
            self._pass(1)

    def _pass(self, seconds: int) -> None:
        end_ms = self.play.together.now_ms + seconds * 1000
        while self.play.together.now_ms < end_ms:
            try:
                self.play.advance(1)
            except PowerCutError:
                self.cuts += 1
                self.play.cut_power()
                if self.cut % 2 == 0:
                    ACTIONS["reset"](self.play.stage, {})


def writes(way: str, seed: int) -> int:
    """How often flash is changed in a change of cards that nothing cuts."""
    whole = Change(way, 0, seed)
    whole.run()
    assert whole.writes and not whole.cuts
    return whole.writes


def main(arguments: list[str]) -> int:
    cheap_loading.install()
    seed = 1
    if arguments[:1] == ["--seed"]:
        seed, arguments = int(arguments[1]), arguments[2:]
    every = int(arguments[0]) if arguments else 1
    failed = 0
    for way in WAYS:
        total = writes(way, seed)
        for cut in range(1, total + 1, every):
            change = Change(way, cut, seed)
            try:
                change.run()
                assert change.cuts, "nothing was cut"
            except AssertionError as error:
                failed += 1
                print(f"{way}, cut at write {cut} of {total}: {error}", flush=True)
        print(f"{way}: {total} writes, cut at every {every}.", flush=True)
    print(f"{failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
