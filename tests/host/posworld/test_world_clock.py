"""World time: it passes in steps that the agent has answered, on the wall's time or by jumps."""

import pytest

from posworld.shell.virtualclock import VirtualClock


class Wall:
    def __init__(self):
        self.s = 0.0

    def __call__(self):
        return self.s


def world(speed):
    """A clock without an agent, and its wall."""
    wall = Wall()
    time = VirtualClock(speed, wall)
    time.start()
    return time, wall


def clock(speed, word="I 60000"):
    """One whose agent has just begun and said `word`."""
    time, wall = world(speed)
    time.agent_started()
    time.take("P 0")
    time.take(word)
    return time, wall


def answer(time, word):
    """What the agent says to each step."""
    time.take("P %d" % time.now_ms())
    time.take(word)


def test_a_world_without_an_agent_goes_by_the_wall():
    time, wall = world(0)
    wall.s = 2.5
    assert time.now_ms() == 2500 and not time.waits()
    assert time.step(9000, True) == -1


def test_no_time_passes_before_the_agent_has_begun():
    time, wall = world(1)
    wall.s = 2.0
    time.agent_started()
    wall.s = 9.0
    assert time.now_ms() == 2000 and time.waits() and time.step(2500, False) == -1
    time.take("I 500")  # of the life that was cut off
    assert time.waits()
    time.take("P 0")
    assert time.waits()
    time.take("B 500")
    assert not time.waits() and time.next_ms(-1) == 2500


def test_real_time_never_jumps():
    time, wall = clock(1)
    wall.s = 0.06
    assert time.step(50000, True) == 60


@pytest.mark.parametrize("speed", [0, 1])
def test_a_busy_agent_goes_as_on_the_wall_and_exactly_to_what_is_due(speed):
    time, wall = clock(speed, "B 300")
    wall.s = 0.02
    assert time.step(-1, True) == -1  # in steps of fifty milliseconds, each costs both a turn
    assert time.step(15, True) == 15
    answer(time, "B 300")
    wall.s = 0.08
    assert time.step(-1, True) == 65
    answer(time, "B 300")
    assert time.now_ms() == 80


@pytest.mark.parametrize("stopped", ["agent", "world"])
def test_who_gets_no_turn_on_a_busy_computer_misses_nothing(stopped):
    """A world that waited a quarter of a second for its agent went on without it."""
    time, wall = clock(1, "B 300")
    wall.s = 0.05
    assert time.step(-1, False) == 50
    if stopped == "world":
        answer(time, "B 300")
        wall.s = 30.0
    else:
        wall.s = 30.0
        assert time.step(-1, False) == -1 and time.waits()
        answer(time, "B 300")
    assert time.step(-1, False) == 100
    assert time.now_ms() == 150


def test_it_jumps_to_the_nearest_of_both_deadlines():
    time, _ = clock(0, "I 30000")
    assert time.step(9000, True) == 9000
    answer(time, "I 30000")
    assert time.step(-1, True) == 30000 - 9000
    assert time.now_ms() == 30000


def test_what_is_in_flight_holds_the_jump_but_not_the_time():
    time, wall = clock(0)
    assert time.step(9000, False) == -1
    wall.s = 0.05
    assert time.step(9000, False) == 50


def test_the_agents_own_clock_is_what_its_deadlines_are_counted_in():
    time, wall = world(0)
    wall.s = 0.4
    time.agent_started()
    time.take("P 100")
    time.take("I 1100")
    assert time.step(-1, True) == 1000 and time.now_ms() == 1400


def test_one_jump_then_the_agent_speaks_first_however_long_that_takes():
    time, wall = clock(0)
    assert time.step(10000, True) == 10000
    wall.s = 100.0
    assert time.step(20000, True) == -1
    time.take("P 10000")
    assert time.step(20000, True) == -1
    time.take("I 60000")
    assert time.step(20000, True) == 10000


def test_bytes_for_the_agent_make_its_word_out_of_date():
    """It said that before they came, and may not have got a turn since: it is asked."""
    time, wall = clock(0)
    wall.s = 0.001
    time.touched()
    assert time.step(10000, True) == -1  # they are still under way
    wall.s = 0.02
    assert time.step(10000, True) == 0
    assert time.step(10000, True) == -1
    time.touched()
    answer(time, "I 60000")
    wall.s = 0.04
    assert time.step(10000, True) == 0  # others came meanwhile
    answer(time, "I 60000")
    assert time.step(10000, True) == 10000


def test_speed_limits_how_much_time_passes_in_all():
    time, wall = clock(50)
    passed = 0
    for step in range(1000):
        wall.s = step / 1000
        if (distance := time.step(-1, True)) >= 0:
            passed += distance
            answer(time, "I 10000000")
        elif not time.waits() and passed == 0:
            time.take("I 10000000")
    assert 45000 <= passed <= 50000
    assert time.jumps < 100


def test_pins_are_handed_on():
    time, _ = clock(1)
    assert time.take("K 600") == "K 600"
    assert time.take("R 150") == "R 150"
    assert time.take("") == "" and time.take("B 7") == ""


def test_an_agent_that_restarts_by_itself_is_waited_for():
    time, wall = clock(1)
    assert time.take("M") == "M"
    wall.s = 5.0
    assert time.step(-1, False) == -1
    time.take("B 400")
    assert time.step(-1, False) == 100
