from posagent.core.modem.command import Command, Restarted, Sleep, WaitUrc
from posproto import ids
from posproto.at import result
from scripted import Rig, ask

CSQ = b"\r\n+CSQ: 17,99\r\n\r\nOK\r\n"


def test_a_late_answer_never_answers_the_next_command():
    # The answer to CREG comes after its time-out, while the sync asks and the next one waits.
    for late_ms in range(5000, 8000, 50):
        rig = Rig({b"+CREG?": [(late_ms, b"\r\n+CREG: 2,1\r\n\r\nOK\r\n")], b"+CSQ": CSQ})

        def script():
            first = yield Command(b"+CREG?", 5000)
            second = yield Command(b"+CSQ")
            return first, second

        first, second = rig.do(script())
        if late_ms > 5000:
            assert first.result == result.TIMEOUT
            assert rig.counters[ids.C_MODEM_TIMEOUTS] == 1
        assert (second.result, second.lines) == (result.OK, [b"+CSQ: 17,99"])
        rig.run(3000)
        assert b"+CREG: 2,1" not in rig.urcs


def test_a_late_answer_is_no_news_whatever_its_head():
    """It reached those who listen, as if the module had told it by itself: an old balance, say."""
    for line in (b"+CUSD: 0", b"+CPIN: SIM PIN", b"+CMTI: 3", b"+CLCK: 1", b"+COPS: 0"):
        head = line[: line.find(b":") + 1]
        rig = Rig({b"+READ?": [(5200, b"\r\n" + line + b"\r\n\r\nOK\r\n")], b"+CSQ": CSQ})

        def script(head=head):
            yield Command(b"+READ?", 5000, (head,))
            return (yield Command(b"+CSQ"))

        assert rig.do(script()).result == result.OK
        rig.run(3000)
        assert rig.urcs == [], (line, rig.urcs)
        assert rig.counters[ids.C_MODEM_LATE] == 2  # the line, and its OK
        rig.say(b"\r\n" + line + b"\r\n")  # the next one is news
        rig.run(100)
        assert rig.urcs == [line]


def test_a_late_refusal_never_answers_the_next_command():
    for late_ms in range(5010, 8000, 50):
        rig = Rig({b"+CGATT=1": [(late_ms, b"\r\n+CME ERROR: 30\r\n")], b"+CSQ": CSQ})

        def script():
            yield Command(b"+CGATT=1", 5000)
            return (yield Command(b"+CSQ"))

        reply = rig.do(script())
        assert (reply.result, reply.lines) == (result.OK, [b"+CSQ: 17,99"])


def test_news_of_the_network_is_heard_while_the_line_that_asked_for_it_is_overdue():
    rig = Rig()
    rig.deaf = True
    read = Command(b"+CPIN?;+CREG?;+CEREG?", 5000, (b"+CPIN:", b"+CREG:", b"+CEREG:"))
    rig.engine.start("look", ask(read))
    rig.run(7000)
    rig.say(b'\r\n+CREG: 2\r\n\r\n+CEREG: 3,"550A","82E8C80",7\r\n\r\n+CREG: 2,1\r\n')
    rig.run(500)
    assert rig.urcs == [b"+CREG: 2", b'+CEREG: 3,"550A","82E8C80",7']  # the last is an answer
    assert rig.engine.pairing.heard_s >= 7


def test_a_module_without_cmee_is_found_again_all_the_same():
    rig = Rig({b"+CMEE?": b"\r\nERROR\r\n", b"+CSQ": [[], [(10, CSQ)]]})
    assert rig.do(ask(Command(b"+CSQ", 1000))).result == result.TIMEOUT
    assert rig.do(ask(Command(b"+CSQ", 1000))).lines == [b"+CSQ: 17,99"]
    assert rig.restarts == 0


def test_a_silent_port_is_dead_after_a_run_of_probes_and_says_so_to_everyone():
    rig = Rig({b"+CSQ": CSQ})
    rig.deaf = True
    assert rig.do(ask(Command(b"+CSQ", 1000))).result == result.TIMEOUT
    assert not rig.engine.dead
    rig.run(60000)
    assert rig.engine.dead
    sent = len(rig.sent)
    assert rig.do(ask(Command(b"+CSQ", 1000)), 5000).result == result.DEAD
    rig.run(600000)
    assert len(rig.sent) - sent < 60  # probed slowly
    rig.deaf = False
    rig.run(20000)
    assert not rig.engine.dead
    assert rig.restarts == 1  # set up anew
    assert rig.do(ask(Command(b"+CSQ"))).result == result.OK


def test_a_busy_loop_against_a_dead_port_does_not_hang_the_agent():
    rig = Rig()
    rig.deaf = True

    def stubborn():
        while True:
            reply = yield Command(b"+CSQ", 1000)
            if reply.result == result.OK:
                return True

    rig.engine.start("stubborn", stubborn())
    rig.run(100000)
    rig.answers[b"+CSQ"] = CSQ
    rig.deaf = False
    rig.run(30000)
    assert not rig.engine.dead


def test_a_module_at_another_rate_is_found():
    rig = Rig({b"+CSQ": CSQ})
    rates = []

    def set_baud(rate):
        rates.append(rate)
        rig.deaf = rate != 9600

    rig.deaf = True
    rig.engine.set_baud = set_baud
    rig.do(ask(Command(b"+CSQ", 1000)))
    rig.run(300000)
    assert rig.engine.rate == 9600
    assert rates[-1] == 9600
    assert rig.restarts == 1
    assert rig.do(ask(Command(b"+CSQ"))).result == result.OK


def test_every_usual_rate_is_tried_within_20_s_long_before_a_pin_may_act():
    for rate in (9600, 57600, 460800, 921600, 38400, 19200):
        rig = Rig({b"+CSQ": CSQ})

        def set_baud(tried, rig=rig, rate=rate):
            rig.deaf = tried != rate

        rig.deaf = True
        rig.engine.set_baud = set_baud
        rig.do(ask(Command(b"+CSQ", 1000)))
        rig.run(20000)
        assert rig.engine.rate == rate, (rate, rig.engine.rate)


def test_a_module_left_in_data_mode_is_called_back():
    rig = Rig({b"+CSQ": CSQ})
    rig.deaf = True
    write = rig.engine.pairing.write

    def escaped(data):
        if data == b"+++":
            rig.deaf = False
        write(data)

    rig.engine.pairing.write = escaped
    rig.do(ask(Command(b"+CSQ", 1000)))
    assert rig.do(ask(Command(b"+CSQ", 1000))).result == result.OK


def test_a_boot_line_in_the_middle_of_anything_means_restarted():
    rig = Rig({b"+COPS=?": [(500, b"\r\nRDY\r\n"), (900, b"\r\n+CFUN: 1\r\n")]})
    ends = []

    def sleeper():
        yield Sleep(100000)
        ends.append("slept")
        yield Command(b"+CSQ")

    def waiter():
        line = yield WaitUrc(b"+CUSD:", 100000)
        return line

    def done(value, error):
        ends.append((value, error))

    rig.engine.start("sleeper", sleeper(), done)
    rig.engine.start("waiter", waiter(), done)
    reply = rig.do(ask(Command(b"+COPS=?", 180000)))
    assert reply.result == result.RESTARTED
    assert rig.restarts == 1
    assert rig.counters[ids.C_MODEM_RESTARTS] == 1
    assert ends[0] == "slept"
    assert ends[1][0] is None and isinstance(ends[1][1], Restarted)
    assert ends[2] == (None, None)
    rig.run(5000)
    assert rig.urcs == [b"RDY", b"+CFUN: 1"]
    assert not rig.engine.pairing.busy


def test_the_boot_lines_of_one_start_are_one_restart():
    rig = Rig()
    rig.say(b"\r\nRDY\r\n", 100)
    rig.say(b"\r\nAPP RDY\r\n", 3000)
    rig.run(10000)
    assert rig.restarts == 1
    rig.say(b"\r\nRDY\r\n", 100)  # the same line again: a loop of resets
    rig.run(3000)
    assert rig.restarts == 2


def test_a_boot_line_while_the_engine_finds_back_is_one_restart():
    for at_ms in (1100, 1305, 1350, 1900, 2700):
        rig = Rig({b"+CSQ": CSQ})
        rig.deaf = True
        rig.do(ask(Command(b"+CSQ", 1000)))
        rig.say(b"\r\nRDY\r\n", at_ms - rig.now)
        rig.run(at_ms - rig.now + 50)
        rig.deaf = False
        rig.run(10000)
        assert rig.restarts == 1
        assert rig.do(ask(Command(b"+CSQ"))).result == result.OK


def setup_done(rig):
    def script():
        for text in (b"E0", b"V1", b"+CMEE=1"):
            yield Command(text)

    for text in (b"E0", b"V1", b"+CMEE=1"):
        rig.answers[text] = b"\r\nOK\r\n"
    rig.cmee = b"1"
    rig.do(script())


def test_an_echo_after_it_was_switched_off_betrays_a_silent_reset():
    rig = Rig({b"+CSQ": CSQ})
    setup_done(rig)
    assert rig.do(ask(Command(b"+CSQ"))).result == result.OK
    assert rig.restarts == 0
    rig.answers[b"+CSQ"] = b"AT+CSQ\r" + CSQ
    assert rig.do(ask(Command(b"+CSQ"))).lines == [b"+CSQ: 17,99"]
    assert rig.restarts == 1


def test_terse_results_are_understood_and_betray_a_silent_reset():
    rig = Rig({b"+CSQ": b"+CSQ: 17,99\r\n0\r", b"+CGATT=1": b"4\r"})
    assert rig.do(ask(Command(b"+CSQ"))).result == result.OK
    assert rig.do(ask(Command(b"+CGATT=1"))).result == result.ERROR
    assert rig.restarts == 0
    setup_done(rig)
    assert rig.do(ask(Command(b"+CSQ"))).lines == [b"+CSQ: 17,99"]
    assert rig.restarts == 1


def test_a_module_that_a_turned_bit_made_terse_is_asked_for_words_after_the_next_silence():
    rig = Rig({b"E0": b"0\r", b"V1": b"4\r"})
    rig.do(ask(Command(b"E0")))
    rig.do(ask(Command(b"V1")))
    rig.do(ask(Command(b"+COPS?", 1000)))  # no answer
    rig.run(5000)
    assert rig.sent[-2:] == [b"ATQ0V1\r", b"AT+CMEE?\r"]


def test_a_digit_left_over_by_lost_bytes_is_no_result():
    rig = Rig({b"+CSQ": [(5, b"\r\n0\r\n"), (50, CSQ)]})
    setup_done(rig)
    reply = rig.do(ask(Command(b"+CSQ")))
    assert reply.lines == [b"+CSQ: 17,99"]
    assert rig.restarts == 0


def test_a_lost_error_setting_after_a_time_out_betrays_a_silent_reset():
    rig = Rig({b"+CSQ": CSQ})
    setup_done(rig)
    rig.cmee = b"0"
    rig.do(ask(Command(b"+COPS?", 1000)))
    rig.run(5000)
    assert rig.restarts == 1


def test_the_engine_survives_the_wrap_of_its_ticks():
    rig = Rig({b"+CSQ": CSQ})
    rig.move((1 << 30) - 2500)
    for _ in range(5):
        assert rig.do(ask(Command(b"+CSQ"))).result == result.OK
        assert rig.do(ask(Command(b"+COPS?", 1000))).result == result.TIMEOUT
    assert not rig.engine.dead


def test_a_module_that_boots_amid_the_search_for_it_is_still_searched_alone():
    """The end of the search that its boot line cut short was taken for the end of the next one:
    whoever came then spoke between its probes, and each probe without an answer began another."""
    rig = Rig()
    rig.deaf = True
    assert rig.do(ask(Command(b"+CSQ", 1000))).result == result.TIMEOUT
    rig.run(500)
    rig.say(b"\r\nRDY\r\n")
    rig.run(20)
    ends = []
    rig.engine.start(
        "setup", ask(Command(b"+CGMR", 1000)), lambda reply, error: ends.append(reply)
    )
    rig.run(20000)
    assert b"AT+CGMR\r" not in rig.sent and not ends
    assert rig.counters[ids.C_MODEM_TIMEOUTS] == 1  # a probe is none
    rig.answers[b"+CGMR"] = b"\r\nR1\r\n\r\nOK\r\n"
    rig.deaf = False
    rig.run(20000)
    assert [reply.lines for reply in ends] == [[b"R1"]]
