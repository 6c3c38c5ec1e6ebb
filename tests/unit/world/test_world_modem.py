"""The simulated modem's serial manners (V.250), on both runtimes."""

from world_drive import Drive, lines


def test_boot_lines_come_in_the_order_of_the_family():
    quectel = lines(Drive().run(20000))
    assert quectel == [
        "RDY",
        "+CFUN: 1",
        "+CPIN: READY",
        "+QUSIM: 1",
        "+QIND: SMS DONE",
        "+QIND: PB DONE",
    ]
    simcom = lines(Drive({"modem": {"family": "simcom"}}).run(20000))
    assert simcom == ["*ATREADY: 1", "+CPIN: READY", "SMS DONE", "PB DONE"]


def test_a_booting_module_is_deaf():
    drive = Drive()
    assert drive.at("") == []
    drive.run(10000)
    assert drive.at("")[-1] == "OK"


def test_commands_are_echoed_until_told_otherwise_and_again_after_a_reset():
    drive = Drive()
    drive.run(20000)
    assert drive.at("+CSQ")[0] == "AT+CSQ"
    assert drive.at("E0") == ["ATE0", "OK"]
    assert drive.at("+CFUN?") == ["+CFUN: 1", "OK"]
    drive.modem.restart()
    drive.run(20000)
    assert drive.at("+CFUN?")[0] == "AT+CFUN?"


def test_terse_results_have_numbers_and_no_line_feed():
    drive = Drive().ready()
    drive.modem.feed(b"ATV0\r", drive.now)
    assert drive.run(300) == b"0\r"
    drive.modem.feed(b"AT+CFUN?\r", drive.now)
    assert drive.run(300) == b"+CFUN: 1\r\n0\r"
    drive.modem.feed(b"AT+NOSUCH\r", drive.now)
    assert drive.run(300) == b"4\r"


def test_errors_are_bare_numbered_or_worded_as_cmee_says():
    drive = Drive({"sim": {"fault": "absent"}}).ready()
    drive.at("+CMEE=0")
    assert drive.at("+CPIN?") == ["ERROR"]
    drive.at("+CMEE=1")
    assert drive.at("+CPIN?") == ["+CME ERROR: 10"]
    drive.at("+CMEE=2")
    assert drive.at("+CPIN?") == ["+CME ERROR: SIM not inserted"]


def test_joined_commands_stop_at_the_first_failure():
    drive = Drive().ready()
    assert drive.at("+CREG=1;+CEREG=2;+CFUN?") == ["+CFUN: 1", "OK"]
    assert drive.at("+NOSUCH;+CFUN?") == ["ERROR"]
    assert drive.at("+CREG?;+CEREG?")[:2] == ["+CREG: 1,1", '+CEREG: 2,1,"550A","82E8C80",7']


def test_a_second_command_in_flight_is_counted_against_the_client():
    drive = Drive().ready()
    drive.modem.feed(b"AT+CSQ\rAT+CFUN?\r", drive.now)
    out = lines(drive.run(1000))
    assert out[-2:] == ["+CFUN: 1", "OK"]
    assert drive.modem.overlapped == 1


def test_noise_before_at_is_skipped_and_noise_alone_gets_no_answer():
    drive = Drive().ready()
    drive.modem.feed(b"\x80\xffAT+CFUN?\r", drive.now)
    assert lines(drive.run(500)) == ["+CFUN: 1", "OK"]
    drive.modem.feed(b"hello\r", drive.now)
    assert drive.run(500) == b""


def test_backspace_edits_and_a_slash_repeats():
    drive = Drive().ready()
    drive.modem.feed(b"AT+CFUX\x08N?\r", drive.now)
    assert lines(drive.run(500)) == ["+CFUN: 1", "OK"]
    drive.modem.feed(b"A/", drive.now)
    assert lines(drive.run(500)) == ["+CFUN: 1", "OK"]


def test_an_unsolicited_line_never_cuts_another_line():
    drive = Drive().ready()
    drive.at("+CREG=2;+CEREG=2")
    known = (b"\r\n+CREG: ", b"\r\n+CEREG: ", b"\r\n+QIURC: ", b"\r\n+C", b"\r\nOK\r\n", b"\r\n+Q")
    for i in range(60):
        if i % 6 == 0:
            drive.operator.cover(7, -140)
            drive.operator.cover(0, -140)
        if i % 6 == 3:
            drive.operator.cover(7, -90)
        drive.modem.feed(b"AT+CGDCONT?\r", drive.now)
        out = drive.run(3000)
        for line in out.split(b"\r\n"):
            whole = b"\r\n" + line + b"\r\n"
            assert not line or whole.startswith(known), line


def test_a_hung_firmware_answers_nothing_until_its_reset_pin():
    drive = Drive().ready()
    drive.modem.faults.hang_on = "+CSQ"
    assert drive.at("+CSQ", 5000) == []
    assert drive.at("", 5000) == []
    drive.modem.reset_pin(drive.now)
    assert "RDY" in lines(drive.run(20000))
    assert drive.at("+CFUN?")[-1] == "OK"


def test_the_reset_pin_boots_no_module_that_is_off_and_a_hot_one_takes_no_pulse():
    drive = Drive().ready()
    drive.modem.rests_until_ms = drive.now + 60000
    drive.modem.shut_down("POWERED DOWN", 40)
    drive.run(2000)
    drive.modem.reset_pin(drive.now)
    assert drive.run(30000) == b""  # its processor has no supply
    drive.modem.power_key(drive.now, 600)
    assert drive.run(30000) == b""  # too hot still
    drive.modem.power_key(drive.now, 600)
    assert "RDY" in lines(drive.run(20000))


def test_the_power_key_needs_its_time_and_switches_both_ways():
    drive = Drive(power=False)
    drive.modem.power_key(0, 100)
    assert drive.run(10000) == b""
    drive.modem.power_key(drive.now, 600)
    assert lines(drive.run(15000))[0] == "RDY"
    drive.modem.power_key(drive.now, 600)
    drive.run(6000)
    assert drive.at("") == []


def test_lost_bytes_are_lost_at_the_rate_that_was_asked_for():
    drive = Drive().ready()
    drive.modem.faults.lose_out = 100
    whole = lost = 0
    for _ in range(40):
        drive.modem.feed(b"AT+CGMM\r", drive.now)
        out = drive.run(200)
        whole += len(b"\r\nEC25\r\n\r\nOK\r\n")
        lost += len(b"\r\nEC25\r\n\r\nOK\r\n") - len(out)
    assert whole // 20 < lost < whole // 6


def test_the_pin_is_blocked_after_three_wrong_ones():
    drive = Drive({"sim": {"pin": "4711"}}).ready()
    assert drive.at("+CPIN?") == ["+CPIN: SIM PIN", "OK"]
    assert drive.at("+CIMI") == ["+CME ERROR: 11"]
    assert drive.at('+CPIN="1111"') == ["+CME ERROR: 16"]
    assert drive.at("+CPINR")[0] == "+CPINR: SIM PIN,2,3"
    assert drive.at('+CPIN="4711"', 3000) == ["OK", "+CPIN: READY"]
    assert drive.at("+CIMI")[-1] == "OK"
    drive.modem.restart()
    drive.run(20000)
    drive.at("E0")
    for _ in range(3):
        drive.at('+CPIN="0"')
    assert drive.at("+CPIN?") == ["+CPIN: SIM PUK", "OK"]


def test_the_clock_stands_in_1980_until_the_network_tells_the_time():
    drive = Drive({"operator": {"nitz": False}}).ready()
    assert drive.at("+CCLK?")[0].startswith('+CCLK: "80/01/06')
    drive = Drive().ready()
    assert drive.at("+CCLK?")[0].startswith('+CCLK: "25/06/03,09:30:')
    assert drive.at("+QLTS=1")[0].startswith('+QLTS: "2025/06/03,01:30:')


def test_a_silent_restart_loses_what_was_set():
    drive = Drive().ready()
    drive.at("+CREG=2;+CMEE=2")
    drive.stage.do({"do": "lose_settings"})
    assert drive.at("+CREG?") == ["AT+CREG?", "+CREG: 0,1", "OK"]


def test_the_same_seed_gives_the_same_bytes():
    logs = []
    for _ in range(2):
        drive = Drive(seed=77).ready()
        drive.modem.faults.garbage = 200
        drive.at("+CREG=2")
        drive.operator.cover(7, -140)
        drive.run(60000)
        logs.append(bytes(drive.out))
    assert logs[0] == logs[1]


def test_a_data_session_takes_the_port_until_it_is_left_with_pauses():
    drive = Drive().ready()
    assert drive.at("D*99***1#", 3000) == ["CONNECT"]
    assert drive.at("", 2000) == []
    drive.modem.feed(b"+++", drive.now)
    assert drive.run(900) == b""
    assert drive.run(500) == b"\r\nOK\r\n"
    assert drive.at("+CFUN?")[-1] == "OK"
    drive.at("D*99***1#", 3000)
    drive.modem.feed(b"x+++y", drive.now)  # no pauses around it
    assert drive.run(5000) == b"" and drive.at("", 3000) == []


def test_the_network_tells_the_time_as_the_module_was_asked_to():
    drive = Drive()
    drive.run(6600)
    drive.at("E0")
    drive.at("+CTZR=2")
    out = drive.run(20000).decode()
    assert '+CTZE: "+32",0,"2025/06/03,01:30:' in out
