from posagent.core.life.clock import Clock, ticks_add, ticks_diff
from posagent.core.life.prng import Prng

PERIOD = 1 << 30


def test_ticks_compare_right_across_the_wrap():
    before = PERIOD - 5
    after = ticks_add(before, 10)
    assert after == 5
    assert ticks_diff(after, before) == 10
    assert ticks_diff(before, after) == -10
    assert ticks_add(after, -10) == before
    assert ticks_diff(7, 7) == 0


def test_uptime_runs_on_for_months_while_ticks_wrap():
    clock = Clock(PERIOD - 1500)
    step_ms = 3 * 86400 * 1000
    now_ms = PERIOD - 1500
    for _ in range(30):
        now_ms = (now_ms + step_ms) % PERIOD
        clock.advance(now_ms)
    assert clock.s == 90 * 86400
    assert clock.ms == now_ms


def test_uptime_keeps_the_milliseconds_between_seconds():
    clock = Clock()
    for now_ms in range(0, 10001, 7):
        clock.advance(now_ms)
    assert clock.s == 9
    clock.advance(10000)
    assert clock.s == 10


def test_time_never_runs_backwards():
    clock = Clock(5000)
    clock.advance(9000)
    clock.advance(8000)
    assert (clock.ms, clock.s) == (9000, 4)
    clock.advance(9500)
    assert (clock.ms, clock.s) == (9500, 4)
    clock.advance(10000)
    assert clock.s == 5


def test_an_unwrapped_time_source_is_taken_too():
    clock = Clock()
    clock.advance(PERIOD // 4)
    clock.advance(PERIOD // 2)
    clock.advance(PERIOD * 3 // 4)
    clock.advance(PERIOD + 1000)
    assert clock.ms == 1000
    assert clock.s == (PERIOD + 1000) // 1000


def test_calendar_time_is_unknown_until_told_and_reports_its_steps():
    clock = Clock()
    assert clock.unix_s == 0
    clock.advance(60000)
    assert clock.set_unix(1_700_000_000) == 0
    clock.advance(90000)
    assert clock.unix_s == 1_700_000_030
    assert clock.set_unix(1_700_000_035) == 5
    assert clock.set_unix(1_700_000_000) == -35
    assert clock.unix_s == 1_700_000_000


def test_a_time_that_jumps_is_not_believed_before_another_source_or_a_day_agrees():
    for again_s, source, made in (
        (60, 1, False),
        (60, 3, True),
        (86400, 1, True),
        (86399, 1, False),
    ):
        clock = Clock()
        clock.told(1_700_000_000, 1)
        clock.advance(1000)
        jump_s = 10 * 365 * 86400
        assert clock.told(1_700_000_001 + jump_s, 1) == (jump_s, None)
        assert clock.unix_s == 1_700_000_001 and not clock.sure
        clock.advance(1000 + again_s * 1000)
        told = clock.told(1_700_000_001 + jump_s + again_s, source)
        assert told == (jump_s, made), (again_s, source)
        assert clock.sure == made
        assert clock.unix_s == 1_700_000_001 + again_s + (jump_s if made else 0)


def test_what_the_network_dates_is_as_old_as_its_own_calendar_says():
    """A till whose clock ran a year ahead made each answer of the operator a year old."""
    clock = Clock()
    assert clock.age_s(1_700_000_000) == 0  # nobody told the time
    clock.told(1_731_536_000, 2)  # the till: a year ahead
    assert clock.age_s(1_700_000_000) == 31_536_000
    assert clock.told(1_700_000_005, 1)[1] is None  # the network
    assert clock.age_s(1_700_000_000) == 5
    assert clock.age_s(1_700_000_006) == 31_535_994  # not by a calendar in which it is to come
    clock.advance(60_000)
    assert clock.age_s(1_700_000_000) == 65
    assert clock.age_s(1_800_000_000) == 0


def test_two_jumps_to_different_times_confirm_nothing():
    clock = Clock()
    clock.told(1_700_000_000, 1)
    for day in (9, 400, -70, 5000):
        assert clock.told(1_700_000_000 + day * 86400, day) == (day * 86400, None)
    assert clock.unix_s == 1_700_000_000
    clock.told(1_700_000_000, 1)  # as it was: the doubt is over
    assert clock.told(1_700_000_000 + 5000 * 86400, 7)[1] is None


def test_a_clock_is_sure_when_another_source_or_a_day_agrees():
    clock = Clock()
    clock.told(1_700_000_000, 1)
    clock.told(1_700_000_003, 1)
    assert not clock.sure and clock.unix_s == 1_700_000_003
    clock.told(1_700_000_003, 3)
    assert clock.sure
    clock = Clock()
    clock.told(1_700_000_000, 1)
    clock.advance(86_400_000)
    clock.told(1_700_086_400, 1)
    assert clock.sure


def test_jitter_is_the_same_on_every_runtime():
    rng = Prng(1)
    assert [rng.u32() for _ in range(4)] == EXPECTED_1
    rng = Prng(1)
    assert [rng.below(60) for _ in range(4)] == [x % 60 for x in EXPECTED_1]


def test_neighbouring_seeds_do_not_march_in_step():
    firsts = [Prng(seed).below(1000) for seed in range(50)]
    assert len(set(firsts)) > 40
    assert Prng(0xFFFFFFFF).u32() != 0  # the one seed whose product is zero


EXPECTED_1 = [1887536153, 1079117592, 378662720, 1145480572]
