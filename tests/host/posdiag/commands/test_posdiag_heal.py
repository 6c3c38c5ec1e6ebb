"""`posdiag heal`: what the budgets say of each rung, orders, and orders that must wait."""

import json

import pytest

from posdiag_cli import run
from posproto import ids

pytestmark = pytest.mark.usefixtures("english")


def test_heal_shows_the_budgets(device, capsys):
    device.values[ids.OP_LADDER] = {0: [0, 60, 0, 0, 3600, 0, 0, 900], 1: 300, 2: 1}
    _, out, _ = run(capsys, "heal", device.path)
    assert "for 3 min)" in out and "Trouble for" not in out  # one age, the verdict's
    assert "radio off and on, restart of the modem  in 1 h" in out


BUDGETS = [[0], [0], [712, 3, 5, 9, 120], *[[0, 0, 4, 0, 96]] * 2, *[[3600, 1, 1, 2, 24]] * 5]


def test_heal_shows_what_the_budget_says_of_each_step(device, capsys):
    device.values[ids.OP_LADDER] = {0: [0] * 9, 1: 300, 2: 1, 3: BUDGETS}
    _, out, _ = run(capsys, "heal", device.path)
    (line,) = [row for row in out.splitlines() if "context: " in row]
    assert "in 11 min" in line and "used 3 of 5 this hour, 9 of 120 today" in line
    (line,) = [row for row in out.splitlines() if "attach: " in row]
    assert "allowed now; used 0 of 4 this hour" in line
    assert "mcu_reset: restart the agent" in out
    _, out, _ = run(capsys, "heal", device.path, "--lang", "zh")
    assert "本小时已用 3/5次，今天 9/120次" in out and "cfun0：" in out


def test_heal_tells_the_budgets_to_programs(device, capsys):
    device.values[ids.OP_LADDER] = {0: [0] * 9, 1: 300, 2: 1, 3: BUDGETS}
    _, out, _ = run(capsys, "heal", device.path, "--json")
    shown = json.loads(out)["rungs"]
    assert [row["rung"] for row in shown][:2] == ["socket", "second_host"] and len(shown) == 10
    (context,) = [row for row in shown if row["rung"] == "context"]
    assert context == {
        "rung": "context",
        "wait_s": 712,
        "used_hour": 3,
        "max_hour": 5,
        "used_day": 9,
        "max_day": 120,
    }


def test_a_refused_order_names_the_step_and_the_time_to_wait(device, capsys, key_file):
    device.busy[ids.OP_HEAL] = 2520
    for lang, words in (
        ("en", "SIM card and radio off and on. Try again in 42 min"),
        ("zh", "42"),
    ):
        argv = ("heal", device.path, "cfun0", "--key-file", key_file, "--lang", lang)
        status, _, err = run(capsys, *argv)
        assert status == 9 and words in err


def test_an_unknown_healing_step_is_a_usage_error(device, capsys, key_file):
    status, _, err = run(capsys, "heal", device.path, "magic", "--key-file", key_file)
    assert status == 2
    assert "cfun0" in err


def test_heal_tells_what_befell_the_line_since_the_terminal_was_set_up(device, capsys):
    line = [40, 0, 7200, 65, 0, 0, 3, 4, 2, *[0] * 12]
    line[ids.LN_OVER] = 5
    line[ids.LN_OVER + ids.RUNG_CFUN4] = 1
    device.values[ids.OP_LADDER] = {0: [0] * 9, 1: 0, 2: 0, 3: BUDGETS, 4: line}
    _, out, _ = run(capsys, "heal", device.path)
    (row,) = [row for row in out.splitlines() if "got as far as: SIM card" in row]
    assert "2 h" in row
    (row,) = [row for row in out.splitlines() if "after: radio off and on" in row]
    assert row.split()[-1] == "1"
    _, out, _ = run(capsys, "heal", device.path, "--json")
    told = json.loads(out)["line"]
    assert told["outage_s"] == {"none": 40, "sim": 7200, "registered": 65}
    assert told["over_by"] == {"none": 5, "cfun4": 1} and told["refused"] == 4
    _, out, _ = run(capsys, "heal", device.path, "--lang", "zh")
    assert "本终端启用以来" in out
    for odd in ([1, 2], "x", [1] * 8 + ["a"] * 13, [-1] * 21):
        device.values[ids.OP_LADDER] = {0: [0] * 9, 1: 0, 2: 0, 4: odd}
        code, out, _ = run(capsys, "heal", device.path, "--json")
        assert code == 0 and json.loads(out)["line"] == {}


@pytest.mark.parametrize("odd", [{1: {"a": 1}}, {0: 5, 1: "x", 2: b"y"}, {1: [None], 3: 7, 4: {}}])
def test_budgets_that_are_none_are_left_out(device, capsys, odd):
    device.values[ids.OP_LADDER] = odd
    for more in ((), ("--json",)):
        status, out, err = run(capsys, "heal", device.path, *more)
        assert status == 0 and out, err
