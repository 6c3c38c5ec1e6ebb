"""What stands on the live screen of a small terminal: whole words, and everything that counts."""

import io
import re
import sys
from pathlib import Path

import pytest
from rich.cells import cell_len
from rich.console import Console

from frame_device import STATUS
from posdiag import simulation
from posdiag.facts import names
from posdiag.facts.model import Event, Hello, Status
from posdiag.show.console import App
from posdiag.show.i18n import LANGUAGES, Texts
from posdiag.show.screen import Screen, in_rows
from posdiag.show.words import event_words, facts
from posproto import ids
from posworld.story import scenario as scenarios

WORLD = Path(simulation.__file__).parents[1] / "posworld"
# A line that has much to say in each of its facts.
LONG = Status.from_map(
    {
        **STATUS,
        ids.ST_LAYER_S: 100,
        ids.ST_RUNG: ids.RUNG_CONTEXT,
        ids.ST_RUNG_S: STATUS[ids.ST_UPTIME_S] + 3700,
        ids.ST_CAUSE: ids.CAUSE_ESM << 8 | 33,
    }
)


def drawn(lang, width, height, status=LONG, notes=()):
    """The lines of a screen of this size."""
    app = App(lang)
    app.out = Console(file=io.StringIO(), width=width, height=height, force_terminal=True)
    screen = Screen(app, "COM5")
    screen.hello(Hello(agent="0.1.0", board="rpi_pico", family="quectel"))
    screen._findings.status = status
    screen._headline = ["Scenario", "Time", "Story"]
    for note in notes:
        screen.note(note)
    sink = io.StringIO()
    Console(file=sink, width=width, height=height).print(screen._draw())
    return sink.getvalue().splitlines()


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("width, height", [(80, 24), (100, 30), (120, 40)])
def test_the_facts_are_whole_on_a_screen_of_any_size(lang, width, height):
    lines = drawn(lang, width, height, notes=["something happened"] * 30)
    text = "\n".join(lines)
    assert len(lines) <= height
    for key, words in facts(Texts(lang), LONG):
        if key not in ("uptime", "dropped", "notes") or height >= 32:
            assert words in text, key
    assert "something happened" in text


def test_an_event_that_is_too_long_shows_that_it_goes_on():
    (line,) = [line for line in drawn("en", 80, 24, notes=["x" * 300]) if "xxx" in line]
    assert "x…" in line


def test_short_facts_stand_beside_each_other_and_long_ones_alone():
    pairs = [("a", "12"), ("b", "123456"), ("c", "1"), ("d", "12"), ("e", "1")]
    rows = [[name for name, _ in row] for row in in_rows(pairs, 3)]
    assert rows == [["a", "c"], ["b"], ["d", "e"]]


def shown(screen, width=80, height=24):
    screen._app.out = Console(file=io.StringIO(), width=width, height=height, force_terminal=True)
    sink = io.StringIO()
    Console(file=sink, width=width, height=height).print(screen._draw())
    lines = sink.getvalue().splitlines()
    assert len(lines) <= height
    return "\n".join(lines)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_keys_hold_filter_and_explain_what_happened(lang):
    screen = Screen(App(lang), "COM5")
    screen._findings.status = LONG
    ready, lost = (
        Event(id=number, severity=severity, sequence=7, args={"cause": 4 << 8 | 36})
        for number, severity in (
            (ids.E_MODEM_READY, ids.SEV_INFO),
            (ids.E_CONTEXT_LOST, ids.SEV_WARNING),
        )
    )
    words = [event_words(Texts(lang), event)[:6] for event in (ready, lost)]
    screen.event(ready)
    screen.event(lost)
    assert all(part in shown(screen) for part in words)
    screen.press("f")
    text = shown(screen)
    assert words[0] not in text and words[1] in text
    assert Texts(lang).get("page", "from_warning") in text
    screen.press("f")
    assert words[1] not in shown(screen)
    screen.press("f")
    screen.press("d")
    text = shown(screen)
    assert "#7 context_lost cause=1060" in text
    assert Texts(lang).verdict("credit_overdue").helpdesk[:8] in text
    screen.press("d")
    screen.press("p")
    screen.note("after that")
    text = shown(screen)
    assert "after that" not in text and Texts(lang).get("screen", "held", count=1) in text
    screen.press("p")
    assert "after that" in shown(screen)
    screen.press("x")
    with pytest.raises(KeyboardInterrupt):
        screen.press("q")


@pytest.mark.skipif(sys.platform == "win32", reason="no simulator here")
@pytest.mark.parametrize("lang", LANGUAGES)
def test_whatever_happens_in_the_world_is_told_in_words(lang):
    texts = Texts(lang)
    source = "".join(file.read_text(encoding="utf-8") for file in WORLD.rglob("*.py"))
    kinds = set(re.findall(r'note\(\s*"(\w+)"', source)) - set(simulation._QUIET)
    assert len(kinds) > 25
    assert sorted(kind for kind in kinds if not texts.has("world", kind)) == []
    messages = {
        item["message"]
        for name in scenarios.names()
        for item in scenarios.load(name).get("timeline", ())
        if "message" in item
    }
    assert [name for name in messages if not texts.has("world_message", name)] == []


def said(text, width, lang="en"):
    """The lines that a terminal of this width gets."""
    app = App(lang)
    app.out = Console(file=io.StringIO(), width=width, force_terminal=True, color_system=None)
    app.say(text)
    return app.out.file.getvalue().splitlines()


def test_a_long_line_goes_on_below_its_last_column():
    line = (
        "  2025-06-03 01:31:54  fault     Data connection refused, cause ESM 33 (not subscribed)"
    )
    first, *rest = said(line, 72)
    assert rest and all(more.startswith(" " * 33) and more[33] != " " for more in rest)
    assert " ".join([first.strip(), *(more.strip() for more in rest)]) == line.strip()


def test_a_long_chinese_line_fills_its_first_line_and_is_cut_as_chinese_is():
    """All of it had moved below "fault", and a line began with the colon of the one before."""
    line = (
        "  2025-06-03 01:33:00  故障      结论：SIM卡欠费停机（之前：SIM卡可能欠费或流量用完）；"
        "反复不让入网，没有给出原因，运营商短信：已停机，余额用完，约15分钟"
    )
    for width in range(68, 100):
        first, *rest = said(line, width, "zh")
        assert cell_len(first) > width - 9 and "结论：" in first, first
        assert all(more.startswith(" " * 33) and more[33] != " " for more in rest)
        assert "".join([first.strip(), *(more.strip() for more in rest)]) == line.strip()
        for at in (first, *rest):
            assert cell_len(at) <= width and at.strip()[0] not in "，。；：）" and at[-1] != "（"
            assert not at.endswith(("SIM", "15"))


@pytest.mark.parametrize("lang", LANGUAGES)
def test_no_sentence_is_broken_within_a_word_or_longer_than_the_screen(lang):
    texts = Texts(lang)
    for name in names.VERDICTS.values():
        words = texts.verdict(name).meaning
        lines = said(words, 40, lang)
        assert all(cell_len(line) <= 40 for line in lines)
        if lang == "en":
            assert " ".join(line.strip() for line in lines) == words
        else:
            assert "".join(lines).replace(" ", "") == words.replace(" ", "")


def test_a_pipe_gets_each_line_whole(capsys):
    App("en").say("word " * 100)
    assert capsys.readouterr().out == "word " * 100 + "\n"


@pytest.mark.parametrize(
    "lang, words", [("en", "No contact to the terminal for"), ("zh", "失去联系")]
)
def test_a_pulled_cable_does_not_leave_the_old_verdict_as_if_it_were_so(lang, words):
    app = App(lang)
    app.out = Console(file=io.StringIO(), width=100, height=40, force_terminal=True)
    screen = Screen(app, "COM5")
    screen._findings.status = LONG
    sink = io.StringIO()
    console = Console(
        file=sink, width=100, height=40, force_terminal=True, color_system="standard"
    )
    console.print(screen._draw())
    assert words not in sink.getvalue() and "\x1b[31m" in sink.getvalue()  # red: a fault
    screen.contact(False)
    sink.truncate(0)
    console.print(screen._draw())
    assert words in sink.getvalue() and "\x1b[31m" not in sink.getvalue()  # grey
    screen.contact(True)
    sink.truncate(0)
    console.print(screen._draw())
    assert words not in sink.getvalue()
