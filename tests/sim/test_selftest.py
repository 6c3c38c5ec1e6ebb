"""The active self-test by the real agent in the simulated world, asked by posdiag's client."""

import pytest

import judge
from cable import client
from play import Play
from posdiag.errors import RequestFailed
from posproto import ids
from posworld.acquirer.messages import Terminal

ALL = list(range(ids.TEST_MODEM, ids.TEST_MEMORY + 1))
ECHO = Terminal().echo().hex()
FAULTS = {
    "card out": {"do": "sim", "fault": "absent"},
    "no coverage": {"do": "no_coverage"},
    "data barred": {"do": "bar", "layer": "data", "cause": 33},
    "card refused": {"do": "bar", "layer": "attach", "cause": 8},
    "name unknown": {"do": "path", "mode": "dns_fail"},
    "name server silent": {"do": "path", "mode": "dns_silent"},
    "host refuses": {"do": "path", "mode": "refuse"},
    "nothing passes": {"do": "path", "mode": "blackhole"},
    "host silent": {"do": "path", "mode": "mute_host"},
    "modem dead": {"do": "hang"},
}


def played(settings=None, faults=(), wait_s=90, family="quectel"):
    """A scenario in motion: a minute of calm, then the faults, then `wait_s`."""
    scenario = {
        "account": {"balance_minor": 9000},
        "modem": {"family": family},
        "agent": {"echo": ECHO, **(settings or {})},
    }
    play = Play(scenario)
    play.together.run(60)
    for fault in faults:
        play.stage.do(fault)
    play.together.run(wait_s)
    return play


def start(play, asked=None):
    """Ask until it starts, as the tool does."""
    asked = asked or client(play)
    for _ in range(120):
        try:
            return asked, asked.request(ids.OP_SELF_TEST, {0: True}).value
        except RequestFailed as busy:
            assert busy.result == ids.R_BUSY
            play.together.run(busy.value)
    raise AssertionError("never free")


def outcome(play):
    """{TEST_*: its map} of a whole test, and how long it took."""
    asked, value = start(play)
    began_ms = play.together.now_ms
    seen = []
    while value[ids.SELF_RUNS]:
        seen.append(len(value[ids.SELF_RESULTS]))
        play.together.run_ms(200)
        value = asked.request(ids.OP_SELF_TEST).value
        assert play.together.now_ms - began_ms < 60000
    assert seen == sorted(seen)
    return {found[ids.A_TEST]: found for found in value[ids.SELF_RESULTS]}


def failed(found):
    return [test for test in found if found[test][ids.A_RESULT] == ids.TESTED_FAILED]


def passed(found):
    return [test for test in found if found[test][ids.A_RESULT] == ids.TESTED_PASSED]


@pytest.mark.parametrize("family", ["quectel", "simcom", "sim800"])
def test_a_healthy_terminal_passes_and_the_acquirer_answers_the_echo(family):
    play = played(family=family)
    found = outcome(play)
    assert list(found) == ALL
    assert not failed(found), found
    assert found[ids.TEST_ANSWER][ids.A_F39] == "00"
    assert found[ids.TEST_SIGNAL][ids.A_SIGNAL_DBM] < 0
    assert [seen.mti for seen in play.acquirer.journal] == ["0820"]
    assert play.together.agent.layer == ids.LAYER_ANSWER
    events = [args for _, event, args in play.events if event == ids.E_SELF_TEST]
    assert events == [{ids.A_COUNT: 0}]


def test_a_cable_that_asks_for_it_all_day_gets_six_an_hour():
    """It needs no key: that must not empty the plan, nor fill the log."""
    play = played()
    asked = client(play)
    began = []
    while play.together.now_ms < 2 * 3600 * 1000:
        try:
            asked.request(ids.OP_SELF_TEST, {0: True})
            began.append(play.together.now_ms)
        except RequestFailed as busy:
            assert 1 <= busy.value <= 3600
        play.together.run(5)
    assert 10 <= len(began) <= 13
    assert all(after - first >= 3600 * 1000 for first, after in zip(began, began[6:]))


@pytest.mark.parametrize(
    "fault, first",
    [
        ("card out", ids.TEST_SIM),
        ("no coverage", ids.TEST_SIGNAL),
        ("data barred", ids.TEST_CONTEXT),
        ("card refused", ids.TEST_REGISTERED),
        ("name unknown", ids.TEST_DNS),
        ("name server silent", ids.TEST_DNS),
        ("host refuses", ids.TEST_TCP),
        ("nothing passes", ids.TEST_DNS),
        ("host silent", ids.TEST_ANSWER),
        ("modem dead", ids.TEST_MODEM),
    ],
)
def test_the_first_that_fails_is_the_layer_that_is_broken(fault, first):
    faults = [FAULTS[fault]]
    if fault == "data barred":
        faults.append({"do": "end_context"})
    # A dead modem is woken after two minutes of silence.
    play = played(faults=faults, wait_s=100 if fault == "modem dead" else 200)
    asked_before = play.app.answered()
    found = outcome(play)
    assert list(found) == ALL
    assert failed(found)[0] == first, found
    assert set(failed(found)) <= {first, ids.TEST_REGISTERED, ids.TEST_OUTBOX}
    assert {ids.TEST_FLASH, ids.TEST_CLOCK} <= set(passed(found))
    (event,) = [args for _, event, args in play.events if event == ids.E_SELF_TEST]
    assert event[ids.A_TEST] == first
    assert play.app.answered() == asked_before
    assert play.violations() == []


def test_a_message_that_waits_has_the_line_to_itself():
    play = played()
    asked, value = start(play)
    play.app.submit(play.terminal.sale(1000))
    while value[ids.SELF_RUNS]:
        play._app_turn()
        play.together.run_ms(50)
        value = asked.request(ids.OP_SELF_TEST).value
    results = {found[ids.A_TEST]: found for found in value[ids.SELF_RESULTS]}
    assert results[ids.TEST_ANSWER][ids.A_RESULT] == ids.TESTED_SKIPPED
    assert results[ids.TEST_ANSWER][ids.A_REASON] == "message"
    for _ in range(20):
        play.together.run(1)
        play._app_turn()
    assert [seen.mti for seen in play.acquirer.journal] == ["0200"]
    assert play.app.answered() == 1


def test_a_settlement_in_flight_is_never_touched():
    play = played()
    play.acquirer.policy.answer_ms = 8000
    play.app.submit(play.terminal.settlement())
    play._app_turn()
    play.together.run(2)
    assert play.together.agent.settlement.waiting is not None
    asked = client(play)
    with pytest.raises(RequestFailed) as refusal:
        asked.request(ids.OP_SELF_TEST, {0: True})
    assert refusal.value.result == ids.R_BUSY
    found = outcome(play)
    play._app_turn()
    assert not failed(found)
    assert play.app.answered() == 1
    assert [seen.mti for seen in play.acquirer.journal] == ["0500", "0820"]


@pytest.mark.parametrize("echo", [Terminal().sale(100).hex(), "0820", "zz", "00" * 40])
def test_what_is_no_echo_never_leaves(echo):
    play = played({"echo": echo})
    found = outcome(play)
    assert failed(found) == [ids.TEST_ANSWER]
    assert found[ids.TEST_ANSWER][ids.A_REASON] == "not_echo"
    assert play.acquirer.journal == []


def test_without_an_echo_or_a_host_these_are_not_tried():
    found = outcome(played({"echo": ""}))
    assert found[ids.TEST_ANSWER][ids.A_REASON] == "no_echo"
    found = outcome(played({"host": "", "port": 0}))
    assert found[ids.TEST_DNS][ids.A_REASON] == "no_host"
    assert not failed(found)


def test_a_restart_of_the_modem_ends_the_test():
    play = played()
    asked, _ = start(play)
    play.together.run_ms(800)
    play.stage.do({"do": "reset"})
    play.together.run(30)
    assert asked.request(ids.OP_SELF_TEST).value[ids.SELF_RUNS] is False
    play.together.run(120)
    assert play.together.agent.verdict == ids.V_ALL_CLEAR
    assert not failed(outcome(play))


def test_a_flash_that_takes_nothing_is_named():
    play = played()
    play.together.storage.capacity = play.together.storage.written
    play.together.storage.free = lambda: 0
    assert ids.TEST_FLASH in failed(outcome(play))


def test_it_runs_once_a_minute_at_most():
    play = played()
    outcome(play)
    asked = client(play)
    with pytest.raises(RequestFailed) as refusal:
        asked.request(ids.OP_SELF_TEST, {0: True})
    assert 50 < refusal.value.value <= 60
    assert asked.request(ids.OP_SELF_TEST).value[ids.SELF_AGE_S] < 10
    opened = [note for note in play.stage.operator.notes if note[1] == "tcp_open"]
    play.together.run(refusal.value.value)
    outcome(play)
    later = [note for note in play.stage.operator.notes if note[1] == "tcp_open"]
    assert len(later) == len(opened) + 1


def test_what_it_answers_is_in_the_schema():
    play = played()
    lines = []
    hear = play.together.on_line
    play.together.on_line = lambda line: (lines.append(bytes(line)), hear(line))
    the_judge = judge.Judge()
    asked = client(play)
    write = asked.transport.write
    asked.transport.write = lambda data: (lines.append(bytes(data)), write(data))
    asked, value = start(play, asked)
    while value[ids.SELF_RUNS]:
        play.together.run_ms(300)
        value = asked.request(ids.OP_SELF_TEST).value
    with pytest.raises(RequestFailed):
        asked.request(ids.OP_SELF_TEST, {0: True})
    for line in lines:
        the_judge.line(line)
    about = [n for n, operation in the_judge.asked.items() if operation == "self-test"]
    answers = [v for kind, n, v in the_judge.seen if kind == "response" and n in about]
    assert {v[ids.RS_RESULT] for v in answers} == {ids.R_OK, ids.R_BUSY}
    assert len(answers[-2][ids.RS_VALUE][ids.SELF_RESULTS]) == len(ALL)
