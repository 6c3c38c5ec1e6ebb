"""A terminal with several acquirers: each has its own outbox, batch, back-off and path."""

import cup_frames as cup
from acquirer_world import AcquirerWorld
from posproto import ids, submit
from settle_world import Host


def test_a_message_goes_to_the_acquirer_that_the_application_named_and_else_to_the_first():
    world = AcquirerWorld()
    world.give(cup.sale(1))
    world.give(cup.sale(2), acquirer=2)
    world.run(30)
    assert world.hosts["acquirer"].seen == [("0200", 1)]
    assert world.hosts["second"].seen == [("0200", 2)]


def test_an_acquirer_that_no_settings_name_is_refused_and_nothing_goes_to_another():
    world = AcquirerWorld()
    result, standing = world.hand_in(cup.sale(1), acquirer=3)
    assert result == ids.R_REFUSED and standing.why == ids.WHY_NO_HOST
    assert world.ask(*submit.query(1, 4))[0] == ids.R_REFUSED
    world.run(60)
    assert world.hosts["acquirer"].seen == world.hosts["second"].seen == []


def test_one_trace_number_under_way_at_both_is_answered_at_each_for_itself():
    world = AcquirerWorld()
    world.hosts["acquirer"].script = [{"f39": "51", "delay_ms": 4000}]
    one = world.give(cup.sale(7))
    two = world.give(cup.sale(7, amount=777), acquirer=2)
    world.run(30)
    assert world.state_at(1, one) == ids.MS_REFUSED
    assert world.state_at(2, two) == ids.MS_ACKNOWLEDGED
    assert world.hosts["acquirer"].charges == {}
    assert world.hosts["second"].charges == {(1, 7): 1}


def test_a_reversal_at_one_closes_no_open_sale_of_the_other():
    world = AcquirerWorld(answer_timeout_s=20, linger_s=0)
    for number, name in ((1, "acquirer"), (2, "second")):
        world.hosts[name].script = [{"silent": True}]
        world.give(cup.sale(9, amount=100 + number), acquirer=number)
    world.run(60)
    assert world.verdict_names() == [ids.V_OUTCOME_UNKNOWN, ids.V_OUTCOME_UNKNOWN]
    world.give(cup.reversal(9, amount=102), acquirer=2)
    world.run(60)
    assert world.verdict_names() == [ids.V_OUTCOME_UNKNOWN, 0]


def test_a_silent_host_keeps_no_customer_of_the_other_waiting():
    world = AcquirerWorld(answer_timeout_s=60)
    world.hosts["acquirer"].deaf_to = "0200"
    world.give(cup.sale(1))
    world.run(5)
    two = world.give(cup.sale(2), acquirer=2)
    world.run(5)
    assert world.state_at(2, two) == ids.MS_ACKNOWLEDGED
    assert world.family.most == 2


def test_a_host_that_cannot_be_reached_keeps_its_back_off_to_itself():
    world = AcquirerWorld()
    world.family.of_host["acquirer"].open_errors = [ids.TCP_CONNECT] * 50
    world.give(cup.advice(1))
    world.run(120)
    tried = len(world.family.of_host["acquirer"].opens)
    assert 3 <= tried <= 8 and world.of(1).failures == tried
    assert world.of(2).failures == 0 and world.of(2).link_s == 0
    two = world.give(cup.sale(2), acquirer=2)
    world.run(5)
    assert world.state_at(2, two) == ids.MS_ACKNOWLEDGED
    assert len(world.family.of_host["acquirer"].opens) <= tried + 1


def test_the_settlement_of_one_does_not_wait_for_what_the_other_holds_back():
    world = AcquirerWorld()
    world.family.of_host["acquirer"].open_errors = [ids.TCP_CONNECT] * 500
    world.give(cup.reversal(1))
    world.give(cup.advice(2))
    two = world.give(cup.settlement(3), acquirer=2)
    world.run(60)
    assert world.state_at(2, two) == ids.MS_ACKNOWLEDGED
    assert world.hosts["second"].seen == [("0500", 3)]
    assert world.of(1).batch[ids.MSG_STATE] == ids.SET_NONE
    assert world.of(2).batch[ids.MSG_STATE] != ids.SET_NONE


def test_the_verdict_says_whose_host_it_is():
    world = AcquirerWorld(answer_timeout_s=10, linger_s=0)
    world.hosts["second"].deaf_to = "0220"
    world.give(cup.sale(1))
    world.give(cup.advice(2), acquirer=2)
    world.run(600)
    assert not world.path.down() and world.path.trouble()[0] == ids.V_HOST_SILENT
    assert world.settlement.about(ids.V_HOST_SILENT) == 2
    assert world.settlement.verdict() == ids.V_SETTLEMENT_PENDING
    assert world.settlement.about(ids.V_SETTLEMENT_PENDING) == 2


def test_the_line_is_broken_only_where_no_host_can_be_reached():
    world = AcquirerWorld()
    first, second = world.of(1).path, world.of(2).path
    for _ in range(3):
        first.opened(ids.TCP_CONNECT)
    assert first.down() and not world.path.down() and world.path.fails == 0
    assert world.path.trouble() == (ids.V_HOST_UNREACHABLE, 80)
    assert world.settlement.about(ids.V_HOST_UNREACHABLE) == 1
    for _ in range(3):
        second.opened(ids.TCP_CONNECT)
    assert world.path.down() and world.path.fails == 3
    assert world.path.verdict() == ids.V_HOST_UNREACHABLE
    second.answered()
    assert not world.path.down() and world.path.layer() == ids.LAYER_ANSWER


def test_events_of_the_second_tell_its_number_and_those_of_the_first_none():
    world = AcquirerWorld()
    world.give(cup.sale(1))
    world.give(cup.sale(2), acquirer=2)
    world.run(30)
    told = [args.get(ids.A_ACQUIRER, 1) for args in world.told(ids.E_ACKNOWLEDGED)]
    assert sorted(told) == [1, 2]


def test_the_report_of_each_has_its_own_messages_and_the_first_page_lists_all():
    world = AcquirerWorld()
    one = world.give(cup.sale(1))
    two = world.give(cup.sale(2), acquirer=2)
    first, second = world.settlement.summary(), world.settlement.summary(0, 2)
    assert [m[ids.MSG_ID] for m in first[ids.REP_MESSAGES]] == [one]
    assert [m[ids.MSG_ID] for m in second[ids.REP_MESSAGES]] == [two]
    assert first[ids.REP_ACQUIRERS] == [[1, "acquirer", 1, 0], [2, "second", 1, 0]]
    assert world.settlement.summary(0, 3) is None


def test_bytes_that_the_other_acquirer_has_are_known_and_charged_once():
    world = AcquirerWorld()
    world.give(cup.sale(1))
    world.run(30)
    result, standing = world.hand_in(cup.sale(1), acquirer=2)
    assert result == ids.R_KNOWN and standing.acquirer == 1
    assert standing.state == ids.MS_ACKNOWLEDGED
    world.run(30)
    assert world.hosts["second"].seen == []


def test_messages_of_both_survive_a_power_cut_and_each_goes_where_it_belongs():
    world = AcquirerWorld()
    world.up = False
    world.give(cup.advice(1))
    world.give(cup.reversal(1, amount=5), acquirer=2)
    world.give(cup.advice(2), acquirer=2)
    world.run(30)
    world.boot()
    world.up = True
    world.run(120)
    assert world.hosts["acquirer"].seen == [("0220", 1)]
    assert world.hosts["second"].seen == [("0400", 1), ("0220", 2)]


def test_what_the_log_knows_of_one_is_not_taken_for_an_end_of_the_other():
    world = AcquirerWorld(answer_timeout_s=20, linger_s=0)
    one, two = cup.sale(4), cup.sale(4, amount=44)
    for number, message in ((1, one), (2, two)):
        world.hand_in(message, 77, acquirer=number)
    for host in world.hosts.values():
        host.deaf_to = "0200"
    world.run(3)
    world.boot()  # both are under way
    ends = world.told(ids.E_OUTCOME_UNKNOWN)
    assert sorted([args.get(ids.A_ACQUIRER, 1) for args in ends]) == [1, 2]


def test_an_acquirer_whose_host_was_taken_from_the_settings_still_ends_what_it_had():
    world = AcquirerWorld()
    world.up = False
    two = world.give(cup.advice(1), acquirer=2, deadline_s=3600)
    world.config = {n: v for n, v in world.config.items() if not n.startswith("acquirer.")}
    world.boot()
    world.up = True
    world.run(3 * 3600)
    assert world.state_at(2, two) == ids.MS_NOT_SENT
    assert [args[ids.A_ACQUIRER] for args in world.told(ids.E_NOT_SENT)] == [2]


def test_the_outbox_is_shared_in_equal_parts():
    world = AcquirerWorld(outbox_records=8)
    world.up = False
    for stan in range(1, 5):
        world.give(cup.advice(stan), acquirer=2)
    result, standing = world.hand_in(cup.advice(5), acquirer=2)
    assert result == ids.R_FULL and standing.why == ids.WHY_FULL
    world.give(cup.sale(6))


def test_a_long_upload_at_one_gives_way_to_a_sale_at_the_other_where_both_are_over_tls():
    world = AcquirerWorld(**{"tls": True, "acquirer.2.tls": True})
    world.family.tls = lambda ca, path: world.family
    for stan in range(1, 9):
        world.hosts["acquirer"].script.append({"delay_ms": 8000})
        world.give(cup.advice(stan))
    world.run(3)
    two = world.give(cup.sale(50), acquirer=2)
    world.run(16)
    assert world.state_at(2, two) == ids.MS_ACKNOWLEDGED
    assert world.family.most == 1
    world.run(120)
    assert len(world.hosts["acquirer"].seen) == 8


def test_a_modem_that_restarts_takes_both_connections_and_both_begin_again():
    world = AcquirerWorld()
    for host in world.hosts.values():
        host.script = [{"silent": True}]
    world.give(cup.advice(1))
    world.give(cup.advice(1, amount=2), acquirer=2)
    world.run(5)
    assert world.family.most == 2
    world.cut_modem()
    world.run(200)
    assert world.settlement.pending == 0 and world.settlement.lanes == []


def test_four_acquirers_have_two_connections_at_most_and_all_are_served():
    hosts = {name: Host() for name in ("acquirer", "second", "third", "fourth")}
    more = {"acquirer.3.host": "third", "acquirer.3.port": 1}
    more.update({"acquirer.4.host": "fourth", "acquirer.4.port": 2})
    world = AcquirerWorld(hosts=hosts, **more)
    for number in range(1, 5):
        for stan in (1, 2):
            world.give(cup.advice(stan, amount=number * 10), acquirer=number)
    world.run(120)
    assert [len(host.seen) for host in hosts.values()] == [2, 2, 2, 2]
    assert world.family.most == 2


def test_a_further_acquirers_dialect_and_codes_are_its_own():
    more = {"acquirer.2.f39_groups": "51=H", "f39_groups": "51=D", "acquirer.2.dialect": "nac"}
    world = AcquirerWorld(**more)
    assert world.of(2).config["dialect"] == "nac" and world.of(1).config["dialect"] == "cup"
    assert world.of(2).config["f39_groups"] == "51=H"
    assert world.of(2).config["host2"] == "" and world.of(2).config["closed_apn"] is True
    summary = world.settlement.summary(0, 2)
    assert summary[ids.REP_CODES] == ["nac", "51=H"]


def test_the_agent_may_ask_several_what_it_asks_one():
    world = AcquirerWorld()
    for name in dir(world.of(1)):
        asked = name[0] != "_" and callable(getattr(world.of(1), name))
        # What the settlement's own modules ask of the one at hand.
        own = ("air", "again", "blame", "busiest", "end", "give_up", "held", "overdue", "remember")
        if asked and name not in own + ("tell", "tell_end", "on_event"):
            assert hasattr(world.settlement, name), name
