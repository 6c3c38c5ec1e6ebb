from posagent.core.steps import Command, Restarted, Sleep, WaitUrc
from posproto import ids
from posproto.at import result
from scripted import Rig, ask

CSQ = b"\r\n+CSQ: 17,99\r\n\r\nOK\r\n"


def test_a_command_gets_its_lines_and_its_result():
    rig = Rig({b"+CSQ": CSQ})
    reply = rig.do(ask(Command(b"+CSQ")))
    assert rig.sent == [b"AT+CSQ\r"]
    assert reply.result == result.OK
    assert reply.lines == [b"+CSQ: 17,99"]
    assert reply.text == b"OK"


def test_an_error_carries_its_number_and_its_text():
    rig = Rig({b"+CPIN?": b"\r\n+CME ERROR: 10\r\n", b"+CGATT?": b"\r\nERROR\r\n"})
    rig.answers[b"+CMGS=1"] = b"\r\n+CMS ERROR: SIM not inserted\r\n"
    reply = rig.do(ask(Command(b"+CPIN?")))
    assert (reply.result, reply.code) == (result.CME, 10)
    reply = rig.do(ask(Command(b"+CGATT?")))
    assert (reply.result, reply.code) == (result.ERROR, -1)
    reply = rig.do(ask(Command(b"+CMGS=1")))
    assert (reply.result, reply.code) == (result.CMS, -1)
    assert reply.text == b"+CMS ERROR: SIM not inserted"


def test_bytes_may_be_cut_anywhere():
    stream = b'\r\n+CEREG: 3,"1A2B","01234567",7\r\n' + CSQ + b"\r\nRING\r\n"
    for cut in range(len(stream) + 1):
        rig = Rig({b"+CSQ": [(5, stream[:cut]), (9, stream[cut:])]})
        reply = rig.do(ask(Command(b"+CSQ")))
        assert reply.lines == [b"+CSQ: 17,99"]
        rig.run(100)
        assert rig.urcs == [b'+CEREG: 3,"1A2B","01234567",7', b"RING"]


def test_an_unsolicited_line_between_answer_and_result_leaves_the_answer_alone():
    rig = Rig({b"+CSQ": b'\r\n+CSQ: 17,99\r\n\r\n+QIURC: "closed",0\r\n\r\nOK\r\n'})
    reply = rig.do(ask(Command(b"+CSQ")))
    assert reply.lines == [b"+CSQ: 17,99"]
    assert rig.urcs == [b'+QIURC: "closed",0']


def test_registration_news_are_told_from_the_answer_with_the_same_head():
    # TinyGSM reads "home" here: the news of another domain's denial came before the answer.
    rig = Rig({b"+CREG?": b'\r\n+CEREG: 3,"1A2B","01234567",7\r\n\r\n+CREG: 2,3\r\n\r\nOK\r\n'})
    assert rig.do(ask(Command(b"+CREG?"))).lines == [b"+CREG: 2,3"]
    for urc in (b"+CEREG: 1", b'+CEREG: 1,"09C5","020C7B16",7', b"+CEREG: 3,,,,0,15"):
        for answer in (b"+CEREG: 2,5", b'+CEREG: 2,1,"09C5","020C7B16",7', b"+CEREG: 3,3,,,,0,15"):
            rig = Rig({b"+CEREG?": urc + b"\r\n" + answer + b"\r\nOK\r\n"})
            assert rig.do(ask(Command(b"+CEREG?"))).lines == [answer]
            assert rig.urcs == [urc]


def test_the_echo_is_no_answer():
    rig = Rig({b"+CGSN": b"AT+CGSN\r\r\n867962041234567\r\n\r\nOK\r\n"})
    reply = rig.do(ask(Command(b"+CGSN")))
    assert reply.lines == [b"867962041234567"]
    assert rig.urcs == []


def test_bare_lines_answer_only_who_asks_for_them():
    rig = Rig({b"I": b"\r\nQuectel\r\nEC25\r\nRevision: EC25EFAR06A01M4G\r\n\r\nOK\r\n"})
    assert rig.do(ask(Command(b"I"))).lines == [b"Quectel", b"EC25", b"Revision: EC25EFAR06A01M4G"]
    rig = Rig({b"+CGATT?": b"\r\nRING\r\n\r\n+CGATT: 1\r\n\r\nOK\r\n"})
    assert rig.do(ask(Command(b"+CGATT?"))).lines == [b"+CGATT: 1"]
    assert rig.urcs == [b"RING"]
    rig = Rig({b"+CIMI": b"\r\nRING\r\n\r\n460001234567890\r\n\r\nOK\r\n"})
    assert rig.do(ask(Command(b"+CIMI"))).lines == [b"460001234567890"]


def test_a_call_that_ends_does_not_end_another_command():
    rig = Rig({b"+CSQ": b"\r\nNO CARRIER\r\n" + CSQ})
    assert rig.do(ask(Command(b"+CSQ"))).result == result.OK
    assert rig.urcs == [b"NO CARRIER"]
    rig = Rig({b"+CGACT=1,1": b"\r\nNO CARRIER\r\n"})  # EC25 refuses a context with it
    assert rig.do(ask(Command(b"+CGACT=1,1"))).result == result.NO_CARRIER


def test_data_goes_out_at_the_prompt_and_not_before():
    rig = Rig({b"+QISEND=0,5": [(3, b"\r\n"), (50, b"> ")], b"hello": b"\r\nSEND OK\r\n"})
    reply = rig.do(ask(Command(b"+QISEND=0,5", data=b"hello", finals=(b"SEND OK", b"SEND FAIL"))))
    assert reply.result == result.SEND_OK
    assert rig.sent == [b"AT+QISEND=0,5\r", b"hello"]
    rig = Rig({b"+QISEND=0,5": b"\r\nERROR\r\n"})
    assert rig.do(ask(Command(b"+QISEND=0,5", data=b"hello"))).result == result.ERROR
    assert rig.sent == [b"AT+QISEND=0,5\r"]


def test_a_line_between_prompt_and_send_ok_is_news():
    rig = Rig(
        {b"+QISEND=0,5": b"\r\n+CEREG: 1\r\n\r\n> ", b"hello": b"\r\n+CEREG: 2\r\n\r\nSEND OK\r\n"}
    )
    reply = rig.do(ask(Command(b"+QISEND=0,5", data=b"hello", finals=(b"SEND OK", b"SEND FAIL"))))
    assert reply.result == result.SEND_OK
    assert rig.urcs == [b"+CEREG: 1", b"+CEREG: 2"]


QIRD = Command(b"+QIRD=0,1500", 5000, b"+QIRD:", payload=(b"+QIRD:", 0))


def qird(data):
    return b"\r\n+QIRD: %d\r\n" % len(data) + data + b"\r\n\r\nOK\r\n"


def test_payload_that_looks_like_a_result_is_payload():
    for data in (
        b"\r\nOK\r\n",
        b"\r\nERROR\r\nRDY\r\n",
        b"\r\n> ",
        b"\x00\xff\r",
        b"\n\n\n",
        b"x" * 700,
    ):
        rig = Rig({b"+QIRD=0,1500": qird(data)})
        reply = rig.do(ask(QIRD))
        assert (reply.result, reply.payload) == (result.OK, data)
        assert rig.urcs == []
    rig = Rig({b"+QIRD=0,1500": b"\r\n+QIRD: 0\r\n\r\nOK\r\n"})
    reply = rig.do(ask(QIRD))
    assert (reply.result, reply.payload) == (result.OK, None)


def test_payload_right_before_its_ok_is_read_too():
    for data in (b"60", b"x" * 300):
        rig = Rig({b"+QIRD=0,1500": b"\r\n+QIRD: %d\r\n" % len(data) + data + b"\r\nOK\r\n"})
        for _ in range(2):
            reply = rig.do(ask(QIRD))
            assert (reply.result, reply.payload) == (result.OK, data)


def test_payload_may_be_cut_anywhere():
    stream = qird(b"60\r\nOK\r\n")
    for cut in range(len(stream)):
        rig = Rig({b"+QIRD=0,1500": [(1, stream[:cut]), (2, stream[cut:])]})
        assert rig.do(ask(QIRD)).payload == b"60\r\nOK\r\n"


def test_bytes_lost_inside_payload_never_make_another_payload():
    stream = qird(b"0123456789" * 5)
    for lost in range(1, 12):
        for at in (14, 30, 60):
            rig = Rig({b"+QIRD=0,1500": qird(b"60"), b"+CSQ": CSQ})
            assert rig.do(ask(QIRD)).payload == b"60"
            rig.answers[b"+QIRD=0,1500"] = stream[:at] + stream[at + lost :]
            reply = rig.do(ask(QIRD))
            assert reply.payload is None or reply.result != result.OK
            assert rig.do(ask(Command(b"+CSQ"))).lines == [b"+CSQ: 17,99"]


def test_a_length_that_is_no_number_or_too_long_is_refused():
    for head in (b"+QIRD: ", b"+QIRD: x", b"+QIRD: 99999", b"+QIRD: -5"):
        rig = Rig({b"+QIRD=0,1500": b"\r\n" + head + b"\r\n\r\nOK\r\n"})
        reply = rig.do(ask(QIRD))
        assert (reply.result, reply.payload) == (result.ERROR, None)
        assert rig.counters[ids.C_MODEM_GARBAGE] == 1


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


def test_a_late_refusal_never_answers_the_next_command():
    for late_ms in range(5010, 8000, 50):
        rig = Rig({b"+CGATT=1": [(late_ms, b"\r\n+CME ERROR: 30\r\n")], b"+CSQ": CSQ})

        def script():
            yield Command(b"+CGATT=1", 5000)
            return (yield Command(b"+CSQ"))

        reply = rig.do(script())
        assert (reply.result, reply.lines) == (result.OK, [b"+CSQ: 17,99"])


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


def test_a_module_left_in_data_mode_is_called_back():
    rig = Rig({b"+CSQ": CSQ})
    rig.deaf = True
    write = rig.engine.write

    def escaped(data):
        if data == b"+++":
            rig.deaf = False
        write(data)

    rig.engine.write = escaped
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
    assert not rig.engine.busy


def test_the_boot_lines_of_one_start_are_one_restart():
    rig = Rig()
    rig.say(b"\r\nRDY\r\n", 100)
    rig.say(b"\r\nAPP RDY\r\n", 3000)
    rig.run(10000)
    assert rig.restarts == 1
    rig.say(b"\r\nRDY\r\n", 100)  # the same line again: a loop of resets
    rig.run(3000)
    assert rig.restarts == 2


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


def test_an_asynchronous_result_is_waited_for_with_its_own_limit():
    rig = Rig({b"+QIOPEN=1,0": [(10, b"\r\nOK\r\n"), (60000, b"\r\n+QIOPEN: 0,0\r\n")]})

    def script():
        reply = yield Command(b"+QIOPEN=1,0", 1000, ())
        line = yield WaitUrc(b"+QIOPEN: 0,", 150000)
        return reply.result, line

    assert rig.do(script()) == (result.OK, b"+QIOPEN: 0,0")
    rig.answers[b"+QIOPEN=1,0"] = b"\r\nOK\r\n"
    before = rig.now
    assert rig.do(script()) == (result.OK, None)
    assert 150000 <= rig.now - before < 151000


def test_an_asynchronous_result_before_its_ok_is_not_missed():
    rig = Rig({b'+CUSD=1,"*100#",15': b'\r\n+CUSD: 0,"Saldo 5",15\r\n\r\nOK\r\n'})

    def script():
        yield Command(b'+CUSD=1,"*100#",15')
        return (yield WaitUrc(b"+CUSD:", 30000))

    assert rig.do(script()) == b'+CUSD: 0,"Saldo 5",15'
    assert rig.urcs == [b'+CUSD: 0,"Saldo 5",15']


def test_a_message_whose_text_is_ok_ends_no_command():
    rig = Rig({b"+CSQ": b'\r\n+CMT: "10086",,"24/05/01,12:00:00+32"\r\nOK\r\n' + CSQ})
    reply = rig.do(ask(Command(b"+CSQ")))
    assert reply.lines == [b"+CSQ: 17,99"]
    assert rig.urcs == [b'+CMT: "10086",,"24/05/01,12:00:00+32"\r\nOK']
    rig = Rig({b"+CMGR=3": b'\r\n+CMGR: "REC UNREAD","10086",,""\r\nOK\r\n\r\nOK\r\n'})
    reply = rig.do(ask(Command(b"+CMGR=3")))
    assert reply.lines == [b'+CMGR: "REC UNREAD","10086",,""', b"OK"]
    rig = Rig({b"+CMGR=3": b'\r\n+CMGR: "REC UNREAD","10086",,""\r\n\r\n\r\nOK\r\n'})
    reply = rig.do(ask(Command(b"+CMGR=3")))
    assert reply.lines == [b'+CMGR: "REC UNREAD","10086",,""']
    assert reply.result == result.OK


def test_a_ussd_text_with_line_breaks_arrives_whole():
    rig = Rig()
    rig.say(b'\r\n+CUSD: 0,"Saldo\r\n5.00",15\r\n')
    rig.run(100)
    assert rig.urcs == [b'+CUSD: 0,"Saldo\r\n5.00",15']


def test_tasks_share_the_port_by_priority_and_keep_it_until_they_wait():
    rig = Rig()
    order = []

    def task(name, texts):
        for text in texts:
            rig.answers[text] = b"\r\nOK\r\n"
            yield Command(text)
            order.append(text)
        yield Sleep(1000)
        order.append(name)

    rig.engine.start("low", task("low", (b"A1", b"A2")))
    rig.engine.start("high", task("high", (b"B1", b"B2")), None, 5)
    rig.engine.start("last", task("last", (b"C1",)))
    rig.run(5000)
    assert order == [b"B1", b"B2", b"A1", b"A2", b"C1", "high", "low", "last"]


def test_a_failing_procedure_takes_nobody_with_it():
    rig = Rig({b"+CSQ": CSQ})
    ends = []

    def broken():
        yield Command(b"+CSQ")
        raise ValueError("x")

    def done(value, error):
        ends.append(error)

    rig.engine.start("broken", broken(), done)
    assert rig.do(ask(Command(b"+CSQ"))).result == result.OK
    assert isinstance(ends[0], ValueError)


def test_a_failure_that_nobody_awaits_reaches_the_shell_once():
    rig = Rig({b"+CSQ": CSQ})

    def broken():
        yield Command(b"+CSQ")
        raise ValueError("x")

    rig.engine.start("broken", broken())
    failed = 0
    for _ in range(5):
        try:
            rig.run(100)
        except ValueError:
            failed += 1
    assert failed == 1
    assert rig.do(ask(Command(b"+CSQ"))).result == result.OK


def test_noise_and_overlong_lines_are_counted_and_forgotten():
    rig = Rig({b"+CSQ": b"\x80\xfe\x01garbage\r\n" + b"z" * 8192 + CSQ})
    reply = rig.do(ask(Command(b"+CSQ")))
    assert reply.lines == [b"+CSQ: 17,99"]
    assert rig.counters[ids.C_MODEM_GARBAGE] == 1
    assert rig.counters[ids.C_MODEM_OVERLONG] == 1
    assert rig.urcs == []


def test_an_answer_without_end_is_bounded():
    rig = Rig({b"+CMGL=4": b"\r\n+CMGL: 1,1,,20\r\n0891\r\n" * 200 + b"\r\nOK\r\n"})
    reply = rig.do(ask(Command(b"+CMGL=4", 5000)))
    assert reply.result == result.OK
    assert len(reply.lines) <= 33
    assert rig.counters[ids.C_MODEM_OVERLONG] > 0


def test_a_result_that_nobody_waits_for_is_counted():
    rig = Rig()
    rig.say(b"\r\nOK\r\n\r\n+CME ERROR: 3\r\n")
    rig.run(100)
    assert rig.counters[ids.C_MODEM_LATE] == 2
    assert rig.urcs == []


def test_limits_come_from_the_family_unless_given():
    class Family:
        BOOT_URCS = URCS = ()
        LIMITS = ((b"+COPS", 180000), (b"+C", 300))

    rig = Rig({}, Family)
    for command, ms in ((b"+COPS=0", 180000), (b"+CSQ", 300), (b"I", 10000)):
        before = rig.now
        assert rig.do(ask(Command(command))).result == result.TIMEOUT
        assert ms <= rig.now - before < ms + 200
        rig.run(5000)


def test_the_engine_survives_the_wrap_of_its_ticks():
    rig = Rig({b"+CSQ": CSQ})
    rig.move((1 << 30) - 2500)
    for _ in range(5):
        assert rig.do(ask(Command(b"+CSQ"))).result == result.OK
        assert rig.do(ask(Command(b"+COPS?", 1000))).result == result.TIMEOUT
    assert not rig.engine.dead


def test_the_engine_and_the_result_codes_mean_the_same_numbers():
    named = (result.OK, result.ERROR, result.CME, result.CMS, result.NO_CARRIER, result.CONNECT)
    assert named == (0, 1, 2, 3, 4, 5)
    assert (result.TIMEOUT, result.RESTARTED, result.DEAD) == (8, 9, 10)
