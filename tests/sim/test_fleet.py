"""Terminals with random faults within their radio budgets: a slice of what `make sim` plays, with
a fixed and a fresh seed.
"""

import random
import subprocess
import sys
from pathlib import Path

import fleet
import month
from dropping import keep_modules
from posagent.core import modules
from posworld.story import chaos, troubles

SCRIPT = Path(fleet.__file__)
SLICE = ("--runs", "9", "--days", "1")  # three of each family of modems


def run(*arguments):
    """(status, lines) of a fleet; they are shown as they come."""
    said = []
    command = [sys.executable, str(SCRIPT), *arguments]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        for line in process.stdout:
            said.append(line)
            print(line, end="", flush=True)
    return process.returncode, "".join(said)


def test_no_run_breaks_a_radio_budget_and_each_ends_well(seed, capsys):
    with capsys.disabled():
        print()
        status, said = run("--seed", str(seed), *SLICE)
    assert status == 0, said
    assert "budget 0, end 0, crash 0; 0 runs" in said


def test_seeds_that_nobody_chose_hold_too(capsys):
    fresh = random.SystemRandom().randrange(10**4, 10**8)
    with capsys.disabled():
        print()
        status, said = run("--seed", str(fresh), *SLICE)
    assert status == 0, said


def test_a_card_lost_anew_within_a_trouble_is_given_its_twenty_seconds_too():
    """It was switched off 49 ms after it was lost: the wait was that of an earlier loss."""
    for seed in (9666196, 6000090):
        assert fleet.play((seed, 1)).objections == {}, seed


def test_an_act_that_goes_by_itself_is_not_held_to_the_wait_of_an_order():
    """Two activations lay a minute apart, and an order would have waited six seconds more."""
    for seed in (340000313, 340000231):
        assert fleet.play((seed, 1)).objections == {}, seed


def test_a_run_is_a_function_of_its_seed_in_whatever_process():
    keep_modules(always=True)  # as where fleet.py is a process of its own
    first, again = fleet.play((4, 1)), list(fleet.played([(5, 1), (4, 1)], 2))
    assert {r.seed: r.digest for r in again}[4] == first.digest
    assert len({r.digest for r in again}) == 2


def test_a_second_day_in_the_same_process_loads_nothing(monkeypatch):
    """A simulated day took five times as long: what modules.py drops by was not held back here."""
    keep_modules(always=True)
    fleet.play((4, 1))
    loaded, plain = [], modules._import

    def noted(name):
        if name not in sys.modules:
            loaded.append(name)
        plain(name)

    monkeypatch.setattr(modules, "_import", noted)
    fleet.play((4, 1))
    assert loaded == []


def test_a_terminal_that_stays_broken_is_told_with_its_seed(monkeypatch, capsys):
    def never_repaired(self):
        self.running = False

    monkeypatch.setattr(chaos.Chaos, "stop", never_repaired)
    monkeypatch.setitem(chaos.FAULTS, "no_coverage", (10**6, troubles._no_coverage, 90000, 90000))
    result = fleet.play((1, 1))
    assert fleet.tell(list(fleet.shown(iter([result]), 1))) == 1
    assert "--seed 1 --runs 1 --days 1" in capsys.readouterr().out
    assert result.objections["end"]


def test_a_fleet_that_starts_at_once_does_not_call_at_once(monkeypatch):
    monkeypatch.setattr(month, "DAY_S", 60 * 70)  # the first minutes are enough
    monkeypatch.setattr(month, "CALM_S", 60 * 69)
    spread = [fleet.play((seed, 1)) for seed in range(1, 31)]
    waits = sorted(r.start_wait_s for r in spread if r.start_wait_s is not None)
    print("seconds from the start to the first access:", waits)
    assert len(waits) > 20 and fleet.together_s(spread) == ""
    assert max(waits) <= 75 and max(waits) - min(waits) > 30
    monkeypatch.setattr(month.Together, "start", starts_without_a_wait(month.Together.start))
    crowd = [fleet.play((seed, 1)) for seed in range(1, 31)]
    assert "within ten seconds" in fleet.together_s(crowd)


def starts_without_a_wait(start):
    def started(self):
        start(self)
        self.agent.boot_wait_s = 0

    return started


def test_too_many_activations_are_objected_to(monkeypatch):
    run = month.Month.run

    def hammer(self):
        for second in range(0, 3600, 40):
            self.stage.agenda.at(
                second * 1000 + 40000000, self.stage.operator.note, "activate", 33
            )
        run(self)

    monkeypatch.setattr(month.Month, "run", hammer)
    assert any("activations" in text for text in fleet.play((1, 1)).objections["budget"])
