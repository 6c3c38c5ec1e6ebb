"""The simulated radio: what rejects make of a terminal, and what brings it back."""

from posworld.network.account import Bar
from world_drive import Drive


def stats(drive):
    return [drive.at("+%s?" % c)[0].split(",")[1] for c in ("CREG", "CGREG", "CEREG")]


def test_registration_comes_by_itself_with_unsolicited_lines():
    drive = Drive()
    drive.run(6600)
    drive.at("+CREG=1;+CEREG=2", 30)
    out = drive.run(20000).decode()
    assert "+CEREG: 2\r\n" in out and '+CEREG: 1,"550A","82E8C80",7\r\n' in out
    assert out.index("+CEREG: 2") < out.index("+CEREG: 1")


def test_a_permanent_reject_silences_the_terminal_until_its_radio_is_cycled():
    drive = Drive().ready()
    drive.operator.bar(Bar("attach", 8))
    drive.run(5000)
    assert stats(drive) == ["3", "3", "3"]
    drive.operator.unbar()
    attempts = len(drive.notes("attach"))
    drive.run(3 * 3600 * 1000)
    assert len(drive.notes("attach")) == attempts  # nothing was tried, though it would be taken
    drive.at("+COPS=0", 5000)
    assert stats(drive) == ["3", "3", "3"]
    drive.at("+CFUN=4", 4000)
    drive.at("+CFUN=1", 20000)
    assert stats(drive) == ["1", "1", "1"]


def test_some_firmware_only_forgets_a_reject_with_the_card_powered_down():
    drive = Drive({"modem": {"silent_until": "cfun0"}}).ready()
    drive.operator.bar(Bar("attach", 3))
    drive.run(5000)
    drive.operator.unbar()
    drive.at("+CFUN=4", 4000)
    drive.at("+CFUN=1", 30000)
    assert stats(drive)[2] == "3"
    drive.at("+CFUN=0", 4000)
    drive.at("+CFUN=1", 30000)
    assert stats(drive)[2] == "1"


def test_emm_7_leaves_calls_and_sms_on_the_other_network():
    drive = Drive()
    drive.operator.account.bar(Bar("attach", 7))
    drive.ready()
    assert stats(drive) == ["1", "3", "3"]
    assert drive.at("+CGATT?") == ["+CGATT: 0", "OK"]
    drive.operator.sms_service("你好")
    assert any("+CMTI" in line for line in drive.at("", 5000))


def test_a_temporary_reject_is_tried_five_times_then_after_twelve_minutes():
    drive = Drive()
    drive.operator.account.bar(Bar("attach", 17))
    drive.run(120000)
    assert len(drive.notes("attach")) == 5
    drive.run(720000)
    assert 6 <= len(drive.notes("attach")) <= 10


def test_congestion_waits_as_the_network_says_and_then_tries_alone():
    drive = Drive()
    drive.operator.account.bar(Bar("attach", 22, 1000))
    drive.run(900000)
    assert len(drive.notes("attach")) == 1
    drive.operator.account.unbar()
    drive.run(200000)
    drive.at("E0")
    assert stats(drive)[2] == "1"


def test_the_cause_is_shown_where_the_family_can_show_it():
    drive = Drive({"modem": {"family": "generic"}})
    drive.operator.account.bar(Bar("attach", 15))
    drive.operator.cells.pop()  # LTE alone
    drive.ready()
    drive.at("+CEREG=3")
    assert drive.at("+CEREG?")[0] == '+CEREG: 3,3,"550A","82E8C80",7,0,15'
    hidden = Drive({"modem": {"family": "generic"}})
    hidden.operator.account.bar(Bar("attach", 8, hidden=True))
    hidden.ready()
    hidden.at("+CEREG=3")
    assert hidden.at("+CEREG?")[0] == '+CEREG: 3,3,"550A","82E8C80",7'


def test_barred_data_ends_the_session_and_refuses_the_next_with_its_cause():
    drive = Drive().ready()
    drive.at("+CGEREP=2,1")
    assert drive.at("+QIACT=1", 4000) == ["OK"]
    drive.operator.bar(Bar("data", 33))
    out = drive.run(5000).decode()
    assert "+CGEV: NW PDN DEACT 1" in out and '+QIURC: "pdpdeact",1' in out
    assert drive.at("+QIACT=1", 4000) == ["+CME ERROR: 133"]
    assert drive.at("+QIGETERROR")[0] == "+QIGETERROR: 561,Open PDP context failed"
    assert stats(drive) == ["1", "1", "1"]


def test_a_back_off_is_held_by_the_modem_without_a_byte_on_the_air():
    drive = Drive().ready()
    drive.operator.bar(Bar("data", 8, 720))
    drive.run(5000)
    asked = len(drive.notes("activate"))
    assert drive.at("+QIACT=1", 4000) == ["+CME ERROR: 177"]
    drive.operator.unbar()
    for _ in range(5):
        assert drive.at("+QIACT=1", 4000) == ["+CME ERROR: 177"]
    assert len(drive.notes("activate")) == asked + 1
    assert len(drive.notes("activate_held")) == 5
    drive.run(720000)
    assert drive.at("+QIACT=1", 4000) == ["OK"]


def test_a_hidden_cause_is_a_bare_error():
    drive = Drive().ready()
    drive.operator.bar(Bar("data", 33, hidden=True))
    drive.run(5000)
    assert drive.at("+QIACT=1", 4000) == ["ERROR"]
    assert drive.at("+CEER")[0] == "+CEER: 0,0"


def test_what_was_refused_before_the_radio_was_cycled_is_told_no_more():
    drive = Drive().ready()
    drive.operator.bar(Bar("data", 29))
    drive.run(5000)
    drive.at("+QIACT=1", 4000)
    assert drive.at("+CEER")[0] == "+CEER: 5,29"
    drive.at("+CFUN=0", 15000)
    drive.at("+CFUN=1", 15000)
    assert drive.at("+CEER")[0] == "+CEER: 0,0"


def test_losing_the_cell_is_noticed_late_and_found_again():
    drive = Drive().ready()
    drive.at("+CEREG=1")
    drive.operator.cover(7, -140)
    drive.operator.cover(0, -140)
    assert "+CEREG" not in drive.run(3500).decode()
    assert "+CEREG: 2" in drive.run(12000).decode()
    assert drive.at("+CSQ")[0] == "+CSQ: 99,99"
    drive.operator.cover(7, -101)
    assert "+CEREG: 1" in drive.run(90000).decode()


def test_lte_gone_leaves_gsm_where_the_module_has_it():
    drive = Drive().ready()
    drive.operator.cover(7, -140)
    drive.run(30000)
    assert drive.at("+COPS?")[0] == '+COPS: 0,0,"CHINA MOBILE",0'
    alone = Drive({"modem": {"rats": ["lte"]}}).ready()
    alone.operator.cover(7, -140)
    alone.run(30000)
    assert alone.at("+COPS?")[0] == "+COPS: 0"


def test_a_search_may_end_for_good_until_the_radio_is_cycled():
    drive = Drive({"modem": {"rats": ["lte"], "gives_up_s": 300}}).ready()
    drive.operator.cover(7, -140)
    drive.run(600000)
    drive.operator.cover(7, -90)
    drive.run(600000)
    assert stats(drive)[2] == "0"
    drive.at("+COPS=0", 20000)
    assert stats(drive)[2] == "1"


def test_a_detach_by_the_network_takes_the_sessions_along():
    drive = Drive().ready()
    drive.at("+CGEREP=2,1;+CEREG=1")
    drive.at("+QIACT=1", 4000)
    drive.modem.radio.detached(0)
    out = drive.run(20000).decode()
    assert "+CGEV: NW DETACH" in out and '"pdpdeact",1' in out
    assert out.rindex("+CEREG: 1") > out.index("+CEREG: 2")


def test_roaming_shows_as_five():
    assert stats(Drive({"operator": {"roaming": True}}).ready()) == ["5", "5", "5"]


def test_a_card_without_supply_answers_failure():
    drive = Drive().ready()
    drive.at("+CFUN=0", 4000)
    assert drive.at("+CPIN?") == ["+CME ERROR: 13"]
    assert drive.at("+COPS?") == ["+COPS: 0", "OK"]


def test_a_mute_core_network_makes_everything_time_out():
    drive = Drive().ready()
    drive.operator.mute = True
    drive.at("+CGACT=0,1", 2000)
    assert drive.at("+QIACT=1", 39000) == []
    assert drive.data(b"", 5000) == ["+CME ERROR: 31"]


def test_a_level_fades_with_a_wobble_and_ends_where_it_was_sent():
    drive = Drive().ready()
    drive.stage.do({"do": "fade", "dbm": -118, "for_s": 60})
    seen = []
    for _ in range(12):
        drive.run(5000)
        seen.append(drive.operator.cell(7).dbm)
    assert seen[-1] == -118 and seen != sorted(seen, reverse=True)
    assert seen[2] > seen[-1] and max(seen) < -88


def test_a_barred_cell_is_heard_but_admits_nobody():
    drive = Drive({"modem": {"rats": ["lte"]}}).ready()
    drive.stage.do({"do": "cell_barred"})
    drive.run(60000)
    assert stats(drive)[2] == "2" and drive.at("+CSQ")[0] != "+CSQ: 99,99"
    drive.stage.do({"do": "cell_barred", "on": False})
    drive.run(70000)
    assert stats(drive)[2] == "1"


def test_a_search_after_a_cycle_may_take_minutes():
    drive = Drive({"modem": {"slow_after_cfun_ms": 200000}}).ready()
    assert stats(drive)[2] == "1"
    drive.at("+CFUN=4", 4000)
    drive.at("+CFUN=1", 150000)
    assert stats(drive)[2] == "2"
    drive.run(60000)
    assert stats(drive)[2] == "1"


def test_the_module_tells_its_back_offs_by_the_standards_command():
    drive = Drive({"modem": {"cabtrdp": True}}).ready()
    assert drive.at("+CABTRDP") == ["OK"]
    drive.operator.bar(Bar("data", 26, 600))
    drive.run(5000)
    drive.at("+QIACT=1", 4000)
    line = drive.at("+CABTRDP")[0]
    assert line.startswith('+CABTRDP: "cmnet",59') and line.endswith(",1,0")
    drive.run(600000)
    assert drive.at("+CABTRDP") == ["OK"]
    drive.operator.bar(Bar("data", 26, -1))
    drive.at("+QIACT=1", 4000)
    assert drive.at("+CABTRDP") == ['+CABTRDP: "cmnet"', "OK"]
    drive.run(86400000)
    assert drive.at("+CABTRDP")[0] == '+CABTRDP: "cmnet"'
    drive.at("+CFUN=0", 4000)
    drive.at("+CFUN=1", 20000)
    assert drive.at("+CABTRDP") == ["OK"]
    plain = Drive().ready()
    assert plain.at("+CABTRDP") == ["ERROR"]
