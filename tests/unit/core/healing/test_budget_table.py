"""The budgets and the plan of healing, number by number, as the sources give them.

The sources stand in firmware/HEALING.md: TS 24.301, GSMA TS.34 (F1 to F3, N1, T1), the guidelines
of Telefonica, Verizon and Particle. A number that changes must change here, too, with its reason.
"""

from plight import Plight
from posagent.core import situation
from posagent.core.healing import budgets, choice
from posproto import ids

# class: seconds after the first act of a trouble, after the second, after more than `many`;
# `many`; burst; seconds that earn one of it; percent of jitter; most in any hour; in any day.
BUDGETS = {
    "ACTIVATE_PERMANENT": (890, 890, 890, 0, 0, 0, 1, 5, 120),
    "ACTIVATE_TEMPORARY": (60, 60, 60, 0, 40, 240, 25, 60, 400),
    "ATTACH": (900, 900, 1800, 2, 0, 0, 10, 4, 96),
    "REREGISTER": (900, 900, 1800, 5, 0, 0, 10, 4, 96),
    "CYCLE": (3600, 3600, 14400, 23, 0, 0, 1, 1, 24),
    "CYCLE_DEMAND": (600, 600, 600, 0, 18, 4800, 10, 6, 36),
    "DEAD": (600, 1800, 3600, 2, 0, 0, 10, 6, 144),
    "PROBE": (0, 0, 0, 0, 0, 0, 0, 4, 96),
    "MCU": (43200, 43200, 43200, 0, 0, 0, 10, 1, 2),
    "CARD": (0, 0, 0, 0, 4, 4320, 20, 4, 24),
    "SLOW": (14400, 14400, 14400, 0, 0, 0, 10, 1, 6),
    "SWITCH": (300, 300, 300, 0, 2, 14400, 10, 2, 8),
}
# Seconds that a rung is given before the next one may act.
GIVEN = {
    "CONTEXT": 0,
    "ATTACH": 120,
    "REREGISTER": 120,
    "CFUN4": 300,
    "CFUN0": 300,
    "MODULE_RESET": 300,
    "POWER_KEY": 300,
    "MCU_RESET": 300,
}
# situation: what is tried, cheapest first, each with the seconds in it before it acts.
PLAN = {
    situation.DEAD: "POWER_KEY 120 MCU_RESET 3600",
    situation.SIM_LOST: "CFUN0 20 MODULE_RESET 5400",
    situation.RADIO_OFF: "REREGISTER 5 MODULE_RESET 3600",
    situation.DENIED: "CFUN0 600 MODULE_RESET 3600",
    situation.UNREGISTERED: "REREGISTER 300 CFUN4 600 CFUN0 1200 MODULE_RESET 3600",
    situation.ABROAD: "REREGISTER 1800",
    situation.REFUSED: "CONTEXT 0 CFUN0 3600 MODULE_RESET 7200",
    20: "CONTEXT 0 ATTACH 3600 CFUN0 7200 MODULE_RESET 10800",  # the network tells congestion
    situation.NO_CONTEXT: "CONTEXT 0 ATTACH 300 MODULE_RESET 600",
    23: "FASTER 600",  # all well, on 2G
    situation.HOST_DOWN: "SOCKET 0",
    21: "SOCKET 0 CONTEXT 300",  # no connection opens
    22: "SOCKET 0 CONTEXT 300 ATTACH 1800 CFUN0 5400",  # no name resolves
}
# rung: the class that pays for it, else by the situation below.
PAYS = {
    "NONE": None,
    "SOCKET": None,
    "SECOND_HOST": None,
    "CONTEXT": "ACTIVATE_TEMPORARY",
    "ATTACH": "ATTACH",
    "REREGISTER": "REREGISTER",
    "CFUN4": "CYCLE",
    "CFUN0": "CYCLE",
    "MODULE_RESET": "CYCLE",
    "POWER_KEY": "DEAD",
    "MCU_RESET": "MCU",
    "FASTER": "SLOW",
    "OTHER_CARD": "SWITCH",
}


def _rung(name):
    return getattr(ids, "RUNG_" + name)


def test_each_class_has_the_budget_of_its_source():
    assert len(BUDGETS) == budgets.CLASSES == len(budgets.BUDGETS)
    for name in BUDGETS:
        assert budgets.BUDGETS[getattr(budgets, name)] == BUDGETS[name], name


def test_an_hour_of_activations_keeps_to_what_its_class_may():
    for name in BUDGETS:
        first, second, later, many, burst, earn_s, _, hour, day = BUDGETS[name]
        if first and not burst:
            assert 3600 // first + 1 >= hour >= 3600 // (first + 60), name


def test_each_rung_is_given_its_time():
    for name in GIVEN:
        assert budgets.WAIT_S[_rung(name)] == GIVEN[name], name
    assert budgets.WAIT_S[ids.RUNG_FASTER] == 300
    for name in ("NONE", "SOCKET", "SECOND_HOST"):
        assert budgets.WAIT_S[_rung(name)] == 0, name


def test_the_back_off_is_telefonica_s_and_a_card_s_our_own():
    minutes = (1, 2, 3, 5, 10, 15, 30, 60, 120, 240)
    assert tuple([m * 60 for m in minutes]) == budgets.BACK_OFF_S
    assert budgets.CARD_S == (60, 300, 600, 3600)
    assert (budgets.PERMANENT_HOUR, budgets.PROBE_HOUR, budgets.CYCLE_FIRST_S) == (5, 4, 600)
    assert budgets.FORGET_S == 60


def test_each_situation_has_its_rungs_cheapest_first():
    assert sorted(choice.PLAN) == sorted(PLAN)
    for kind in PLAN:
        words = PLAN[kind].split()
        rungs = [(_rung(words[i]), int(words[i + 1])) for i in range(0, len(words), 2)]
        assert choice.PLAN[kind] == tuple(rungs), kind


def test_each_rung_is_paid_by_its_class():
    plights = list(range(situation.SITUATIONS))
    for name in PAYS:
        usual = -1 if PAYS[name] is None else getattr(budgets, PAYS[name])
        for plight in plights:
            for demand in (False, True):
                for held in (False, True):
                    klass = usual
                    if name == "CONTEXT" and plight == situation.REFUSED:
                        klass = budgets.ACTIVATE_PERMANENT
                    elif name == "REREGISTER" and plight == situation.RADIO_OFF:
                        klass = budgets.ACTIVATE_TEMPORARY  # it only switches the radio on
                    elif name == "CFUN0":
                        if plight == situation.SIM_LOST and not held:
                            klass = budgets.CARD  # nothing goes on the air
                        elif demand:
                            klass = budgets.CYCLE_DEMAND
                    found = choice.class_of(_rung(name), plight, demand, held)
                    assert found == klass, (name, plight, demand, held)


def _worn():
    """A trouble in which every class has acted, and the back-off grew."""
    one = Plight(situation.NO_CONTEXT)
    one.clock.advance(1000)
    book = budgets.Book(one.ladder)
    for klass in range(budgets.CLASSES):
        book.act(klass)
        book.act(klass)
    book.pack(True)
    return one.ladder


def test_another_card_has_clean_counters_and_the_radio_s_stay():
    ladder = _worn()
    worn = [row[:4] for row in budgets.Book(ladder).rows]
    ladder.barred, ladder.open_s = True, 5
    budgets.new_sim(ladder)
    book = budgets.Book(ladder)
    assert (ladder.barred, ladder.open_s, book.position) == (False, 0, 0)
    assert book.recent == [0] * 5
    clean = (
        budgets.ACTIVATE_PERMANENT,
        budgets.ACTIVATE_TEMPORARY,
        budgets.ATTACH,
        budgets.REREGISTER,
    )
    for klass in range(budgets.CLASSES):
        expected = [0, 0, 0, 0] if klass in clean else worn[klass]
        assert book.rows[klass][:4] == expected, klass


def test_new_evidence_begins_the_back_off_anew():
    ladder = _worn()
    assert budgets.Book(ladder).position == 2
    budgets.hope(ladder, 0, False)
    book = budgets.Book(ladder)
    assert (book.position, ladder.early) == (0, 0)
    assert book.rows[budgets.ACTIVATE_TEMPORARY][1] <= 60


def test_what_is_no_repetition_has_the_first_gap_and_its_burst_stays():
    book = _book()
    book.rows[budgets.ACTIVATE_TEMPORARY][:4] = 50, 900, 7777, 3
    book.fresh()
    assert book.rows[budgets.ACTIVATE_TEMPORARY][:4] == [50, 60, 7777, 3]
    book.rows[budgets.ACTIVATE_TEMPORARY][1] = 59
    book.fresh()
    assert book.rows[budgets.ACTIVATE_TEMPORARY][1] == 59


def test_a_minute_of_success_forgets_the_positions_and_no_act():
    ladder = _worn()
    last = [row[:3] for row in budgets.Book(ladder).rows]
    budgets.forget(ladder)
    book = budgets.Book(ladder)
    assert book.position == 0 and [row[3] for row in book.rows] == [0] * budgets.CLASSES
    assert [row[:3] for row in book.rows] == last


def test_from_2g_to_lte_counts_the_radio_s_last_restart_too():
    """A search may come to a cycle: an hour after either kind of it."""
    for klass in (budgets.CYCLE, budgets.CYCLE_DEMAND):
        plight = Plight(situation.WELL)
        plight.pass_s(100)
        assert budgets.Book(plight.ladder).wait_s(budgets.SLOW) == 0
        plight.ladder.take(ids.RUNG_CFUN0, klass)
        plight.pass_s(10)
        wait = budgets.Book(plight.ladder).wait_s(budgets.SLOW)
        assert 3580 <= wait <= 3600, (klass, wait)
        plight.pass_s(3600)
        assert budgets.Book(plight.ladder).wait_s(budgets.SLOW) == 0


def test_after_a_stronger_act_the_next_activation_is_no_repetition():
    """The back-off (600 s after five in a row) falls to the first one's minute, behind each rung
    that changes what the network sees; behind a weaker one it stands.
    """
    for rung in range(ids.RUNG_SOCKET, ids.RUNG_MCU_RESET + 1):
        plight = Plight(situation.NO_CONTEXT)
        plight.pass_s(100)
        book = budgets.Book(plight.ladder)
        book.position = 5
        book.act(budgets.ACTIVATE_TEMPORARY)
        assert 900 <= book.rows[budgets.ACTIVATE_TEMPORARY][1] <= 1125
        book.pack(False)
        budgets.take(plight.ladder, rung, budgets.DEAD)
        gap = budgets.Book(plight.ladder).rows[budgets.ACTIVATE_TEMPORARY][1]
        strong = rung not in (ids.RUNG_SOCKET, ids.RUNG_SECOND_HOST, ids.RUNG_CONTEXT)
        assert (gap == 60) == strong, (rung, gap)


def test_what_a_module_tells_holds_for_two_days_at_most():
    for wait_s, held in ((600, 600), (172800, 172800), (172801, 172800), (10**9, 172800)):
        plight = Plight(situation.REFUSED)
        plight.pass_s(100)
        budgets.take(plight.ladder, ids.RUNG_CONTEXT, budgets.ACTIVATE_PERMANENT)
        budgets.told(plight.ladder, wait_s)
        gap = budgets.Book(plight.ladder).rows[budgets.ACTIVATE_PERMANENT][1]
        most = max(held, 890) * 102 // 100 + 1
        assert max(held, 890) <= gap <= most, (wait_s, gap)


def test_a_file_of_another_form_counts_as_used_up():
    """A version, and whole rows: nine of them or more were ever written."""
    plight = Plight(situation.WELL)
    plight.pass_s(100)
    budgets.Book(plight.ladder).pack(True)
    good = plight.storage.read(budgets.FILE)
    head, row = 58, 26
    assert (len(good) - head) % row == 0, len(good)
    used_up = Plight(situation.WELL)
    for raw, believed in (
        (good, True),
        (good[: head + 11 * row], True),
        (good[: head + 9 * row], True),
        (good[: head + 8 * row], False),
        (good[: head + 9 * row + 1], False),
        (good[:-1], False),
        (good + bytes(row), False),
        (b"\x03" + good[1:], False),
        (b"\x05" + good[1:], False),
    ):
        used_up.storage.write(budgets.FILE, raw)
        again = Plight(situation.WELL, storage=used_up.storage)
        wait = budgets.Book(again.ladder).wait_s(budgets.MCU)
        assert (wait == 0) == believed, (len(raw), raw[:1], wait)


def test_a_flash_that_refuses_is_counted_once_and_the_budget_holds_in_memory():
    plight = Plight(situation.WELL)
    plight.pass_s(100)

    def refuses(name, data):
        raise OSError(28)

    plight.storage.write = refuses
    budgets.take(plight.ladder, ids.RUNG_CFUN0, budgets.CYCLE)
    assert plight.ladder.counters[ids.C_FLASH_ERRORS] == 1
    assert budgets.Book(plight.ladder).wait_s(budgets.CYCLE) >= 3590


def test_a_card_that_got_its_supply_back_answers_within_45_s():
    plight = Plight(situation.SIM_LOST)
    plight.pass_s(100)
    budgets.take(plight.ladder, ids.RUNG_CFUN0, budgets.CARD)
    assert plight.ladder.hold_s == plight.clock.s + 45
    budgets.take(plight.ladder, ids.RUNG_CFUN0, budgets.CYCLE)
    assert plight.ladder.hold_s == plight.clock.s + 300


def test_counts_that_outgrow_their_two_bytes_stay_at_the_most():
    plight = Plight(situation.WELL)
    book = budgets.Book(plight.ladder)
    for i in (3, 5, 7):
        book.rows[budgets.CYCLE][i] = 70000
    book.pack(True)
    row = budgets.Book(plight.ladder).rows[budgets.CYCLE]
    assert (row[3], row[5], row[7]) == (65535, 65535, 65535)


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
