from posagent.core.modem.command import Command, Sleep, WaitUrc
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


def test_noise_around_a_command_does_not_hide_the_result_behind_its_ok():
    """A connection was open, and its sale waited for a minute: the line that said so came in one
    piece with OK, behind thirty lines of noise.
    """
    noise = b"".join([b"\r\n+NOISE: %d\r\n" % n for n in range(30)])
    for between in (b"", b"\r\n+CREG: 1\r\n" * 5):
        told = noise + b"\r\nOK\r\n" + between + b"\r\n+QIOPEN: 0,0\r\n"
        rig = Rig({b"+QIOPEN=1,0": [(10, told)]})

        def script():
            reply = yield Command(b"+QIOPEN=1,0", 1000, ())
            line = yield WaitUrc(b"+QIOPEN: 0,", 150000)
            return reply.result, line

        assert rig.do(script()) == (result.OK, b"+QIOPEN: 0,0")
        assert rig.now < 1000


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
        LIMIT_MS = 3000
        LIMITS = ((b"+COPS", 180000), (b"+C", 300))

    rig = Rig({}, Family)
    for command, ms in ((b"+COPS=0", 180000), (b"+CNMI=2", 300), (b"+COPS?", 3000), (b"I", 3000)):
        before = rig.now
        assert rig.do(ask(Command(command))).result == result.TIMEOUT
        assert ms <= rig.now - before < ms + 200
        rig.run(5000)


def test_the_engine_and_the_result_codes_mean_the_same_numbers():
    named = (result.OK, result.ERROR, result.CME, result.CMS, result.NO_CARRIER, result.CONNECT)
    assert named == (0, 1, 2, 3, 4, 5)
    assert (result.TIMEOUT, result.RESTARTED, result.DEAD) == (8, 9, 10)
