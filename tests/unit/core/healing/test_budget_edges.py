"""The budgets at their edges: spacing, jitter, bursts, hours and days, to the second.

Random numbers are the largest that were possible. The numbers are those of budget_sources.py.
"""

from budget_sources import BUDGETS
from plight import Plight
from posagent.core import situation
from posagent.core.healing import budgets
from posproto import ids


class _Most:
    """Random numbers of which each is the largest that was possible."""

    def below(self, n):
        return n - 1


def _book(plight=situation.WELL, s=100):
    """A Book at uptime `s`, whose random numbers are the largest."""
    one = Plight(plight)
    one.pass_s(s)
    one.ladder.rng = _Most()
    return budgets.Book(one.ladder)


def test_the_spacing_grows_with_the_acts_of_a_trouble():
    book = _book()
    for name in BUDGETS:
        first, second, later, many = BUDGETS[name][:4]
        klass = getattr(budgets, name)
        for acts in (0, 1, 2, 3, 4, 5, 6, many, many + 1, 60):
            expected = first if acts <= 1 else second if acts <= many else later
            if name == "CARD":
                expected = (60, 60, 300, 600, 3600)[min(acts, 4)]
            book.rows[klass][3] = acts
            assert book.spacing_s(klass) == expected, (name, acts)


def test_an_act_draws_its_gap_up_to_the_jitter_of_its_class_and_pays_its_burst():
    for name in BUDGETS:
        first, _, _, _, burst, refill_s, percent = BUDGETS[name][:7]
        first = 60 if name == "CARD" else first
        book = _book()
        klass = getattr(budgets, name)
        book.act(klass)
        row = book.rows[klass]
        assert row[:2] == [book.now, first + first * percent // 100], name
        assert row[2] == (book.now + refill_s if burst else 0), name
        assert row[3:] == [1, book.now, 1, book.now, 1], name
        book.now += 1
        book.act(klass)
        assert row[2] == (book.now - 1 + 2 * refill_s if burst else 0), name
        assert row[3:] == [2, book.now - 1, 2, book.now - 1, 2], name


def test_each_activation_in_a_row_waits_longer_up_to_four_hours():
    book = _book()
    for gap_s in (60, 120, 180, 300, 600, 900, 1800, 3600, 7200, 14400, 14400, 14400):
        book.act(budgets.ACTIVATE_TEMPORARY)
        assert book.rows[budgets.ACTIVATE_TEMPORARY][1] == gap_s + gap_s // 4, gap_s


def test_an_hour_and_a_day_end_after_3600_and_86400_seconds():
    for ago_s, hour, day in ((3599, 1, 1), (3600, 0, 1), (86399, 0, 1), (86400, 0, 0)):
        book = _book(s=100)
        book.act(budgets.ATTACH)
        book.now += ago_s
        assert book.told(budgets.ATTACH)[1:] == [hour, 4, day, 96], ago_s
        book.act(budgets.ATTACH)
        assert book.told(budgets.ATTACH)[1:] == [hour + 1, 4, day + 1, 96], ago_s
    assert book.told(-1) == [0]


def test_a_used_up_burst_refills_act_by_act():
    for name, most_s in (("ACTIVATE_TEMPORARY", 39 * 240), ("CYCLE_DEMAND", 17 * 4800)):
        book = _book()
        book.rows[getattr(budgets, name)][2] = book.now + most_s
        assert book.wait_s(getattr(budgets, name)) == 0, name
        book.now -= 7
        assert book.wait_s(getattr(budgets, name)) == 7, name
    book = _book()
    book.rows[budgets.CARD][2] = book.now + 3 * 4320 + 7
    assert book.wait_s(budgets.CARD) == 7


def test_nothing_is_owed_where_nothing_acted():
    book = _book(s=5000)
    book.ladder.trouble_s = book.ladder.clock.s - 600  # ten minutes of trying are over
    for klass in range(budgets.CLASSES):
        assert book.wait_s(klass) == 0, klass
        assert book.wait_s(klass, 1) == 0, klass


def test_an_activation_is_one_to_the_network_whoever_pays_it():
    for paid, asked, wait_s in (
        (budgets.ACTIVATE_PERMANENT, budgets.ACTIVATE_TEMPORARY, 50),
        (budgets.ACTIVATE_TEMPORARY, budgets.ACTIVATE_PERMANENT, 880),
    ):
        book = _book()
        book.act(paid)
        book.now += 10
        assert book.wait_s(asked) == wait_s, paid


def test_a_cycle_is_one_whoever_ordered_it():
    for paid, asked, wait_s in (
        (budgets.CYCLE, budgets.CYCLE_DEMAND, 590),
        (budgets.CYCLE_DEMAND, budgets.CYCLE, 3590),
    ):
        book = _book()
        book.act(paid)
        book.now += 10
        assert book.wait_s(asked) == wait_s, paid


def test_five_activations_in_an_hour_that_ends_with_a_permanent_refusal():
    for barred, klass, wait_s in (
        (False, budgets.ACTIVATE_PERMANENT, 605),
        (True, budgets.ACTIVATE_TEMPORARY, 605),
        (False, budgets.ACTIVATE_TEMPORARY, 0),
    ):
        book = _book(s=10000)
        book.ladder.barred = barred
        book.recent = [book.now - ago_s for ago_s in (3000, 2900, 2800, 2700, 2600)]
        assert book.wait_s(klass) == wait_s, (barred, klass)
        book.recent[0] -= 605
        assert book.wait_s(klass) == 0, (barred, klass)


def test_what_a_payment_may_spend_early_leaves_those_behind_it_their_spacing():
    for place, ago_s, wait_s in ((1, 1000, 1715), (2, 1000, 825), (3, 900, 35), (4, 10, 35)):
        for early, hoped in ((1, 0), (0, 1)):
            book = _book(s=10000)
            book.rows[budgets.ACTIVATE_PERMANENT][:2] = book.now - 5, 890
            book.ladder.early = hoped
            book.recent[place] = book.now - ago_s
            assert book.wait_s(budgets.ACTIVATE_PERMANENT, early) == wait_s, place
            assert book.wait_s(budgets.ACTIVATE_PERMANENT) == (wait_s if hoped else 885)
    book = _book(s=10000)
    book.rows[budgets.ACTIVATE_TEMPORARY][:2] = book.now - 5, 60
    assert book.wait_s(budgets.ACTIVATE_TEMPORARY, 1) == 55  # the plain one has no such claim


def test_an_open_activation_joins_the_hour_when_the_refusal_is_for_good():
    book = _book()
    book.ladder.early = 2
    book.act(budgets.ACTIVATE_TEMPORARY)
    first = book.now
    assert (book.ladder.early, book.ladder.open_s, book.recent) == (0, first, [0] * 5)
    book.now += 60
    book.act(budgets.ACTIVATE_TEMPORARY)
    assert (book.ladder.open_s, book.recent) == (first + 60, [0, 0, 0, 0, first])
    book.now += 60
    book.act(budgets.ACTIVATE_PERMANENT)
    assert (book.ladder.open_s, book.recent[2:]) == (0, [first, first + 60, first + 120])
    book.ladder.barred = True
    book.act(budgets.ACTIVATE_TEMPORARY)
    assert (book.ladder.open_s, book.recent[-1]) == (0, first + 120)


def test_after_a_day_of_trouble_four_hours_lie_between_two_cycles():
    for trouble_s, wait_s in ((86400, 0), (86401, 10400)):
        one = Plight(situation.UNREGISTERED)
        one.pass_s(100000)
        one.ladder.trouble_s = one.clock.s - trouble_s
        book = budgets.Book(one.ladder)
        book.rows[budgets.CYCLE][:2] = book.now - 4000, 3600
        assert book.wait_s(budgets.CYCLE) == wait_s, trouble_s
    one.ladder.trouble_s = one.clock.s - 450
    assert budgets.Book(one.ladder).wait_s(budgets.CYCLE) == 150  # ten minutes of trying first


def test_a_restart_takes_one_second_of_what_is_owed():
    one = Plight(situation.WELL)
    one.pass_s(100)
    one.ladder.take(ids.RUNG_ATTACH, budgets.ATTACH)
    wait_s = budgets.Book(one.ladder).wait_s(budgets.ATTACH)
    again = one.restart()
    assert budgets.Book(again.ladder).wait_s(budgets.ATTACH) == wait_s - 1


def test_a_bar_and_a_long_back_off_share_a_byte():
    for position, barred in ((0, False), (0, True), (127, False), (127, True), (200, False)):
        one = Plight(situation.WELL)
        book = budgets.Book(one.ladder)
        book.position = position
        one.ladder.barred = barred
        book.pack(True)
        again = one.restart()
        assert again.ladder.barred == barred, position
        assert budgets.Book(again.ladder).position == min(position, 127)


def test_four_probes_in_an_hour_and_the_next_a_drawn_moment_behind_it():
    one = Plight(situation.WELL)
    one.pass_s(100)
    one.ladder.rng = _Most()
    one.ladder.first = False
    for _ in range(3):
        one.ladder.take(ids.RUNG_NONE, budgets.PROBE)
        assert one.ladder.probe_s == one.clock.s
    one.ladder.take(ids.RUNG_NONE, budgets.PROBE)
    assert one.ladder.probe_s == one.clock.s + 3605 + 59
    again = one.restart()
    assert budgets.Book(again.ladder).firsts == [0] * 4


def test_what_is_damaged_on_flash_keeps_the_first_probe_for_an_hour():
    store = Plight(situation.WELL).storage
    store.write(budgets.FILE, b"rubbish")
    one = Plight(situation.WELL, storage=store)
    book = budgets.Book(one.ladder)
    assert one.ladder.first and one.ladder.probe_s == one.clock.s + 3605
    assert book.recent == [book.now] * 5 and book.probes == book.firsts == [book.now] * 4
    assert 3604 <= book.wait_s(budgets.PROBE) <= 3605


def test_what_a_module_tells_is_stretched_by_a_fiftieth_at_most():
    for klass in (budgets.ACTIVATE_PERMANENT, budgets.ACTIVATE_TEMPORARY):
        one = Plight(situation.REFUSED)
        one.pass_s(100)
        one.ladder.rng = _Most()
        one.ladder.take(ids.RUNG_CONTEXT, klass)
        one.pass_s(10)
        budgets.told(one.ladder, 1000)
        assert budgets.Book(one.ladder).rows[klass][1] == 1020 + 10, klass


def test_a_message_leaves_the_early_activation_to_the_payment_that_may_be_told():
    for kind, mute, early in ((0, False, 0), (1, False, 0), (1, True, 1), (2, False, 2)):
        one = Plight(situation.REFUSED)
        budgets.hope(one.ladder, kind, mute)
        assert one.ladder.early == early, (kind, mute)
    budgets.hope(one.ladder, 1, True)
    assert one.ladder.early == 2  # the payment's stays


def test_what_is_no_repetition_has_the_first_gap_and_its_burst_stays():
    book = _book()
    book.rows[budgets.ACTIVATE_TEMPORARY][:4] = 50, 900, 7777, 3
    book.fresh()
    assert book.rows[budgets.ACTIVATE_TEMPORARY][:4] == [50, 60, 7777, 3]
    book.rows[budgets.ACTIVATE_TEMPORARY][1] = 59
    book.fresh()
    assert book.rows[budgets.ACTIVATE_TEMPORARY][1] == 59
