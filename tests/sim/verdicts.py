"""What posdiag says of every scenario at the times that the scenario names, beside what is right.

    python tests/sim/verdicts.py [--seed N] [NAME...]

Twice: from the live frames of a doctor's visit (recorded and replayed by the command itself), and
from nothing but the log on the flash; in both languages. Status 1 if one is wrong.
"""

from __future__ import annotations

import io
import json
import sys
import tempfile
import time
from contextlib import redirect_stdout
from dataclasses import dataclass, field
from pathlib import Path

if __name__ == "__main__":
    _ROOT = Path(__file__).resolve().parents[2]
    for _folder in ("protocol", "firmware", "host_tools", "tests", "tests/unit", "tests/sim"):
        sys.path.insert(0, str(_ROOT / _folder))

import cheap_loading
from cable import Cable
from play import Play
from posdiag import cli
from posdiag.facts.findings import from_client
from posdiag.link.capture import CaptureWriter, RecordingTransport
from posdiag.link.client import Client
from posdiag.show.i18n import LANGUAGES
from posworld.story import scenario as scenarios
from posworld.story.expect import Expectation, Expectations

LIMIT_S = 4 * 86400


@dataclass
class Row:
    """One look: `given` by source, "frames" or "log"; `titles` by source and language."""

    expected: tuple[str, ...]
    when: str
    at_s: int
    given: dict[str, str] = field(default_factory=dict)
    titles: dict[tuple[str, str], str] = field(default_factory=dict)

    @property
    def is_right(self) -> bool:
        return len(self.given) == 2 and all(v in self.expected for v in self.given.values())


def doctor(*arguments: str) -> tuple[str, dict[str, str]]:
    """The verdict that the command gives, which must be one, and its title by language."""
    verdicts, titles = set(), {}
    for lang in LANGUAGES:
        out = io.StringIO()
        with redirect_stdout(out):
            cli.main(["doctor", *arguments, "--json", "--lang", lang])
        said = json.loads(out.getvalue())
        verdicts.add(said["verdict"])
        titles[lang] = said["title"]
    (verdict,) = verdicts
    return verdict, titles


def from_frames(play: Play, folder: Path) -> tuple[str, dict[str, str]]:
    """A doctor's visit: everything is asked and recorded, then judged from the recording."""
    file = folder / "visit.cap"
    cable = Cable(play)
    transport = RecordingTransport(cable, CaptureWriter(file))
    client = Client(transport, clock=lambda: play.together.now_ms / 1000)
    client.greet()
    from_client(client)
    client.close()
    return doctor("--replay", str(file))


def from_flash(play: Play, folder: Path) -> tuple[str, dict[str, str]]:
    """The log alone: its two files, with what the agent would write before it is switched off."""
    log = play.together.agent.log
    files = []
    for segment in (0, 1):
        data = bytes(play.together.storage.files.get(f"log{segment}", b""))
        if segment == log.current:
            data += bytes(log.buffer)
        if data:
            file = folder / f"log{segment}"
            file.write_bytes(data)
            files += ["--raw-log", str(file)]
    return doctor(*files)


class Book:
    """Looks at a run at the times that its scenario names; `rows` is what was found."""

    def __init__(self, play: Play) -> None:
        self.play = play
        self.expectations = Expectations(play.stage, play.story)
        self.rows: list[Row] = []

    def look(self) -> None:
        for one in self.expectations.due(self.play.together.now_ms):
            self.rows.append(self._row(one))

    def _row(self, one: Expectation) -> Row:
        row = Row(one.verdicts, one.name(), self.play.together.now_ms // 1000)
        with tempfile.TemporaryDirectory() as name:
            for source, ask in (("frames", from_frames), ("log", from_flash)):
                row.given[source], titles = ask(self.play, Path(name))
                row.titles |= {(source, lang): title for lang, title in titles.items()}
        return row

    def finish(self) -> None:
        """Behind the end of the story: what is still to come."""
        self.look()  # the story may have ended while a doctor was there
        while self.expectations.coming():
            self.play.together.run(1)
            self.look()
        for one in self.expectations.waiting:
            self.rows.append(Row(one.verdicts, one.name(), -1))


def play(name: str, seed: int = 1) -> tuple[Play, bool, list[Row]]:
    """The scenario played to its end: (the run, whether every step happened, what was said)."""
    run = Play(scenarios.load(name), seed)
    book = Book(run)
    told = run.run(LIMIT_S, book.look)
    book.finish()
    return run, told, book.rows


def line(row: Row) -> str:
    given = list(dict.fromkeys(row.given.values())) or ["never came to it"]
    titles = " | ".join(dict.fromkeys(row.titles.values()))
    mark = "ok   " if row.is_right else "WRONG"
    alternatives = "|".join(row.expected)
    return (
        f"  {mark} {row.when:22} {row.at_s:7} s  {alternatives:40} {'|'.join(given):22} {titles}"
    )


def main(arguments: list[str]) -> int:
    cheap_loading.install()
    seed = 1
    if arguments[:1] == ["--seed"]:
        seed, arguments = int(arguments[1]), arguments[2:]
    print(f"seed {seed}; when, time, expected, given from frames and from the log alone, title")
    started = time.monotonic()
    count = wrong = 0
    for name in arguments or scenarios.names():
        _, told, rows = play(name, seed)
        print(name if told else f"{name}: the story was not told to its end")
        for row in rows:
            print(line(row))
        if not rows:
            print("  WRONG it declares no verdict")
        count += len(rows)
        wrong += sum(not row.is_right for row in rows) + (not rows)
    print(f"{count} verdicts, {wrong} wrong, {time.monotonic() - started:.0f} s")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
