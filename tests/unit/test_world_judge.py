"""The network's judge: it must object where a budget was broken, and only there."""

from posworld.judge import Judge, Report
from posworld.stage import Stage


def judged(*notes):
    """Violations of a run in which the network saw these (seconds, kind, detail)."""
    stage = Stage({})
    stage.operator.notes[:] = [(s * 1000, kind, detail) for s, kind, detail in notes]
    return Judge(stage).violations()


def activations(times, cause):
    return [(s, "activate", cause) for s in times]


def test_five_activations_an_hour_are_allowed_after_a_permanent_refusal():
    assert judged(*activations(range(0, 7200, 720), 33)) == []
    assert "after a permanent refusal" in judged(*activations(range(0, 7200, 600), 33))[0]


def test_temporary_and_untold_causes_may_be_tried_more_often():
    assert judged(*activations(range(0, 7200, 65), 26)) == []
    assert judged(*activations(range(0, 7200, 65), "hidden")) == []
    assert "in an hour" in judged(*activations(range(0, 7200, 50), 26))[0]


def test_a_success_ends_the_count():
    seen = []
    for start in range(0, 3600, 300):
        seen += [(start, "activate", 33), (start + 100, "activate", 0)]
    assert len(seen) == 24
    # Each second one comes after a refusal: twelve in an hour are too many.
    assert judged(*seen) != []
    assert judged(*[n for n in seen if n[2] == 0]) == []


def test_radio_cycles_come_once_an_hour():
    assert judged((0, "cfun", 0), (12, "cfun", 1), (3600, "module_reset", None)) == []
    assert "after 3000 s" in judged((0, "cfun", 4), (3000, "module_reset", None))[0]


def test_demand_allows_a_cycle_after_ten_minutes_once():
    early = (0, "cfun", 0), (100, "submit", 1), (700, "cfun", 0)
    assert judged(*early) == []
    assert "after 600 s" in judged(*(early + ((1300, "cfun", 0),)))[0]
    assert judged((0, "cfun", 0), (100, "submit", 1), (500, "cfun", 0)) != []


def test_off_and_on_are_one_act_of_the_power_key():
    assert judged((0, "power_key", 1000), (10, "power_key", 1000), (700, "reset_pin", None)) == []
    assert "pins" in judged((0, "reset_pin", None), (300, "power_key", 1000))[0]


def test_talking_into_a_command_is_told():
    stage = Stage({})
    stage.modem.overlapped = 2
    assert "2 command lines" in Judge(stage).violations()[0]


def test_the_report_counts_from_the_fault_and_from_the_moment_of_possible_recovery():
    stage = Stage({})
    report = Report(stage)
    notes = ((10, "mark", "fault"), (60, "cfun", 0), (70, "cfun", 1), (100, "mark", "curable"))
    stage.operator.notes[:] = [(s * 1000, kind, detail) for s, kind, detail in notes]
    for s, verdict in ((0, "all_clear"), (13, "no_signal"), (90, "all_clear"), (130, "all_clear")):
        report.observe(s * 1000, verdict)
    assert report.row()["noticed_ms"] == 3000 and report.row()["verdict"] == "no_signal"
    assert report.row()["healed_ms"] is None  # that all clear came before recovery was possible
    report.observe(140000, "searching")
    report.observe(150000, "all_clear")
    row = report.row()
    assert row["healed_ms"] == 50000 and row["cycles"] == 1 and row["pins"] == 0
