"""The agent's life on real firmware, an emulated Pico below it: `make emulate UF2=path`.

    python tests/emulated/emulate.py [IMAGE [STORY [CHAPTER ...]]]

Status 0 with one sentence where something that it needs is missing, 1 where the story goes wrong.
"""

from __future__ import annotations

import json
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import figures
import reading_cost
import stack_cost
from keyed_program import KeyedProgram
from story import Story

from board import Board, missing
from posdiag.board.entry import open_prompt
from posdiag.link.client import Client
from posdiag.link.transports import open_transport
from posproto import submit
from shop import Shop

SALES, URCS = 3, 20
CALM_MINUTES = 3
NOISE = b'\r\n+QIND: "noise",0\r\n' * 600
STARTS_S = 2.5  # so long a start lasts at least


class Life(Story):
    """A terminal from its first program to a hung CPU."""

    CHAPTERS = (
        *("stack", "reading", "flash", "provision", "balance", "sale", "settlement", "log"),
        "power_cut",
        *("lock", "locked", "calm", "urcs", "burst", "noisy_start", "hung_cpu", "unlock"),
    )

    def stack(self) -> None:
        with open_prompt(self.shop.url, 115200, fresh=True, within_s=60) as prompt:
            call, level = stack_cost.measure(prompt)
        self.figures["C stack of a call, of an import level"] = f"{call}, {level} bytes"

    def reading(self) -> None:
        with open_prompt(self.shop.url, 115200, fresh=True, within_s=60) as prompt:
            first_ms, again_ms = reading_cost.measure(prompt)
        told = f"{first_ms} ms, {again_ms} ms again"
        self.figures["a text read in one go, its code and words loaded for it"] = told

    def balance(self) -> None:
        self.until("the balance", lambda s: s.get("balance_minor") == 5000, 600)

    def sale(self) -> None:
        for amount in range(1, SALES + 1):
            self._submit(self.shop.world.terminal.sale(100 * amount))

    def settlement(self) -> None:
        self._submit(self.shop.world.terminal.settlement())

    def log(self) -> None:
        shown = self.shop.posdiag("log", self.shop.url, "--json")
        assert "acknowledged" in shown and "balance" in shown, shown[-2000:]

    def power_cut(self) -> None:
        """What the till took stays as it was, and the batch with it."""
        before = self._money()
        assert before["batch"] == "balanced" and "unknown" not in before.values(), before
        self.board.told.clear()
        self.board.order("cut")
        self.restarted()
        after = self._money()
        for record, was in before.items():
            assert after.get(record) == was, f"{record}: {before} became {after}"

    def locked(self) -> None:
        assert self.shop.status()["flags"], "a locked board answers on USB"
        self.until("all clear", lambda s: s["verdict"] == "all_clear", 600)

    def calm(self) -> None:
        """Minutes, of which one may have a probe of the path in it."""
        shares = []
        for _ in range(CALM_MINUTES):
            self.board.order("zero")
            self.board.rest(60)
            now = self.board.order("figures")
            share = 100 * now["awake_ms"] / max(1, now["awake_ms"] + now["slept_ms"])
            shares.append(f"{share:.1f} %")
        self.figures["CPU in minutes at rest"] = ", ".join(shares)

    def urcs(self) -> None:
        self.board.lines.clear()
        self.board.is_watched = True
        for _ in range(URCS):
            if len(figures.events_after_urcs(self.board.lines)) >= URCS:
                break
            self.shop.do("detach")
            self.board.rest(10)
        self.board.is_watched = False
        times = figures.events_after_urcs(self.board.lines)
        assert times, "no event followed a URC"
        self.figures["URC to event"] = f"{max(times):.0f} ms, worst of {len(times)}"

    def burst(self) -> None:
        """Twelve kilobytes at line speed, from a modem that heeds no RTS."""
        self.board.order("rts", 0)
        self.shop.world.shell.call(lambda: self.shop.world.shell.modem_port.write(NOISE))
        self.board.rest(5)
        lost = self.board.order("figures")["lost"]
        self.board.order("rts", 1)
        self.figures["lost of a burst without RTS"] = f"{lost} of {len(NOISE)} bytes"

    def noisy_start(self) -> None:
        """The same while the agent starts: its port is not open yet, so nothing of it is left half
        read, and it asks for everything behind its start.
        """
        self.board.told.clear()
        self.board.order("rts", 0)
        self.board.order("cut")
        self.board.rest(STARTS_S)
        self.shop.world.shell.call(lambda: self.shop.world.shell.modem_port.write(NOISE))
        self.restarted()
        lost = self.board.order("figures")["lost"]
        self.board.order("rts", 1)
        self.until("all clear", lambda s: s["verdict"] == "all_clear", 600)
        self.figures["lost of it once a start has its port"] = f"{lost} of {len(NOISE)} bytes"

    def hung_cpu(self) -> None:
        self.board.told.clear()
        self.board.order("hang")
        self.board.until("the watchdog bites", lambda: self.told("watchdog"), 12)
        self.restarted()
        shown = self.shop.posdiag("log", self.shop.url, "--json")
        assert "watchdog" in shown, shown[-2000:]

    # -- helpers ---------------------------------------------------------------------------

    def _take(self, record: int) -> None:
        """The answer, as the till takes it: what it never took was in the agent's RAM alone."""
        client = Client(open_transport(self.shop.url, 115200))
        with closing(client):
            patience_s = 4 * self.board.slowness()
            client.greet(2 * patience_s)
            answer = submit.Answer(record)
            while not answer.add(client.request(*answer.request(), timeout_s=patience_s).value):
                pass
            client.request(*submit.done(record), timeout_s=2 * patience_s)
        self.shop.world.terminal.take(answer.data)

    def _money(self) -> dict[Any, str]:
        """{id of a message, or "batch": its state}"""
        told = json.loads(self.shop.posdiag("settlement", self.shop.url, "--json"))
        states = {one["id"]: one["state"] for one in told["messages"]}
        return {**states, "batch": told["settlement"]["state"]}

    def _submit(self, message: bytes) -> None:
        self.board.lines.clear()
        self.board.is_watched = True
        file = self.shop.folder / "message.hex"
        file.write_text(message.hex())
        self.shop.posdiag(
            "submit", self.shop.url, "--message", file, "--record-id", self._next(), "--wait", 60
        )
        self.board.is_watched = False
        self._take(self._record)
        times = figures.messages_accepted(self.board.lines)
        assert times, "no message was handed in"
        worst = max([*times, self.figures.get("_accepted", 0)])
        self.figures["_accepted"] = worst
        self.figures["message accepted"] = f"{worst:.0f} ms, worst"

    def _next(self) -> int:
        self._record = getattr(self, "_record", 0) + 1
        return self._record


STORIES: dict[str, type[Story]] = {"life": Life, "program": KeyedProgram}


def play(story: Story, chapters: Sequence[str]) -> int:
    """0, or 1 where a chapter goes wrong, which is said."""
    board = story.board
    for chapter in chapters:
        began_s = time.monotonic()
        print(f"{chapter.replace('_', ' ')} ...", flush=True)
        try:
            getattr(story, chapter)()
        except AssertionError as error:
            print(f"emulate: {chapter}: {error}", file=sys.stderr)
            print(f"  {board.told[-6:]}", file=sys.stderr)
            print(b"".join(board.console).decode("utf-8", "replace"), file=sys.stderr)
            return 1
        took = time.monotonic() - began_s
        print(f"    {took:.0f} s; the board's time is {board.now_s():.0f} s")
        story.weigh(chapter)
    return 0


def main(arguments: list[str]) -> int:
    image = arguments[0] if arguments else ""
    if why := missing(image):
        print(f"emulate: skipped: {why}")
        return 0
    kind = STORIES[arguments[1] if len(arguments) > 1 else "life"]
    with tempfile.TemporaryDirectory(prefix="emulated-") as name:
        folder = Path(name)
        with Board(image, folder) as board, Shop(board, folder) as shop:
            story = kind(shop)
            try:
                return play(story, arguments[2:] or kind.CHAPTERS)
            finally:
                story.tell()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
