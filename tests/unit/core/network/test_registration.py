"""The network as the modem tells it: what each stat means for payments, roaming, signal, SIM."""

from heard import Heard
from posproto import ids
from posproto.at.registration import parse
from posproto.at.result import CME, ERROR, OK, TIMEOUT
from talk import talk

DOMAINS = b"+CREG?;+CGREG?;+CEREG?"
ALL = b"+CSQ;" + DOMAINS
ON_LTE = b"+CESQ;" + DOMAINS
HOME = (b"+CREG: 2,1", b"+CGREG: 2,1", b'+CEREG: 2,1,"1A","2B",7')


class Net(Heard):
    def stats(self, cs, ps, eps):
        for head, stat in ((b"+CREG: ", cs), (b"+CGREG: ", ps), (b"+CEREG: ", eps)):
            self.on_line(head + b"%d" % stat, False)
        return self


def meaning(stat):
    """(packets pass, short messages pass, denied, no payments, idle) with this stat."""
    net = Net().stats(stat, stat, stat)
    net.signal_dbm = -90
    return (
        net.registered(),
        net.sms_possible(),
        net.denied(),
        net.emergency_only(),
        net.idle(),
    )


def test_each_stat_has_its_meaning_for_payments():
    no = False
    assert [meaning(stat) for stat in range(12)] == [
        (no, no, no, no, True),  # 0 not searching
        (True, True, no, no, no),  # 1 home
        (no, no, no, no, no),  # 2 searching
        (no, no, True, no, no),  # 3 denied
        (no, no, no, no, no),  # 4 unknown
        (True, True, no, no, no),  # 5 roaming
        (no, True, no, no, no),  # 6 short messages only, home
        (no, True, no, no, no),  # 7 short messages only, roaming
        (no, no, no, True, no),  # 8 emergency
        (True, True, no, no, no),  # 9 home, calls elsewhere
        (True, True, no, no, no),  # 10 roaming, calls elsewhere
        (no, no, no, True, no),  # 11 restricted local service
    ]


def test_short_messages_only_is_told_apart_from_no_network():
    assert Net().stats(0, 0, 6).sms_only() and Net().stats(0, 0, 7).sms_only()
    assert not Net().stats(0, 0, 2).sms_only() and not Net().stats(1, 0, 1).sms_only()


def test_domains_are_kept_apart():
    net = Net().stats(1, 3, 3)
    assert net.stat == [1, 3, 3]
    assert net.denied() and net.sms_possible() and not net.registered()
    net.on_line(b"+CGREG: 1", False)
    assert net.registered() and not net.denied()


def test_unknown_stats_are_told_apart_from_none():
    net = Net()
    assert net.unclear()
    assert net.stats(4, 4, 4).unclear() and not net.stats(4, 4, 2).unclear()
    assert net.stats(0, 0, 90).stat[2] == 0  # nRF91: a failed card


def test_a_cause_stays_with_its_domain_and_ends_with_the_registration():
    net = Net()
    net.on_line(b'+CEREG: 3,"1A2B","01",7,0,15', False, 3)
    assert net.reject_cause == ids.CAUSE_EMM << 8 | 15
    event_id, args = net.events[-1]
    assert event_id == ids.E_REGISTRATION and args[ids.A_CAUSE] == ids.CAUSE_EMM << 8 | 15
    net.on_line(b"+CEREG: 1", False)
    assert net.reject_cause == 0


def test_a_number_beyond_5_is_a_state_and_no_setting():
    """The setting n ends at 5 (TS 27.007 cl. 7.2, 10.1.22): `6,1` is the state 6 in the area 1."""
    for n in range(12):
        for head in (b"+CREG: ", b"+CGREG: ", b"+CEREG: "):
            told = parse(head + b"%d,1" % n, None)
            stat, area = (1, None) if n <= 5 else (n, 1)
            assert told[1:4] == (n if n <= 5 else None, stat, area), (n, told)


def test_two_bare_fields_are_an_answer_whenever_they_come():
    """News of one state has one field, or an area and a cell behind it."""
    for asked in (None, True, False):
        for mode in (None, 0, 3):
            assert parse(b"+CREG: 2,1", asked, mode)[1:4] == (2, 1, None), (asked, mode)


def test_a_maker_s_own_cause_is_none_of_the_standard_s():
    """cause_type 1 is the maker's (TS 27.007 cl. 7.2): its 7 is not "services not allowed"."""
    net = Net()
    net.on_line(b'+CEREG: 3,"1A2B","01",7,1,7', False, 3)
    assert net.reject_cause == 0 and net.denied()
    assert ids.A_CAUSE not in net.events[-1][1]
    net.on_line(b'+CEREG: 3,"1A2B","01",7,0,7', False, 3)
    assert net.reject_cause == ids.CAUSE_EMM << 8 | 7
    net.on_line(b'+CEREG: 3,"1A2B","01",7,1,7', False, 3)
    assert net.reject_cause == ids.CAUSE_EMM << 8 | 7  # the last that the standard knows


def test_roaming_by_policy():
    for policy, allowed in (("auto", True), ("allow", True), ("deny", False)):
        net = Net(policy).stats(5, 5, 5)
        assert net.registered() == allowed and net.abroad() == (not allowed), policy
        assert net.stats(1, 1, 1).registered() and not net.abroad()


def test_roaming_by_a_list_of_networks_and_countries():
    visited = {
        b'+COPS: 0,2,"26202",7': True,  # the country is on the list
        b'+COPS: 0,2,"46001",7': True,  # the network is
        b'+COPS: 0,2,"46000",7': False,
        b'+COPS: 0,2,"2620",7': True,
        b'+COPS: 0,0,"CHN-UNICOM",7': False,  # the name proves nothing
        b"+COPS: 0": False,
        b"+COPS: what": False,
    }
    for line in visited:
        net = Net("list", "262 46001").stats(5, 5, 5)
        assert net.abroad()  # until it is known
        registered = (OK, b"+CREG: 2,5", b"+CGREG: 2,5", b"+CEREG: 2,5")
        answers = {ALL: registered, b"+CFUN?": (OK, b"+CFUN: 1")}
        answers[b"+COPS=3,2"] = (OK,)
        answers[b"+COPS?"] = (OK, line)
        talk(net.look(), answers)
        assert net.registered() == visited[line], line


def test_the_network_abroad_is_asked_again_when_the_registration_changed():
    net = Net("list", "46001").stats(5, 5, 5)
    net.plmn = "46001"
    assert net.registered()
    net.on_line(b"+CEREG: 2", False)
    net.on_line(b"+CEREG: 5", False)
    assert net.plmn == "" and net.abroad()


def test_a_modem_that_hears_nothing_is_told_apart_from_one_that_does_not_say():
    net = Net()
    searching = (b"+CREG: 2,2", b"+CGREG: 2,2", b"+CEREG: 2,2")
    talk(net.look(), {ALL: (OK, b"+CSQ: 99,99") + searching})
    assert net.no_signal()
    for _ in range(2):
        talk(net.look(), {ALL: (OK,) + searching, b"+CSQ": (TIMEOUT,)})
    assert not net.no_signal() and net.signal_dbm is None


def test_a_module_that_knows_2g_only_is_not_slow():
    net = Net()
    net.on_line(b'+CGREG: 1,"1A2B","4C11",0', False)
    assert net.registered() and not net.slow_rat()


def test_a_slow_technology_is_known_while_registered():
    net = Net()
    net.on_line(b"+CEREG: 0", False)
    for act, slow in ((0, True), (1, True), (3, True), (2, False), (6, False), (7, False)):
        net.on_line(b'+CGREG: 1,"1A2B","4C11",%d' % act, False)
        assert net.slow_rat() == slow, act
    net.on_line(b'+CGREG: 1,"1A2B","4C11",0', False)
    net.on_line(b"+CGREG: 2", False)
    assert not net.slow_rat()


def test_serving_cell_is_kept():
    net = Net()
    net.on_line(b'+CEREG: 1,"550A","82E8C80",7', False)
    assert net.cell == (0x550A, 0x82E8C80) and net.act == 7
    net.on_line(b'+CREG: 1,"2B11","82E8C80",7', False)  # the LAC for calls is another area
    assert net.cell == (0x550A, 0x82E8C80)
    net.reset()  # the module restarted: it is where it was
    assert net.cell == (0x550A, 0x82E8C80) and net.cell_s == 0
    net.on_line(b"+CEREG: 2", False)
    net.on_line(b'+CREG: 1,"2B11","4C11",0', False)  # on 2G now: the LAC is the area
    assert net.cell == (0x2B11, 0x4C11)


def test_the_place_is_asked_for_after_a_move_and_each_quarter_of_an_hour():
    net = Net()
    assert not net.place_due()
    net.on_line(b'+CEREG: 1,"550A","82E8C80",7', False)
    assert net.place_due()
    net.asked_s, net.asked_cell = 1000, net.cell
    for s, moved, due in (
        (1000, False, False),
        (1899, False, False),
        (1900, False, True),
        (1059, True, False),
        (1060, True, True),
    ):
        net._clock.s = s
        net.cell = (0x550A, 0x82E8C81) if moved else net.asked_cell
        assert net.place_due() == due, (s, moved)
    net.on_line(b"+CEREG: 2", False)
    assert not net.place_due()


def test_states_of_the_card():
    for answer, state in (
        ((OK, b"+CPIN: READY"), ids.SIM_READY),
        ((OK, b"+CPIN: SIM PIN"), ids.SIM_PIN),
        ((OK, b"+CPIN: SIM PUK"), ids.SIM_PUK),
        ((OK, b"+CPIN: PH-SIM PIN"), ids.SIM_BOUND),
        ((OK, b"+CPIN: PH-NET PIN"), ids.SIM_BOUND),
        ((CME, 10), ids.SIM_ABSENT),
        ((CME, 13), ids.SIM_FAILED),
        ((CME, 14), ids.SIM_BUSY),
        ((CME, 15), ids.SIM_FAILED),
        ((CME, 11), ids.SIM_PIN),
        ((CME, 12), ids.SIM_PUK),
    ):
        net = Net()
        talk(net.look_sim(), {b"+CPIN?": answer})
        assert net.sim == state, answer
        assert net.events == [(ids.E_SIM, {ids.A_SIM: state})]


def test_a_card_that_starts_with_its_module_has_not_failed():
    """`SIM card: does not work` stood in the log of each healthy start."""
    net = Net()
    net.card_starts = True
    talk(net.look_sim(), {b"+CPIN?": (CME, 13)})
    assert (net.sim, net.events) == (ids.SIM_FAILED, [])
    talk(net.look_sim(), {b"+CPIN?": (OK, b"+CPIN: READY")})
    net.card_started()
    assert net.events == [(ids.E_SIM, {ids.A_SIM: ids.SIM_READY})]
    for _ in range(2):
        talk(net.look_sim(), {b"+CPIN?": (CME, 13)})
    assert net.events[1:] == [(ids.E_SIM, {ids.A_SIM: ids.SIM_FAILED})]
    late = Net()
    late.card_starts = True
    talk(late.look_sim(), {b"+CPIN?": (CME, 13)})
    late.card_started()
    assert late.events == [(ids.E_SIM, {ids.A_SIM: ids.SIM_FAILED})]


def test_a_card_that_is_busy_for_a_minute_is_gone_where_no_network_holds_the_terminal():
    for stat, starts, busy_s, gone in (
        (b"+CEREG: 0", False, 59, False),
        (b"+CEREG: 0", False, 60, True),
        (b"+CEREG: 0", True, 60, False),  # it starts with its module
        (b"+CEREG: 1", False, 3600, False),  # payments pass: nothing is to be healed
        (b"+CEREG: 6", False, 3600, False),  # switched off it would be detached
    ):
        net = Net()
        net.on_line(stat, False)
        net.on_sim_text(b"+CPIN: READY")
        for _ in range(2):
            talk(net.look_sim(), {b"+CPIN?": (CME, 14)})
        net.card_starts = starts
        net._clock.s += busy_s
        assert net.card_gone() == gone, (stat, starts, busy_s)
    for code in (10, 13):
        net = Net()
        net.on_line(b"+CEREG: 1", False)
        talk(net.look_sim(), {b"+CPIN?": (CME, code)})
        assert net.card_gone(), code


def test_no_answer_about_the_card_is_no_missing_card():
    net = Net()
    for answer in ((TIMEOUT,), (ERROR,), (CME, 30), (CME, 100)):
        talk(net.look_sim(), {b"+CPIN?": answer})
        assert net.sim == ids.SIM_UNKNOWN and net.events == []


def test_a_line_about_the_card_makes_its_number_be_read_again():
    net = Net()
    net.sim_read = True
    net.on_sim_text(b"+CPIN: READY")
    assert not net.sim_read


def test_one_line_asks_for_card_signal_context_and_registration():
    net = Net()
    talk(net.look(), {ALL: (OK,) + HOME})  # now it knows that this is LTE
    line = b"+CPIN?;+CESQ;+QIACT?;" + DOMAINS
    power = b"+CESQ: 99,99,255,255,20,60"
    context = b'+QIACT: 1,1,1,"10.1.2.3"'
    answers = {line: (OK, b"+CPIN: READY", power, context) + HOME}
    told, sent = talk(net.look(True, b"+QIACT?"), answers)
    assert sent == [line] and told == [context]
    assert net.sim == ids.SIM_READY and net.signal_dbm == -81 and net.registered()


def test_a_piece_that_the_wire_lost_is_asked_for_again_not_believed_gone():
    net = Net()
    talk(net.look(), {ALL: (OK,) + HOME})
    line = b"+CPIN?;+CESQ;+QIACT?;" + DOMAINS
    answers = {line: (OK, b"+CPIN: READY") + HOME}
    answers[b"+CESQ"] = (OK, b"+CESQ: 99,99,255,255,20,60")
    told, sent = talk(net.look(True, b"+QIACT?"), answers)
    assert told is None and sent == [line, b"+CESQ"]


def test_a_card_that_is_gone_shows_though_the_line_ends_there():
    net = Net().stats(1, 1, 1)
    answers = {b"+CPIN?;" + ALL: (CME, 10), b"+CPIN?": (CME, 10)}
    answers[b"+CREG?"] = (OK, b"+CREG: 2,0")
    answers[b"+CGREG?"] = (OK, b"+CGREG: 2,0")
    answers[b"+CEREG?"] = (OK, b"+CEREG: 2,0")
    for _ in range(2):
        talk(net.look(True), answers)
    assert net.sim == ids.SIM_ABSENT and not net.registered()


def test_a_module_that_refuses_the_long_line_is_asked_one_by_one():
    net = Net()
    answers = {
        b"+CREG?": (OK, b"+CREG: 2,1"),
        b"+CGREG?": (OK, b"+CGREG: 2,1"),
        b"+CEREG?": (OK, b"+CEREG: 2,1"),
        b"+CSQ": (OK, b"+CSQ: 20,99"),
    }
    for _ in range(10):  # an error now and then is the wire's
        _, sent = talk(net.look(), answers)
    assert sent == [b"+CREG?", b"+CGREG?", b"+CEREG?", b"+CSQ"]
    assert net.stat == [1, 1, 1] and net.signal_dbm == -73
    net.reset()
    assert talk(net.look(), answers)[1][0] == ALL  # another life of the module


def test_a_2g_module_is_not_asked_for_the_domain_that_it_has_not_while_it_is_registered():
    net = Net()
    short = b"+CSQ;+CREG?;+CGREG?"
    on_2g = (b"+CREG: 2,1", b"+CGREG: 2,1")
    answers = {
        b"+CREG?": (OK, on_2g[0]),
        b"+CGREG?": (OK, on_2g[1]),
        b"+CSQ": (OK, b"+CSQ: 20,99"),
        short: (OK, b"+CSQ: 20,99") + on_2g,
    }
    for _ in range(4):
        _, sent = talk(net.look(), answers)
    assert sent == [short] and net.stat == [1, 1, -1] and net.signal_dbm == -73
    net.on_line(b"+CGREG: 2", False)  # without a network nothing is left out
    answers[b"+CGREG?"] = (OK, b"+CGREG: 2,2")
    answers[b"+CEREG?"] = (OK, b"+CEREG: 2,1")
    answers[ALL] = (OK, b"+CSQ: 20,99") + on_2g + (b"+CEREG: 2,1",)
    assert b"+CEREG?" in talk(net.look(), answers)[1] and net.registered()
    assert talk(net.look(), answers)[1] == [ALL]


def test_a_module_that_refuses_the_context_on_the_long_line_keeps_the_rest_of_it():
    net = Net().stats(1, 1, 1)
    answers = {
        b"+CREG?": (OK, HOME[0]),
        b"+CGREG?": (OK, b"+CGREG: 2,1"),
        b"+CEREG?": (OK, b"+CEREG: 2,1"),
        b"+CSQ": (OK, b"+CSQ: 20,99"),
        ALL: (OK, b"+CSQ: 20,99", b"+CREG: 2,1", b"+CGREG: 2,1", b"+CEREG: 2,1"),
    }
    for _ in range(4):
        told, sent = talk(net.look(False, b"+IPADDR"), answers)
    assert told is None and sent == [ALL]
