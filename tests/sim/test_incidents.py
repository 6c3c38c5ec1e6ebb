"""What happened to somebody's device in the field: the agent recovers, within its budgets, and the
tool says at each time what a careful expert would say.
"""

import pytest

import incidents
import verdicts
from posdiag import names
from posworld import compile as scenarios


@pytest.mark.parametrize("name", incidents.names())
def test_the_device_recovers_from(name, seed):
    run, told, said = incidents.play(name, seed)
    print(incidents.line(name, run, told))
    steps = [(step.id, step.state, step.done_ms // 1000, step.reason) for step in run.story.steps]
    assert told, (seed, steps, run.reporter.verdicts)
    assert run.violations() == []
    right_all_the_time(said)


@pytest.mark.parametrize("name", incidents.NOT_INCIDENTS)
def test_the_verdicts_are_right_in(name, seed):
    _, told, said = verdicts.play(name, seed)
    assert told
    right_all_the_time(said)


def right_all_the_time(said):
    """From the frames and from the log alone, in both languages."""
    wrong = [verdicts.line(row) for row in said if not row.is_right]
    assert said and not wrong, "\n" + "\n".join(wrong)
    for row in said:
        for source, verdict in row.given.items():
            assert verdict in names.VERDICTS.values()
            assert row.titles[source, "zh"] != row.titles[source, "en"]


def test_every_scenario_names_verdicts_that_exist():
    known = set(names.VERDICTS.values())
    for name in scenarios.names():
        expected = scenarios.load(name).get("expect")
        assert expected, name
        for table in expected:
            assert {table["verdict"], *table.get("or", ())} <= known, (name, table)
