"""World time: when it may jump together with the agent, and how far."""

from posworld.shell.virtualclock import VirtualClock


class Wall:
    def __init__(self):
        self.s = 0.0

    def __call__(self):
        return self.s


def clock(speed):
    wall = Wall()
    return VirtualClock(speed, wall), wall


def test_real_time_never_jumps():
    time, wall = clock(1)
    wall.s = 2.0
    time.take("I 60000")
    assert time.now_ms() == 2000 and time.jump(50000) == 0


def test_a_busy_agent_holds_time():
    time, _ = clock(0)
    assert time.jump(5000) == 0
    time.take("I 60000")
    time.take("B")
    assert time.jump(5000) == 0


def test_it_jumps_to_the_nearest_of_both_deadlines():
    time, wall = clock(0)
    wall.s = 1.0
    time.agent_started()
    time.take("I 30000")
    assert time.jump(9000) == 8000
    time.take("I 30000")
    assert time.jump(-1) == 31000 - 9000
    assert time.now_ms() == 31000


def test_an_agent_without_a_deadline_follows_the_world():
    time, _ = clock(0)
    time.take("I -1")
    assert time.jump(7000) == 7000
    time.take("I -1")
    assert time.jump(-1) == 0


def test_the_agents_own_clock_is_what_its_deadlines_are_counted_in():
    time, wall = clock(0)
    time.agent_started()
    wall.s = 0.4
    time.take("P 100")  # its uptime began 300 ms after the process
    time.take("I 1100")
    assert time.jump(-1) == 1000


def test_one_jump_then_the_agent_speaks_first():
    time, wall = clock(0)
    time.take("I 60000")
    assert time.jump(10000) == 10000
    wall.s = 0.1  # the answer to a jump may take so long
    assert time.jump(20000) == 0
    time.take("I 60000")
    assert time.jump(20000) > 0


def test_bytes_for_the_agent_make_its_word_out_of_date():
    time, wall = clock(0)
    time.take("I 60000")
    wall.s = 0.001
    time.touched()
    assert time.jump(10000) == 0
    wall.s = 0.002
    time.take("I 60000")
    assert time.jump(10000) > 0


def test_speed_limits_how_much_time_passes_in_all():
    time, wall = clock(50)
    passed = 0
    for step in range(1000):
        wall.s = step / 1000
        time.take("I 10000000")
        passed += time.jump(-1)
    assert 45000 <= passed <= 50000
    assert time.jumps < 100


def test_pins_are_handed_on():
    time, _ = clock(1)
    assert time.take("K 600") == "K 600"
    assert time.take("R 150") == "R 150"
    assert time.take("") == "" and time.take("B") == ""
