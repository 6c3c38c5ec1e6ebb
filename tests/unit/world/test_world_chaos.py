"""Random faults: a function of their seed, and all of them end."""

from posworld.rng import Rng
from posworld.story.chaos import FAULTS, Chaos
from posworld.story.stage import Stage


def week(seed, days=7):
    """A modem alone with its faults; what the network saw."""
    stage = Stage({}, seed)
    stage.power_on()
    chaos = Chaos(stage, Rng(seed), gap_s=1800)
    chaos.start()
    now = 0
    while now < days * 86400000:
        wait = stage.modem.deadline(now)
        now += max(1, wait)
        stage.modem.output(now)
    return stage, chaos


def test_the_same_seed_brings_the_same_faults():
    first = week(5)[0].operator.notes
    assert first == week(5)[0].operator.notes
    assert first != week(6)[0].operator.notes


def test_every_kind_strikes_and_ends():
    for number, kind in enumerate(sorted(FAULTS)):
        stage = Stage({}, number)
        stage.power_on()
        stage.modem.output(30000)
        chaos = Chaos(stage, Rng(number))
        chaos.strike(kind)
        stage.modem.output(90000)
        chaos.stop()
        stage.modem.output(900000)  # coverage comes back step by step
        operator = stage.operator
        assert chaos.count == 1 and chaos.lasting == {}
        assert operator.path == "ok" and not operator.mute, kind
        assert operator.cell(7).dbm == -93 and operator.cell(0).dbm == -81, kind
        if kind != "arrears":  # there the operator takes its time after the payment
            assert operator.account.bars == {}, kind


def test_times_of_bad_coverage_that_overlap_leave_nothing_behind():
    for first, second in (
        ("lte_gone", "no_coverage"),
        ("no_coverage", "weak"),
        ("weak", "lte_gone"),
    ):
        for over in ((first, second), (second, first)):
            stage = Stage({}, 3)
            stage.power_on()
            chaos = Chaos(stage, Rng(3))
            chaos.strike(first)
            chaos.strike(second)
            worst = stage.operator.cells[0].dbm
            assert worst <= -112
            for kind in over:
                chaos.lasting[kind]()
            assert [cell.dbm for cell in stage.operator.cells] == [-93, -81]


def test_a_module_comes_back_from_2g_by_itself_unless_it_is_one_that_stays():
    for stays in (False, True):
        stage = Stage({"modem": {"stays_slow": stays}}, 4)
        stage.power_on()
        stage.modem.output(30000)
        over = stage.operator.dim(-140, 7)
        stage.modem.output(90000)
        radio = stage.modem.radio
        radio.contexts.define(1, "IP", "cmnet")
        radio.contexts.activate(1, lambda cause: None)
        stage.modem.output(120000)
        address = radio.contexts.get(1).address
        assert radio.attached and radio.cell.act == 0 and address
        over()
        stage.modem.output(300000)
        assert radio.attached and radio.cell.act == (0 if stays else 7)
        assert radio.contexts.get(1).address == address  # the session lives on


def test_a_payment_is_known_when_its_text_arrives():
    stage = Stage({"account": {"balance_minor": 100}}, 5)
    stage.operator.top_up(5000)
    stage.modem.output(30000)
    kinds = [kind for _, kind, _ in stage.operator.notes]
    assert "top_up" in kinds and "paid_text" not in kinds
    stage.power_on(30000)
    stage.modem.output(90000)
    assert "paid_text" in [kind for _, kind, _ in stage.operator.notes]


def test_after_the_end_a_cycled_module_always_registers():
    for seed in range(8):
        stage, chaos = week(seed, 2)
        chaos.stop()
        now = stage.agenda.now_ms + 1000000  # an operator takes its time after a payment
        stage.modem.output(now)
        stage.modem.power_key(now, 1000)
        stage.modem.output(now + 20000)
        stage.modem.power_on(now + 20000)
        stage.modem.sim.power_up()
        stage.modem.radio.contexts.define(1, "IP", "cmnet")  # a terminal's own to write again
        stage.modem.output(now + 90000)
        assert stage.modem.radio.attached, seed
