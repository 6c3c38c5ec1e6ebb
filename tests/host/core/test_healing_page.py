"""firmware/HEALING.md says what the code does: rungs, situations, budgets, sources, times."""

import re
from pathlib import Path

import pytest

from posagent import modems
from posagent.core import schedule, situation
from posagent.core.healing import budgets, choice, ladder, turn
from posagent.core.network import doubt, path
from posproto import ids

ROOT = Path(__file__).resolve().parents[3]
PAGE = (ROOT / "firmware/HEALING.md").read_text(encoding="utf-8")
SOURCE = (ROOT / "firmware/posagent/core/healing/budgets.py").read_text(encoding="utf-8")
RUNGS = {n: name[5:].lower() for name, n in vars(ids).items() if name.startswith("RUNG_")}
SITUATIONS = {n: name.lower() for name, n in vars(situation).items() if name.isupper()}
SITUATIONS |= {
    choice._CONGESTED: "no_context, congested",
    choice._NO_HOST: "host_down, no connection",
    choice._NO_PATH: "host_down, nothing passes",
    choice._SLOW: "well, slow",
}


def span(seconds):
    """As the page writes it."""
    for size, unit in ((3600, "h"), (60, "min")):
        if seconds and seconds % size == 0:
            return f"{seconds // size} {unit}"
    return f"{seconds} s"


def table(title):
    """The rows under this heading, each a list of cells."""
    section = PAGE.split(f"\n## {title}\n")[1].split("\n## ")[0]
    rows = [line for line in section.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in row.strip("|").split("|")] for row in rows[2:]]


def class_name(klass):
    order = re.findall(r"^([A-Z_]+) = const\(\d+\)$", SOURCE, re.MULTILINE)
    return order[klass].lower()


def test_every_rung_is_there_in_its_order_with_its_budget_and_wait():
    rows = table("Rungs")
    expected = []
    for number in range(ids.RUNG_SOCKET, ids.RUNG_OTHER_CARD + 1):
        wait_s = budgets.WAIT_S[number]
        klass = choice.class_of(number, situation.UNREGISTERED, False)
        budget = "-" if klass < 0 else f"`{class_name(klass)}`"
        expected.append([f"`{RUNGS[number]}`", span(wait_s) if wait_s else "-", budget])
    assert [[row[0], row[2], row[3]] for row in rows] == expected


def test_every_situation_names_its_rungs_and_when_they_act():
    rows = {row[0].strip("`"): row[2] for row in table("Situations")}
    expected = {
        SITUATIONS[plight]: ", ".join(
            f"`{RUNGS[rung]}`" + (f" after {span(after_s)}" if after_s else "")
            for rung, after_s in rungs
        )
        for plight, rungs in choice.RUNGS.items()
    }
    assert (rows.pop("well"), rows.pop("sim_locked")) == ("nothing needed", "nothing helps")
    assert rows == expected
    for name, number in vars(situation).items():
        if name.isupper() and number < situation.SITUATIONS:
            assert f"`{name.lower()}`" in PAGE


def test_every_budget_stands_there_with_its_numbers():
    rows = {row[0].strip("`"): row[1:] for row in table("Budgets")}
    assert list(rows) == [class_name(klass) for klass in range(budgets.CLASSES)]
    for klass in range(budgets.CLASSES):
        first, second, later, many, burst, refill_s, jitter, hour, day = budgets.BUDGETS[klass]
        gaps, bursts, jitters, an_hour, a_day = rows[class_name(klass)][:5]
        if klass == budgets.CARD:
            *gone, last = map(span, budgets.CARD_S)
            assert gaps == f"{', '.join(gone)}, then {last}"
        elif first == second == later:
            assert gaps == (span(first) if first else "-"), klass
        elif first == second:
            assert gaps == f"{span(first)}, {span(later)} after {many} acts", klass
        else:
            assert gaps == f"{span(first)}, {span(second)}, then {span(later)}", klass
        assert bursts == (f"{burst}, one more each {span(refill_s)}" if burst else "-")
        assert jitters == (f"{jitter} %" if jitter else "-")
        assert (an_hour, a_day) == (str(hour), str(day))


@pytest.mark.parametrize("klass", range(budgets.CLASSES))
def test_every_source_named_on_the_page_stands_beside_its_numbers(klass):
    body = SOURCE.split("\nBUDGETS = (\n")[1].split("\n)\n")[0]
    blocks = re.findall(r"((?:    # .*\n)+)    \(", body)
    assert len(blocks) == budgets.CLASSES
    comments = [" ".join(re.findall(r"# (.*)", block)) for block in blocks]
    sources = {row[0].strip("`"): row[6] for row in table("Budgets")}[class_name(klass)]
    assert sources
    for source in sources.split("; "):
        assert source.lower() in comments[klass].lower(), (source, comments[klass])


def test_the_other_times_are_those_of_the_code():
    named = {row[0].strip("`"): row[1] for row in table("Other times")}
    where = {**vars(path), **vars(schedule), **vars(ladder), **vars(budgets), **vars(choice)}
    where |= {**vars(turn), **vars(doubt)}
    assert len(named) > 8
    for name, written in named.items():
        value = where[name]
        if isinstance(value, tuple):
            assert written == ", ".join(span(n) for n in value), name
        else:
            assert written in (span(value), str(value)), (name, value)


def test_how_each_family_gets_a_message_and_what_a_lost_byte_does_there():
    data = b"\x02\x41\x0d\xff"
    found = {}
    for name, how, lost, source in table("A byte lost on the serial line"):
        family = modems.load(name.lower().replace("-", ""))
        command = next(family.tcp_send(0, data))
        digits = command.data is None
        if digits:
            assert b'=-1,4,"02410dff"' in command.text or b'=0,4,"02410dff"' in command.text
            word = "refused at once"
        else:
            assert command.data == data and command.text.endswith(b",4")
            word = "gives up by itself" if family.PROMPT_ENDS else "cannot notice"
        assert word in lost and ("hex digits" in how) == digits and source, name
        assert f"`{command.text.split(b'=')[0].decode()}`" in how, name
        found[family.NAME] = digits
    assert sorted(found) == sorted(modems._NAMES.split())


def test_a_lost_byte_of_quectel_s_counted_data_makes_no_shorter_message():
    """Hex digits without a count would: an even number of them is as good as any other."""
    command = next(modems.load("quectel").tcp_send(0, b"abc"))
    assert command.text == b"+QISEND=0,3" and command.data == b"abc"
