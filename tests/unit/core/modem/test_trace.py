from posagent.core.life.clock import Clock
from posagent.core.life.prng import Prng
from posagent.core.modem.command import Command
from posagent.core.modem.trace import Trace
from posagent.core.modem.trace_read import masked
from scripted import Rig, ask


def lines(trace, after=0):
    return [entry[2] for entry in trace.read(after)]


def test_identities_are_starred_out_and_cells_are_not():
    for line, shown in (
        (b"460001234567890", b"46000********90"),
        (b"+QCCID: 89860025128306012474", b"+QCCID: 89860*************74"),
        (b"+QCCID: 8986011785106FA12345F", b"+QCCID: 89860**************5F"),
        (b'+CRSM: 144,0,"98681052213860104247"', b'+CRSM: 144,0,"98681*************47"'),
        (b'+CMTI: "ME",3', b'+CMTI: "ME",3'),
        (b'+CNUM: "","13800138000",129', b'+CNUM: "","138******00",129'),
        (b'+CSCA: "+8613800100500",145', b'+CSCA: "+861********00",145'),
        (b'+CEREG: 3,1,"09C5","020C7B16",7', b'+CEREG: 3,1,"09C5","020C7B16",7'),
        (
            b"+CPSI: LTE,Online,460-01,0x7496,251941991,203",
            b"+CPSI: LTE,Online,460-01,0x7496,251941991,203",
        ),
        (b'+CGPADDR: 1,"10.76.51.180"', b'+CGPADDR: 1,"10.76.51.180"'),
        (b'AT+CMGS="10086"', b'AT+CMGS="10086"'),
        (b"card 4761 7390 0101 0119 declined", b"card 4*** **** **** ***9 declined"),
        (b"4761-7390-0101-0119", b"4***-****-****-***9"),
        (b'+CCLK: "26/11/28,10:00:00+32"', b'+CCLK: "26/11/28,10:00:00+32"'),
        (b"2026-11-28 10:00:00 RDY", b"2026-11-28 10:00:00 RDY"),
        (b'"10.76.51.180.255.255.255.0"', b'"10.76.51.180.255.255.255.0"'),
        (b"", b""),
    ):
        assert masked(line) == shown, line


def test_a_pin_or_a_password_never_gets_in():
    trace = Trace(Clock())
    trace.sent(b'+CPIN="1234"')
    trace.sent(b'+QICSGP=1,1,"cmnet","user","pw",1')
    assert lines(trace) == [b"> AT+CPIN=***", b"> AT+QICSGP=***"]
    assert b"1234" not in repr(trace._ring).encode()


def test_texts_show_only_after_a_keyed_request():
    trace = Trace(Clock())
    trace.sent(b'+CUSD=1,"*100#",15')
    trace.heard(b'+CUSD: 0,"Saldo 5.00",15')
    trace.heard(b"+CMGR: 1,,24")
    trace.heard(b"0891683108100005F0240D91")
    trace.heard(b"+CMT: ,24\r\n0891683108100005F0240D91")
    trace.heard(b"OK")
    assert lines(trace) == [
        b"> AT+CUS [text]",
        b"< +CUSD: [text]",
        b"< +CMGR: 1,,24",
        b"< [text]",
        b"< +CMT:  [text]",
        b"< OK",
    ]
    trace.texts = True
    assert lines(trace)[1] == b'< +CUSD: 0,"Saldo 5.00",15'
    assert lines(trace)[3] == b"< 0891683108100005F0240D91"


def test_the_rest_of_a_text_with_a_line_break_is_hidden_too():
    """A USSD answer whose quote closes lines later: its number stood in the second line."""
    trace = Trace(Clock())
    for line in (b'+CUSD: 0,"Your card', b"4761 7390 0101 0119", b'thanks",15', b"+CSQ: 20,99"):
        trace.heard(line)
    assert lines(trace) == [b"< +CUSD: [text]", b"< [text]", b"< [text]", b"< +CSQ: 20,99"]
    for line in (b'+CUSD: 0,"cut', b"OK", b"+CSQ: 21,99"):
        trace.heard(line)
    assert lines(trace, 5) == [b"< [text]", b"< +CSQ: 21,99"]


def test_an_exchange_is_kept_with_its_times_and_without_its_payload():
    rig = Rig(
        {
            b"+QISEND=0,5": b"\r\n> ",
            b"hello": b"\r\nSEND OK\r\n",
            b"+QIRD=0,9": b"\r\n+QIRD: 3\r\nabc\r\n\r\nOK\r\n",
        }
    )
    rig.engine.pairing.trace = Trace(rig.clock)
    rig.do(ask(Command(b"+QISEND=0,5", data=b"hello", finals=(b"SEND OK",))))
    rig.do(ask(Command(b"+QIRD=0,9", payload=(b"+QIRD:", 0))))
    rig.do(ask(Command(b"+COPS?", 1000)))
    rig.run(2000)
    entries = rig.engine.pairing.trace.read()
    assert [e[2] for e in entries] == [
        b"> AT+QISEND=0,5",
        b"> [5 bytes]",
        b"< SEND OK",
        b"> AT+QIRD=0,9",
        b"< +QIRD: 3",
        b"< [3 bytes]",
        b"< OK",
        b"> AT+COPS?",
        b"< (silence)",
        b"> AT",
        b"< OK",
        b"> AT+CMEE?",
        b"< +CMEE: 0",
        b"< OK",
    ]
    ages = [e[1] for e in entries]
    assert ages == sorted(ages, reverse=True) and 3000 < ages[0] < 4000


def test_the_ring_keeps_the_last_lines_and_is_read_in_pages():
    clock = Clock()
    trace = Trace(clock)
    for i in range(100):
        clock.advance(i * 1000)
        trace.heard(b"+CSQ: %d,99" % (i % 32))
    seen = []
    after = 0
    while True:
        page = trace.read(after)
        if not page:
            break
        assert sum([len(e[2]) + 10 for e in page]) <= 500
        seen += page
        after = page[-1][0]
    assert [e[0] for e in seen] == list(range(53, 101))
    assert seen[0][1] == 47000
    clock.advance((1 << 29) + 99000 - 10)
    clock.advance((1 << 30) - 1)
    assert trace.read(99)[0][1] > 900000000


def test_long_lines_leave_fewer_of_them_and_the_numbers_go_on():
    """48 lines of 160 bytes took as much of a small board's heap as an exchange."""
    clock = Clock()
    trace = Trace(clock)
    for i in range(100):
        trace.heard(b"%03d" % i + b"x" * 500)
    kept = []
    while True:
        page = trace.read(kept[-1][0] if kept else 0)
        if not page:
            break
        kept += page
    numbers = [entry[0] for entry in kept]
    assert numbers == list(range(numbers[0], 101)) and 20 <= len(numbers) <= 26
    assert sum([len(entry[2]) for entry in kept]) <= 4300
    trace.heard(b"short")
    assert trace.read(100)[0][2] == b"< short"


def test_what_is_kept_stays_within_its_bytes_in_whatever_order_long_and_short_lines_come():
    """Their bytes are counted only while a long one is among them."""
    rng = Prng(7)
    trace = Trace(Clock())
    model = []
    for n in range(1200):
        size = (3, 20, 84, 85, 86, 120, 160, 161, 300)[rng.below(9 if n // 100 % 2 else 4)]
        line = b"%04d" % n + b"x" * max(0, size - 4)
        trace.heard(line)
        model.append(line[:160])
        while len(model) > 48 or sum([len(kept) for kept in model]) > 4096:
            model.pop(0)
        kept = list(trace.kept())
        assert [entry[4] for entry in kept] == model, n
        assert kept[-1][0] == n + 1 and kept[0][0] == n + 2 - len(model)
