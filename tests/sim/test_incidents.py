"""What happened to somebody's device in the field: the agent recovers, within its budgets."""

import pytest

import incidents


@pytest.mark.parametrize("name", incidents.names())
def test_the_device_recovers_from(name, seed):
    run, told = incidents.play(name, seed)
    print(incidents.line(name, run, told))
    steps = [(step.id, step.state, step.done_ms // 1000, step.reason) for step in run.story.steps]
    assert told, (seed, steps, run.reporter.verdicts)
    assert run.violations() == []
