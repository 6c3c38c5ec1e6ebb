from posagent.core.steps import Command
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
