"""The walk of firmware/README.md, walked: one byte from the modem's `+CEREG: 3` to the sentence on
the screen enters each file that a hop names, in the order in which they are named.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path
from types import FrameType
from typing import Any

from play import Play
from posdiag.judge.diagnosis import Findings
from posdiag.link.client import Client
from posdiag.show.heading import heading
from posdiag.show.i18n import Texts
from posproto import ids

ROOT = Path(__file__).resolve().parents[2]
NAMED = re.compile(r"`([\w/]+\.py|\w+\(\))`")
# Played by tests/sim/together.py in their place; a table without a line that runs.
NOT_HERE = ("io/loop.py", "io/port.py", "core/situation.py")


class _Cable:
    """A transport whose other end said all it has to say."""

    name = "cable"

    def __init__(self, lines: list[bytes]) -> None:
        self.lines = lines

    def read(self, timeout_s: float) -> bytes:
        return self.lines.pop(0) if self.lines else b""


def _hops() -> list[list[str]]:
    text = (ROOT / "firmware/README.md").read_text("utf-8")
    walk = text.split("## One byte's way")[1].split("\n## ")[0]
    return [NAMED.findall(hop) for hop in re.split(r"^\d\. ", walk, flags=re.M)[1:]]


def _all_clear() -> Play:
    play = Play({"modem": {"family": "quectel"}})
    play.together.run(300)
    assert play.together.agent.verdict == ids.V_ALL_CLEAR
    return play


def test_a_byte_goes_the_way_that_the_readme_tells():
    play = _all_clear()
    play.together.agent.feed_modem(b"\r\n+CGREG: 3\r\n", 13)  # LTE's own line comes last
    lines: list[bytes] = []
    play.together.on_line = lines.append
    entered: list[tuple[str, str]] = []

    def note(frame: FrameType, event: str, argument: Any) -> None:
        if event == "call" and "/tests/" not in frame.f_code.co_filename:
            entered.append((frame.f_code.co_filename, frame.f_code.co_name + "()"))

    start_ms = play.together.now_ms
    before = sys.getprofile()
    sys.setprofile(note)
    try:
        play.together.agent.feed_modem(b"\r\n+CEREG: 3\r\n", 13)
        client = Client(_Cable(lines))
        while client.status is None or client.status.verdict != ids.V_DENIED:
            if not lines:  # no turn more than it takes: a look would go some of the way again
                play.together.now_ms += max(play.together.turn(), 1)
                assert play.together.now_ms < start_ms + 1000, "no status told it in a second"
            client.pump(0)
        shown = heading(Texts("en"), Findings(port="cable", status=client.status))
    finally:
        sys.setprofile(before)
    assert shown.title == "The network refuses this SIM card"
    at = 0
    for number, hop in enumerate(_hops(), 1):
        for name in [name for name in hop if name not in NOT_HERE]:
            while at < len(entered) and not (
                entered[at][0].endswith("/" + name) or entered[at][1] == name
            ):
                at += 1
            assert at < len(entered), f"hop {number}: {name} is not entered behind what is before"
