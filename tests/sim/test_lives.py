"""Lives of accounts: warned in time, named right, back soon after payment, within all budgets."""

import pytest

import lives
from posworld.story.judge import Judge

# life: days of warning at least, seconds from payment to service at most, what is said at last.
# 15 min where nothing announces the payment; where a text does, its own time and ten seconds.
SLOT_S = 900
TEXT_S = 300 + 60  # the text comes when the operator has opened the line, 300 s after payment
PROOF_S = 60
HOURLY_S = 3600 + 60  # a modem that is silent by design until its radio restarts
EXPECTED = {
    "slow-drain": (3, TEXT_S, {"credit_overdue"}),
    "selling-on": (3, TEXT_S, {"credit_overdue"}),
    "overdraft": (3, TEXT_S, {"credit_overdue"}),
    "monthly-fee": (3, TEXT_S, {"credit_overdue"}),
    "new-wording": (3, TEXT_S, {"credit_overdue"}),
    "plan-year": (3, SLOT_S, {"credit_plan_expired"}),
    "over-quota": (3, SLOT_S, {"credit_data_used_up"}),
    "one-way-then-two-way": (3, HOURLY_S, {"credit_overdue"}),
    "wrong-debit": (None, None, {""}),
    "mute-card": (None, SLOT_S, {"credit_suspected"}),
    "mute-denied": (None, HOURLY_S, {"denied", "credit_suspected"}),
    "fraud-control": (None, HOURLY_S, {"credit_restricted"}),
    "maintenance": (None, None, {""}),
    "outage-and-arrears": (3, TEXT_S, {"credit_overdue"}),
}


def test_every_life_has_its_expectation():
    assert set(EXPECTED) == set(lives.LIVES)


@pytest.mark.parametrize("name", EXPECTED)
def test_life(name, seed):
    warned_days, service_s, said = EXPECTED[name]
    result = lives.LIVES[name](seed)
    print(result.line(name))
    assert result.false == []
    assert result.said in said
    if warned_days is not None:
        assert result.warned_days is not None and result.warned_days >= warned_days
    if service_s is not None:
        assert result.service_s is not None and result.service_s <= service_s
        # Nobody sells anything here: the agent asks for the answer itself, and says so.
        assert result.proven_s is not None and result.proven_s <= service_s + PROOF_S
        assert result.dearest <= 31  # the budget of paid questions a month
    if name in ("wrong-debit", "maintenance"):
        assert result.alerts == 0
    assert Judge(result.life.stage).violations() == []


def test_faults_of_the_network_alone_are_never_called_arrears(seed, whole, capsys):
    if whole and seed == 1:
        with capsys.disabled():
            assert lives.play_weeks(seed, 200) == 0
        return
    for n in range(3):
        count, said = lives.week(seed + n)
        assert count > 50 and said == [], (seed + n, said)
