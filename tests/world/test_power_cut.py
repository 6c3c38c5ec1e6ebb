"""The agent's supply fails in the middle of everything, and comes back."""

from __future__ import annotations

import pytest

from waiting import wait


@pytest.fixture
def waiting(shop):
    """A terminal with a settlement in its outbox: the acquirer is down."""
    shop.do("acquirer", down=True)
    shop.do("submit", message="settlement")
    app = shop.world.shell.app
    wait("the settlement is handed in", lambda: app.jobs and app.jobs[0].handed_in_ms >= 0)
    return shop


def test_a_settlement_survives_the_power_cut_and_is_delivered(waiting):
    waiting.cut_power()
    waiting.restore_power()
    assert waiting.status()["status"]["outbox"] == 1
    waiting.do("acquirer", down=False)
    waiting.run()
    world = waiting.world
    wait("the answer", lambda: world.shell.app.answered() == 1)
    waiting.settled()
    assert [entry.mti for entry in world.acquirer.journal].count("0500") == 1
    assert waiting.status()["status"]["outbox"] == 0
    told = [e["event"] for e in waiting.events() if e["boot"] == 2]
    assert told.index("sent") < told.index("acknowledged")


def test_the_boot_number_counts_and_the_log_goes_on_behind_itself(shop):
    shop.until(1000)
    for _ in range(2):
        shop.cut_power()
        shop.restore_power()
        shop.until(1000)  # what is no warning waits for minutes, to spare the flash
    assert shop.status()["status"]["boot"] == 3
    events = shop.events()
    boots = [e["boot"] for e in events]
    assert boots == sorted(boots) and set(boots) == {1, 2, 3}
    sequences = [e["sequence"] for e in events]
    assert sequences == sorted(set(sequences))
    assert [e["event"] for e in events].count("boot") == 3


def test_power_fails_between_send_and_answer_and_nothing_is_charged_twice(shop):
    """A sale is out, its answer is not in: it is never sent again."""
    world = shop.world
    world.acquirer.policy.answer_ms = 60_000
    shop.do("submit", message="sale", arguments=[12850])
    wait("the sale at the acquirer", lambda: [e.mti for e in world.acquirer.journal] == ["0200"])
    shop.cut_power()
    shop.restore_power()
    shop.run()
    shop.settled("outcome_unknown")
    shop.until(1200)
    assert [e.mti for e in world.acquirer.journal].count("0200") == 1
    assert world.shell.app.answered() == 0
