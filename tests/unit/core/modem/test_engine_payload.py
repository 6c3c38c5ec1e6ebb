from posagent.core.modem.command import Command
from posagent.modems import quectel, sim800, simcom
from posproto import ids
from posproto.at import result
from scripted import Rig, ask

CSQ = b"\r\n+CSQ: 17,99\r\n\r\nOK\r\n"


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


def test_a_lost_prompt_does_not_leave_the_module_waiting_for_data():
    rig = Rig({b"+CIPSEND=1,5": b"\r\n ", b"hello": b"\r\nDATA ACCEPT:1,5\r\n", b"+CSQ": CSQ})
    reply = rig.do(ask(Command(b"+CIPSEND=1,5", 9000, (), b"hello", (b"DATA ACCEPT:",))))
    assert (reply.result, reply.text) == (result.EXTRA, b"DATA ACCEPT:1,5")
    assert rig.sent == [b"AT+CIPSEND=1,5\r", b"hello"]
    assert rig.do(ask(Command(b"+CSQ"))).result == result.OK


def _takes_what_comes(rig, count, send):
    """A module that waits for `count` bytes behind its prompt, whatever they are; what it sent."""
    gone = []
    write = rig.engine.pairing.write
    state = [0, b""]

    def hear(data):
        if state[0]:
            state[1] += data
            rig.sent.append(data)
            if len(state[1]) >= state[0]:
                gone.append(state[1][: state[0]])
                state[0] = 0
        else:
            write(data)
            if data.startswith(send):
                state[0] = count
                rig.say(b"\r\n> ", 10)

    def lossy(data):
        hear(data.replace(b"lost", b"") if data.startswith(b"a sale") else data)

    rig.engine.pairing.write = lossy
    return gone


def test_where_a_byte_was_lost_behind_a_prompt_no_command_ever_takes_its_place():
    for family in (simcom, sim800):
        rig = Rig({b"+CSQ": CSQ}, family)
        gone = _takes_what_comes(rig, 15, b"AT+CIPSEND")
        rig.engine.start("send", family.tcp_send(0, b"a sale of 1lost"))
        rig.run(300000)
        assert gone == [] and rig.sent[-1] == b"a sale of 1"
        assert rig.engine.dead  # what the pins are worked for
        rig.say(b"\r\nRDY\r\n")
        rig.engine.pairing.write = rig.write  # it was restarted
        rig.run(5000)
        assert rig.restarts == 1 and not rig.engine.dead
        assert rig.do(ask(Command(b"+CSQ"))).result == result.OK


def test_where_no_pin_can_restart_it_what_ends_the_wait_is_no_part_of_any_message():
    rig = Rig({b"+CSQ": CSQ}, simcom)
    gone = _takes_what_comes(rig, 15, b"AT+CIPSEND")
    rig.engine.start("send", simcom.tcp_send(0, b"a sale of 1lost"))
    rig.run(700000)
    assert gone == [b"a sale of 1\xff\xff\xff\xff"]
    assert rig.do(ask(Command(b"+CSQ"))).result == result.OK


def test_a_family_that_gives_up_its_prompt_by_itself_is_left_alone_for_longer():
    rig = Rig({b"+CSQ": CSQ}, quectel)
    gone = _takes_what_comes(rig, 15, b"AT+QISEND")
    rig.engine.start("send", quectel.tcp_send(0, b"a sale of 1lost"))
    rig.run(12000)  # the module's own limit is 5 s
    assert gone == [] and rig.sent[-1] == b"a sale of 1"
