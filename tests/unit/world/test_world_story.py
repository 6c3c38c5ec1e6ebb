"""Scenarios as plain dicts: the timeline, the account, and steps that are verified one by one."""

from dual import raises
from posworld.calendar import civil, clock_text, unix
from posworld.rng import Rng
from posworld.story.agenda import Agenda
from posworld.story.stage import ScenarioError, Stage
from posworld.story.story import DONE, FAILED, Story
from world_drive import Drive


def test_numbers_repeat_with_the_seed_and_cover_their_range():
    assert [Rng(7).word() for _ in range(3)] == [Rng(7).word() for _ in range(3)]
    rng = Rng(1)
    counts = [0] * 10
    for _ in range(10000):
        counts[rng.below(10)] += 1
    assert min(counts) > 850 and max(counts) < 1150
    assert Rng(42).word() != Rng(43).word()
    assert sorted(Rng(3).shuffled(range(9))) == list(range(9))


def test_a_fork_does_not_move_its_parent_afterwards():
    one, two = Rng(5), Rng(5)
    child = one.fork("radio")
    two.fork("radio")
    for _ in range(100):
        child.word()
    assert one.word() == two.word()


def test_things_happen_in_order_of_time_then_of_entry():
    agenda = Agenda()
    seen = []
    agenda.at(20, seen.append, "b")
    agenda.at(10, seen.append, "a")
    agenda.at(20, seen.append, "c")
    gone = agenda.at(15, seen.append, "x")
    agenda.cancel(gone)
    agenda.at(20, lambda: agenda.after(5, lambda: seen.append(agenda.now_ms)))
    agenda.run(100)
    assert seen == ["a", "b", "c", 25] and agenda.now_ms == 100 and agenda.next_due() == -1


def test_dates_go_there_and_back():
    assert civil(0) == (1970, 1, 1, 0, 0, 0)
    assert unix(2024, 2, 29, 12) == 1709208000
    for seconds in range(0, 4000000000, 86400 * 13 + 7):
        assert unix(*civil(seconds)) == seconds
    assert clock_text(unix(2025, 6, 3, 1, 30), 32) == "25/06/03,09:30:00+32"


def test_a_scenario_that_names_what_is_not_there_is_refused():
    assert "balanse" in str(raises(ScenarioError, Stage, {"account": {"balanse": 1}}))
    assert "vanish" in str(
        raises(ScenarioError, Stage, {"timeline": [{"at_s": 1, "do": "vanish"}]})
    )


def test_the_timeline_runs_at_its_times():
    drive = Drive(
        {
            "timeline": [
                {"at_s": 30, "do": "cover", "rat": "lte", "dbm": -118},
                {"at_s": 40, "do": "consume", "minor": 100, "every_s": 10},
            ]
        }
    )
    drive.run(29000)
    assert drive.modem.radio.dbm() == -93
    drive.run(2000)
    assert drive.modem.radio.dbm() == -118
    drive.run(30000)
    assert drive.operator.account.balance_minor == 4700


def test_arrears_bar_and_a_payment_restores_after_a_while():
    arrears = {"layer": "data", "cause": 33}
    drive = Drive({"account": {"arrears": arrears, "low_below_minor": 1000, "restore_s": 300}})
    drive.ready()
    drive.operator.set_balance(900)
    drive.operator.set_balance(800)
    drive.run(20000)
    assert len(drive.modem.sms.slots) == 1  # one warning, not one per fen
    drive.operator.set_balance(-10)
    assert drive.operator.account.barred("data").cause == 33
    drive.run(20000)
    drive.operator.top_up(5000)
    drive.run(299000)
    assert drive.operator.account.barred("data")
    drive.run(2000)
    assert not drive.operator.account.bars
    texts = "|".join(m.text for m in drive.modem.sms.slots.values())
    assert "已被停机" in texts and "充值后可用余额为49.90元" in texts and "复机成功" in texts


def told(steps, timeline=()):
    drive = Drive({"steps": steps, "timeline": list(timeline)})
    return drive, Story(drive.stage)


def test_steps_are_done_in_their_order_only():
    drive, story = told(
        [{"id": "up", "note": "attach", "detail": 0}, {"id": "clear", "verdict": ["all_clear"]}]
    )
    story.observe({"verdict": "all_clear"})
    assert [s.state for s in story.steps] == [0, 0]
    drive.run(20000)
    assert story.done() and story.steps[0].done_ms == story.steps[1].done_ms


def test_what_is_tied_to_a_step_waits_for_it():
    drive, story = told(
        [{"id": "up", "note": "attach"}, {"id": "poor", "balance_minor": 100}],
        [{"after": "up", "delay_s": 5, "do": "balance", "minor": 100}],
    )
    drive.run(60000)
    assert drive.operator.account.balance_minor == 100 and not story.done()
    story.observe({"balance_minor": 100})
    assert story.done()


def test_a_step_that_comes_too_late_fails():
    drive, story = told([{"id": "never", "note": "scan", "within_s": 60}])
    heard = []
    story.on_step = heard.append
    drive.run(59000)
    assert not story.failed()
    drive.run(2000)
    assert story.failed() and heard[0].state == FAILED and "60 s" in heard[0].reason


def test_hammering_fails_the_step_that_asks_for_calm():
    calm = {"kinds": ["activate"], "for_s": 100, "at_most": 1}
    drive, story = told([{"id": "up", "note": "attach"}, {"id": "calm", "calm": calm}])
    drive.ready()
    for _ in range(3):
        drive.at("+CGACT=0,1", 2000)
        drive.at("+CGACT=1,1", 2000)
    assert story.failed()
    drive, story = told([{"id": "up", "note": "attach"}, {"id": "calm", "calm": calm}])
    drive.run(200000)
    assert (
        story.steps[1].state == DONE and story.steps[1].done_ms - story.steps[0].done_ms == 100000
    )
