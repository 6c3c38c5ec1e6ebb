"""The budgets and the plan of healing, number by number, as the sources give them.

The sources stand in firmware/HEALING.md: TS 24.301, GSMA TS.34 (F1 to F3, N1, T1), the guidelines
of Telefonica, Verizon and Particle. A number that changes must change here, too, with its reason.
"""

from budget_sources import BUDGETS
from plight import Plight
from posagent.core import situation
from posagent.core.healing import budgets, choice
from posproto import ids

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
RUNGS = {
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
    assert sorted(choice.RUNGS) == sorted(RUNGS)
    for kind in RUNGS:
        words = RUNGS[kind].split()
        rungs = [(_rung(words[i]), int(words[i + 1])) for i in range(0, len(words), 2)]
        assert choice.RUNGS[kind] == tuple(rungs), kind


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
