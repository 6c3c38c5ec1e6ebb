"""The network's judge: it must object where a budget was broken, and only there."""

from posproto import ids
from posworld.story.judge import Judge
from posworld.story.stage import Stage
from posworld.story.timing import Timing


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
    ended = [(s - 1, "context_ended", 1) for s, _, detail in seen if detail == 0]
    kept = [n for n in seen if n[2] == 0]
    assert judged(*sorted(ended + kept)) == []


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


def test_power_key_comes_ever_more_rarely_while_nothing_comes_of_it():
    right = [(s, "power_key", 1000) for s in (200, 800, 2600, 6200, 9800)]
    assert judged(*right) == []
    assert "after 1200 s" in judged(*right[:2], (2000, "power_key", 1000))[0]
    served = (900, "tcp_opened", "x")
    assert judged(right[0], right[1], served, (1500, "power_key", 1000)) == []


def test_a_module_that_answered_for_a_minute_and_fell_silent_again_is_another_trouble():
    first = [(0, "reset_pin", None), (990, "silence", 136000), (990, "reset_pin", None)]
    again = [(1613, "silence", 759000), (1613, "power_key", 1500)]
    assert judged(*first, *again) == []
    never = [(0, "reset_pin", None), (990, "silence", 1110000), (990, "reset_pin", None)]
    assert "pulsed again after 623 s" in judged(*never, *again)[0]


def test_a_module_that_just_spoke_is_not_pulsed():
    pulse = (500, "reset_pin", None)
    assert judged((500, "silence", 130000), pulse) == []
    assert "after 40 s of silence" in judged((500, "silence", 40000), pulse)[0]
    assert judged((400, "heal", None), (500, "silence", 40000), pulse) == []


def test_ten_minutes_of_trying_come_before_the_first_cycle():
    served = [(s, "tcp_opened", "x") for s in (0, 900)]
    fault = (1000, "link_lost", None)
    assert judged(*served, fault, (1650, "cfun", 0)) == []
    assert "after 300 s of trying" in judged(*served, fault, (1300, "cfun", 0))[0]
    assert judged(*served, fault, (1200, "submit", 1), (1300, "cfun", 0)) == []


def test_a_probe_over_the_session_of_a_lost_card_does_not_begin_the_trouble_anew():
    """A random day was objected to: the card was gone for 20 s when a connection still opened."""
    seen = (0, "tcp_opened", None), (1000, "card_lost", None), (1020, "tcp_opened", None)
    assert judged(*seen, (1622, "cfun", 0)) == []
    assert "after 300 s" in judged(*seen, (1300, "cfun", 0))[0]
    back = (1100, "tcp_opened", None), (1900, "link_lost", None)  # it was in service again
    assert "after 100 s" in judged(*seen, *back, (2000, "cfun", 0))[0]


def test_after_a_day_of_trouble_a_cycle_comes_every_four_hours():
    day = [(600 + 3600 * i, "cfun", 0) for i in range(25)]
    assert judged(*day) == []
    last_s = day[-1][0]
    assert judged(*day, (last_s + 14400, "cfun", 0)) == []
    more = [(last_s + 3600, "cfun", 0), (last_s + 7200, "cfun", 0)]
    assert "after 3600 s" in judged(*day, *more)[0]
    # What worked for a minute begins a new trouble.
    well = [(last_s + s, "tcp_opened", "x") for s in (100, 200)]
    assert judged(*day, *well, (last_s + 300, "link_lost", None), more[0]) == []


def test_six_refused_handshakes_and_sixty_failed_connections_an_hour_are_allowed():
    for kind, limit, words in (
        ("tls_refused", 6, "7 handshakes refused in an hour"),
        ("tcp_failed", 60, "61 connections failed in an hour"),
    ):
        times = [n * 3599 // limit for n in range(limit + 1)]
        notes = [(0, "mark", "fault")] + [(at, kind, "x") for at in times]
        assert any(words in text for text in judged(*notes)), kind
        assert judged(*notes[:-1]) == []
        assert judged(*notes[:-1], (3600, kind, "x")) == []  # an hour behind the first
        assert judged((1, "submit", "sale"), *notes) == []  # one more where somebody wants it


def test_who_is_registered_is_not_searched_for_but_by_a_byte_lost_on_the_wire():
    """A turned byte made AT+COPS=0 of the question AT+COPS=3,2."""
    asked = (1000, "reselect", "registered")
    assert "asked to register though registered" in judged(asked)[0]
    noise = (900, "fault", "wire")
    assert judged(noise, asked) == []
    assert len(judged(noise, (950, "fault_over", "wire"), asked)) == 1


def test_a_card_s_supply_goes_off_after_20_s_and_then_ever_more_seldom():
    times = (20, 80, 380, 980, 4580)
    lost = (0, "card_lost", None)
    assert judged(lost, *[(at, "card", 0) for at in times]) == []
    assert "card switched off 17000 ms" in judged(lost, (17, "card", 0))[0]
    for n in range(1, len(times)):
        early = [(at, "card", 0) for at in times[:n]] + [(times[n] - 3, "card", 0)]
        assert "card switched off again" in judged(lost, *early)[0], n
    # A card that was read meanwhile begins anew; 24 a day are allowed all the same.
    cured = [(20, "card", 0), (30, "tcp_opened", None), (1000, "card_lost", None)]
    assert judged(lost, *cured, (1020, "card", 0)) == []
    for taken_s, right in ((900, True), (970, False)):  # by a network, a minute or less
        taken = [(20, "card", 0), (80, "card", 0), (taken_s, "attach", 0), (1000, "card_lost", 0)]
        found = judged(lost, *taken, (1020, "card", 0), (1083, "card", 0))
        assert (found == []) == right, found
    hourly = [(20 + 3600 * n, "card", 0) for n in range(24)]
    assert judged(lost, *hourly) == []
    more = judged(lost, *hourly, (23 * 3600 + 21, "tcp_opened", None), (23 * 3600 + 50, "card", 0))
    assert any("25 times in a day" in text for text in more)


def test_four_automated_accesses_an_hour_are_allowed_in_health():
    probes = [(s, "tcp_open", "x") for s in range(0, 7200, 900)]
    assert judged(*probes) == []
    assert "5 automated" in judged(*probes[:2], (1000, "sms_out", None), *probes[2:])[0]
    messages = []
    for s in range(10, 3600, 60):  # the application's own
        messages += [(s, "tcp_open", "x"), (s + 1, "tcp_sent", 90)]
    assert judged(*sorted(probes + messages)) == []


def test_activations_in_health_count_but_for_the_one_that_ended_the_trouble():
    probes = [(s, "tcp_open", "x") for s in (20, 900, 1800, 2700)]
    ended = ((0, "link_lost", None), (2, "activate", 0), (3, "tcp_open", "x"))
    assert judged(*ended, *probes) == []
    assert "5 automated" in judged(*ended, *probes, (3000, "activate", 0))[0]
    assert "5 automated" in judged(*ended, *probes[:1], (200, "tcp_open", "x"), *probes[1:])[0]


def test_what_goes_on_the_air_in_trouble_is_judged_by_other_limits():
    tries = []
    for s in range(0, 3600, 120):
        tries += [(s, "tcp_open", "x"), (s + 20, "tcp_failed", "timeout")]
    assert judged(*tries) == []


def test_a_detach_comes_every_quarter_of_an_hour_and_registration_is_asked_for_where_none_is():
    assert judged((0, "cgatt", 0), (3, "cgatt", 1), (910, "cgatt", 0)) == []
    assert "detached again after 600 s" in judged((0, "cgatt", 0), (600, "cgatt", 0))[0]
    assert judged((0, "reselect", None)) == []
    assert "though registered" in judged((0, "reselect", "registered"))[0]


def test_starts_that_are_all_followed_by_an_access_at_once_have_no_wait_of_their_own():
    def starts(*waits):
        seen = []
        for i, wait_s in enumerate(waits):
            at_s = 7200 * i
            seen += [(at_s, "agent_start", None), (at_s + wait_s, "tcp_open", "x")]
        return seen

    assert judged(*starts(17, 52, 31, 40)) == []
    assert "4 starts" in judged(*starts(14, 15, 14, 16))[0]
    asked_for = [(7200 * i + 10, "submit", i) for i in range(4)]  # messages wait for nothing
    seen = starts(14, 15, 14, 16) + asked_for
    assert judged(*sorted(seen, key=lambda note: note[0])) == []


def test_talking_into_a_command_is_told():
    stage = Stage({})
    stage.modem.overlapped = 2
    assert "2 command lines" in Judge(stage).violations()[0]


def test_the_report_counts_from_the_fault_and_from_the_moment_of_possible_recovery():
    stage = Stage({})
    report = Timing(stage)
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


def reported(verdicts, *notes):
    """The row of a run with these notes and verdicts, both (seconds, ...)."""
    stage = Stage({})
    report = Timing(stage)
    stage.operator.notes[:] = [(s * 1000, kind, detail) for s, kind, detail in notes]
    for s, verdict in verdicts:
        report.observe(s * 1000, verdict)
    return stage, report


def test_late_counts_from_the_moment_that_was_permitted():
    seen = ((0, "all_clear"), (13, "denied"), (4328, "all_clear"))
    notes = ((10, "mark", "fault"), (700, "cfun", 0), (710, "cfun", 1), (1000, "mark", "curable"))
    cure = ((4310, "cfun", 0), (4320, "cfun", 1), (4325, "attach", 0))
    row = reported(seen, *notes, *cure)[1].row()
    assert row["late_ms"] == 10000 and row["clear_ms"] == 3000  # an hour after the last cycle
    wanted = ((1200, "submit", 1), (1310, "cfun", 0), (1325, "attach", 0))
    row = reported(((0, "all_clear"), (13, "denied"), (1326, "all_clear")), *notes, *wanted)[
        1
    ].row()
    assert row["late_ms"] == 10000  # ten minutes for a message


def test_what_was_drawn_above_a_limit_counts_where_it_was_announced_before():
    notes = ((10, "mark", "fault"), (700, "cfun", 0), (710, "cfun", 1), (1000, "mark", "curable"))
    cure = ((4340, "cfun", 0), (4350, "cfun", 1), (4355, "attach", 0))
    seen = ((0, "all_clear"), (13, "denied"), (4358, "all_clear"))
    report = reported(seen, *notes, *cure)[1]
    report.announce(720000, ids.RUNG_CFUN0, 4336000)
    report.announce(4339000, ids.RUNG_CFUN0, 4340000)  # put off: that is late
    row = report.row()
    assert (row["late_ms"], row["drawn_ms"]) == (4000, 36000)
    assert row["permitted_ms"] == 3336000


def test_what_was_permitted_long_before_anything_could_heal_was_not_drawn_since():
    """A card that lay loose for hours comes back, and registration is asked for half a minute on:
    permitted five minutes behind the fault, of use only now.
    """
    notes = ((10, "mark", "fault"), (5000, "mark", "curable"), (5023, "reselect", "0"))
    seen = ((0, "all_clear"), (13, "sim_failed"), (5028, "all_clear"))
    report = reported(seen, *notes, (5026, "attach", 0))[1]
    report.announce(5002000, ids.RUNG_REREGISTER, 5023000)
    row = report.row()
    assert (row["late_ms"], row["drawn_ms"], row["permitted_ms"]) == (0, 23000, 23000)


def test_off_and_on_by_the_power_key_is_one_act_for_the_report_too():
    notes = ((10, "mark", "fault"), (140, "power_key", 1500), (147, "power_key", 1500))
    row = reported(((0, "all_clear"), (50, "modem_dead"), (170, "all_clear")), *notes)[1].row()
    assert row["late_ms"] == 10000  # two minutes of silence


def test_a_connection_is_measured_against_the_moment_announced_for_it():
    marks = ((10, "mark", "fault"), (100, "tcp_open", "x"), (200, "mark", "curable"))
    notes = marks + ((500, "tcp_open", "x"), (501, "tcp_opened", "x"))
    seen = ((0, "all_clear"), (20, "host_unreachable"), (502, "all_clear"))
    report = reported(seen, *notes)[1]
    report.announce(50000, ids.RUNG_SOCKET, 250000)  # before the one that failed meanwhile
    report.announce(120000, ids.RUNG_SOCKET, 497000)
    assert report.row()["late_ms"] == 3000


def test_what_came_back_by_itself_was_not_late():
    seen = ((0, "all_clear"), (13, "no_signal"), (100, "all_clear"))
    row = reported(seen, (10, "mark", "fault"), (60, "mark", "curable"), (98, "attach", 0))[
        1
    ].row()
    assert row["late_ms"] == 0 and row["clear_ms"] == 2000


def test_an_agent_that_just_started_has_its_minute_before_it_proves_the_path():
    """The power fails amid a change of cards: the second one is in, and a fleet starts at once."""
    notes = ((10, "mark", "fault"), (20, "cfun", 0), (21, "agent_start", None))
    for opened_s, clear_ms in ((64, 0), (81, 0), (91, 10000)):
        end = ((40, "attach", 0), (opened_s, "tcp_open", "x"), (opened_s, "tcp_opened", None))
        seen = ((0, "all_clear"), (13, "denied"), (opened_s, "all_clear"))
        row = reported(seen, *notes, *end[:2])[1].row()
        assert row["clear_ms"] == clear_ms, opened_s
    seen = ((0, "all_clear"), (13, "denied"), (130, "all_clear"))
    assert reported(seen, *notes, (100, "attach", 0))[1].row()["clear_ms"] == 30000


def test_a_telling_line_is_heard_by_the_report_too():
    stage, report = reported((), (0, "mark", "fault"))
    stage.power_on()
    stage.modem.output(20000)
    report.observe(5000, "denied")
    stage.modem.port.urc("+CREG: 3")
    report.observe(stage.agenda.now_ms + 1500, "denied")
    stage.modem.port.urc("+CSQ: 3")  # tells nothing of that
    assert report.told[-1] == stage.agenda.now_ms


def test_one_cycle_belongs_to_a_search_for_lte_and_no_second_one():
    served = [(0, "tcp_opened", None), (1000, "reselect", "slow"), (1001, "detached", None)]
    assert judged(*served, (1020, "cfun", 4)) == []
    again = judged(*served, (1020, "cfun", 4), (1100, "cfun", 4))
    assert any("radio cycled again" in text for text in again)
    late = judged((0, "tcp_opened", None), (1000, "detached", None), (1020, "cfun", 4))
    assert any("of trying" in text for text in late)


def test_lte_is_asked_for_from_2g_each_four_hours_at_most():
    assert judged((0, "reselect", "slow"), (4 * 3600, "reselect", "slow")) == []
    assert (
        "LTE asked for again" in judged((0, "reselect", "slow"), (3 * 3600, "reselect", "slow"))[0]
    )
