"""What happened to somebody's device in the field: the agent recovers, within its budgets, and the
tool says at each time what a careful expert would say.
"""

import pytest

import incidents
import verdicts
from posdiag.facts import names
from posworld.story import scenario as scenarios


@pytest.mark.parametrize("name", incidents.names())
def test_the_device_recovers_from(name, seed):
    run, told, said = incidents.play(name, seed)
    print(incidents.line(name, run, told))
    steps = [(step.id, step.state, step.done_ms // 1000, step.reason) for step in run.story.steps]
    assert told, (seed, steps, run.timing.verdicts)
    assert run.violations() == []
    in_time(name, run.timing.row())
    right_all_the_time(said)


# Where AT can read nothing of the fault: it shows at the next message or probe.
IN_SILENCE = {
    "accepts-and-never-answers",
    "already-connect",
    "captive-page",
    "half-open-and-forgotten",
    "iot-card-mute",
}
SHOWN_S = dict.fromkeys(IN_SILENCE, 990 + 60)
STARTING_S = 90  # automated accesses wait up to a minute after a start


def in_time(name, row):
    """The numbers of HEALING.md; `row` is the report's."""
    if row is None or row["noticed_ms"] is None or name.startswith("settlement-"):
        return
    from_start = row["fault_ms"] < STARTING_S * 1000
    if row["told_ms"] is not None and not from_start:
        assert row["told_ms"] <= 2000, row
    elif not from_start:
        assert row["noticed_ms"] <= SHOWN_S.get(name, 30) * 1000, row
    if row["late_ms"] is not None:
        assert row["late_ms"] <= 10000, row
        assert row["drawn_ms"] <= 5000 + row["held_ms"] // 4, row  # the jitter, announced before
    if row["clear_ms"] is not None and not from_start:
        assert row["clear_ms"] <= 10000, row


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
