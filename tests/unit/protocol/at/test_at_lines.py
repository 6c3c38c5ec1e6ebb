"""The modem's byte stream cut into lines: what a UART really delivers."""

from dual import raises
from posproto.at import lines
from posproto.at.lines import LINE, NONE, PAYLOAD, PROMPT, LineSplitter

KINDS = {LINE: "line", PROMPT: "prompt", PAYLOAD: "payload"}


def drain(splitter):
    out = []
    while True:
        kind = splitter.next()
        if kind == NONE:
            return out
        out.append((KINDS[kind], splitter.line()))


def feed(splitter, data):
    """All events of `data`, in pieces that the splitter takes; payload joined."""
    out = []
    for i in range(0, len(data), 256):
        piece = data[i : i + 256]
        splitter.feed(piece, len(piece))
        out += drain(splitter)
    return out


def texts(splitter, data):
    return [text for _, text in feed(splitter, data)]


def test_verbose_answers_and_echo_come_as_lines():
    splitter = LineSplitter()
    assert texts(splitter, b"AT+CSQ\r\r\n+CSQ: 17,99\r\n\r\nOK\r\n") == [
        b"AT+CSQ",
        b"+CSQ: 17,99",
        b"OK",
    ]


def test_terse_result_does_not_wait_for_a_line_feed():
    assert texts(LineSplitter(), b"0\r") == [b"0"]


def test_lines_ended_by_line_feed_alone_are_lines():
    assert texts(LineSplitter(), b"RDY\n+CFUN: 1\n") == [b"RDY", b"+CFUN: 1"]


def test_half_a_line_waits():
    splitter = LineSplitter()
    assert feed(splitter, b'+CEREG: 1,"550') == []
    assert feed(splitter, b'A"') == []
    assert texts(splitter, b"\r\n") == [b'+CEREG: 1,"550A"']


def test_only_the_counted_bytes_of_a_chunk_are_taken():
    splitter = LineSplitter()
    splitter.feed(bytearray(b"OK\r\nrubbish of the last read"), 4)
    assert drain(splitter) == [("line", b"OK")]
    assert splitter.next() == NONE


def test_prompt_needs_no_line_end_and_its_space_may_come_later():
    splitter = LineSplitter()
    splitter.prompt = 62
    assert feed(splitter, b"\r\n>") == [("prompt", b">")]
    splitter.prompt = 0
    assert feed(splitter, b" \r\n+CMGS: 4\r\n") == [("line", b"+CMGS: 4")]


def test_prompt_is_text_where_none_is_awaited():
    assert texts(LineSplitter(), b"> not a prompt\r\n") == [b"> not a prompt"]


def test_binary_prompt_of_ublox():
    splitter = LineSplitter()
    splitter.prompt = 64
    assert feed(splitter, b"\r\n@") == [("prompt", b"@")]


def test_payload_that_looks_like_results_is_payload():
    splitter = LineSplitter()
    assert feed(splitter, b"\r\n+QIRD: 12\r\n") == [("line", b"+QIRD: 12")]
    splitter.payload(12)
    got = feed(splitter, b"\r\nOK\r\nERROR\n\r\n\r\nOK\r\n")
    assert b"".join([text for kind, text in got if kind == "payload"]) == b"\r\nOK\r\nERROR\n"
    assert got[-1] == ("line", b"OK")


def test_payload_that_begins_with_a_line_feed_keeps_it():
    splitter = LineSplitter()
    feed(splitter, b"+QIRD: 2\r")
    splitter.payload(2)
    assert feed(splitter, b"\n\nx\r\n") == [("payload", b"\nx")]
    splitter.reset()
    feed(splitter, b"+QIRD: 2\n")  # a header ended by LF alone has no second end
    splitter.payload(2)
    assert feed(splitter, b"\nx\r\n") == [("payload", b"\nx")]


def test_payload_larger_than_the_buffer_comes_in_pieces():
    splitter = LineSplitter(64, 32)
    splitter.feed(b"+QIRD: 500\r\n", 12)
    assert drain(splitter) == [("line", b"+QIRD: 500")]
    splitter.payload(500)
    data = bytes([i & 255 for i in range(500)])
    got = b""
    for i in range(0, 500, 20):
        splitter.feed(data[i : i + 20], 20)
        got += b"".join([text for kind, text in drain(splitter) if kind == "payload"])
    assert got == data
    splitter.feed(b"\r\nOK\r\n", 6)
    assert drain(splitter) == [("line", b"OK")]


def test_eight_kilobytes_of_garbage_cost_one_line_and_the_next_is_read():
    splitter = LineSplitter()
    assert feed(splitter, b"\xff" * 8192) == []
    assert texts(splitter, b"\xff\r\nOK\r\n") == [b"OK"]
    assert splitter.overlong == 1


def test_line_of_exactly_the_limit_is_read_and_one_more_byte_is_not():
    splitter = LineSplitter(64, 256)
    assert texts(splitter, b"x" * 64 + b"\r\n") == [b"x" * 64]
    assert texts(splitter, b"x" * 65 + b"\r\nOK\r\n") == [b"OK"]
    assert splitter.overlong == 1


def test_line_break_inside_the_quotes_of_a_ussd_text_belongs_to_it():
    data = b'+CUSD: 0,"Saldo 5 EUR\r\nOK bis 3.\r\nNeu",15\r\nOK\r\n'
    assert texts(LineSplitter(), data) == [
        b'+CUSD: 0,"Saldo 5 EUR\r\nOK bis 3.\r\nNeu",15',
        b"OK",
    ]


def test_cut_ussd_text_ends_at_the_next_answer():
    assert texts(LineSplitter(), b'+CUSD: 0,"Saldo 5\r\n+CSQ: 17,99\r\n') == [
        b'+CUSD: 0,"Saldo 5',
        b"+CSQ: 17,99",
    ]
    assert texts(LineSplitter(), b'+CUSD: 0,"Saldo 5\r\nERROR\r\n') == [
        b'+CUSD: 0,"Saldo 5',
        b"ERROR",
    ]


def test_ussd_text_that_never_ends_is_dropped_and_counted():
    splitter = LineSplitter(64, 256)
    got = texts(splitter, b'+CUSD: 0,"' + b"word\r\n" * 20 + b"OK\r\n")
    assert splitter.overlong == 1
    assert got == [b"word"] * (len(got) - 1) + [b"OK"]  # read on at the next line


def test_ussd_without_a_text_is_a_line():
    assert texts(LineSplitter(), b"+CUSD: 2\r\nOK\r\n") == [b"+CUSD: 2", b"OK"]


def test_reset_forgets_half_lines_payload_and_open_texts():
    splitter = LineSplitter()
    feed(splitter, b'+CUSD: 0,"Saldo\r\nhalf')
    splitter.reset()
    assert texts(splitter, b"OK\r\n") == [b"OK"]
    feed(splitter, b"+QIRD: 9\r\n")
    splitter.payload(9)
    feed(splitter, b"lost")
    splitter.reset()
    assert texts(splitter, b"OK\r\n") == [b"OK"]


def test_undrained_buffer_is_refused_instead_of_overwritten():
    splitter = LineSplitter(32, 32)
    for _ in range(2):
        splitter.feed(b"x" * 32, 32)
    raises(ValueError, splitter.feed, b"x" * 32, 32)


def test_any_cut_gives_the_same_events():
    data = (
        b'AT+CUSD=1\r\r\nOK\r\n\r\n+CUSD: 0,"a\r\nb",15\r\n0\r+QIRD: 5\r\n\r\nOK\r\r\nOK\r\n'
        b'+CUSD: 1,"cut\r\nmore\r\nOK\r\n' + b"x" * 70 + b'\r\n\r\n+CMTI: "ME",3\r\n'
    )
    whole = _events(data, (len(data),))
    for cut in range(len(data)):
        assert _events(data, (cut, len(data))) == whole, cut


def _events(data, cuts):
    splitter = LineSplitter(64, 256)
    out = []
    start = 0
    for cut in cuts:
        splitter.feed(data[start:cut], cut - start)
        start = cut
        while True:
            kind = splitter.next()
            if kind == NONE:
                break
            text = splitter.line()
            if kind == PAYLOAD and out and out[-1][0] == PAYLOAD:
                out[-1] = (PAYLOAD, out[-1][1] + text)
            else:
                out.append((kind, text))
            if text == b"+QIRD: 5":
                splitter.payload(5)
    return out, splitter.overlong


def test_open_texts():
    for text, is_open in (
        (b'+CUSD: 0,"abc', True),
        (b'+CUSD: 0,"', True),
        (b'+CUSD: 0,"abc"', False),
        (b'+CUSD: 0,"abc", 15', False),
        (b'+CUSD: 0,"12,', True),
        (b"+CUSD: 0", False),
    ):
        assert lines.is_open(text, 0, len(text)) == is_open, text
