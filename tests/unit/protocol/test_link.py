from binascii import b2a_base64, crc32
from struct import pack

from dual import raises
from posagent.core.life.prng import Prng
from posproto.cbor import CborError, decode
from posproto.ids import FRAME_EVENT, FRAME_REQUEST, FRAME_STATUS, PROTOCOL_VERSION
from posproto.link import LINE_MAX, PAYLOAD_MAX, FrameReader, FrameWriter, payload_max


def line_of(payload, kind=FRAME_STATUS, request_id=0, sequence=0, version=PROTOCOL_VERSION):
    """A frame's line, put together as the module's docstring has it."""
    raw = pack(">BBHH", kind, version, request_id, sequence) + payload
    return b"\x06C" + b2a_base64(raw + pack(">I", crc32(raw)))


class Host:
    """A reader with everything that it found."""

    def __init__(self, line_max=LINE_MAX):
        self.reader = FrameReader(line_max)
        self.text = b""
        self.reader.text = self.take_text
        self.frames = []

    def take_text(self, data):
        self.text += data

    def feed(self, data, chunk=None):
        for at in range(0, len(data), chunk or LINE_MAX * 16):
            for frame in self.reader.feed(data[at : at + chunk] if chunk else data):
                self.frames.append(frame)
        return self

    def payloads(self):
        return [frame.payload for frame in self.frames]

    def counts(self):
        r = self.reader
        return (r.bad_crc, r.bad_base64, r.overlong, r.cut)


def test_a_frame_is_one_line_as_specified():
    writer = FrameWriter()
    w = writer.begin(FRAME_EVENT, 0x1234)
    w.map(1)
    w.int(3)
    w.text("ok")
    assert writer.end() == line_of(b"\xa1\x03\x62ok", FRAME_EVENT, 0x1234)
    (frame,) = Host().feed(line_of(b"\xa0", FRAME_REQUEST, 7, 9, 2)).frames
    assert (frame.type, frame.version) == (FRAME_REQUEST, 2)
    assert (frame.request_id, frame.sequence, frame.payload) == (7, 9, b"\xa0")


def test_the_sequence_counts_the_frames_written_and_wraps():
    writer = FrameWriter()
    lines = b""
    writer.sequence = 0xFFFE
    for _ in range(3):
        writer.begin(FRAME_STATUS).map(0)
        lines += writer.end()
    assert [f.sequence for f in Host().feed(lines).frames] == [0xFFFE, 0xFFFF, 0]
    assert Host().feed(lines).frames[0].version == PROTOCOL_VERSION


def test_a_frame_begun_and_left_costs_no_sequence():
    writer = FrameWriter(4)
    w = writer.begin(FRAME_STATUS)
    assert raises(CborError, w.value, [1, 2, 3, 4]).reason == "full"
    writer.begin(FRAME_STATUS).value([1, 2, 3])
    (frame,) = Host().feed(writer.end()).frames
    assert (frame.sequence, decode(frame.payload)) == (0, [1, 2, 3])


def test_the_longest_frame_fills_the_line_and_no_more():
    assert payload_max(LINE_MAX) == PAYLOAD_MAX
    writer = FrameWriter()
    writer.begin(FRAME_STATUS).bytes(b"x" * (PAYLOAD_MAX - 3))
    line = writer.end()
    assert len(line) == 1023
    assert raises(CborError, writer.begin(FRAME_STATUS).bytes, b"x" * (PAYLOAD_MAX - 2))
    assert Host(1023).feed(line).payloads() == [b"\x59\x02\xf0" + b"x" * 752]
    assert Host(1022).feed(line).counts() == (0, 0, 1, 0)
    for line_max in range(64, 300):
        longest = line_of(b"x" * payload_max(line_max))
        longer = line_of(b"x" * (payload_max(line_max) + 1))
        assert len(longest) <= line_max
        assert len(longer) > line_max
        assert len(Host(line_max).feed(longest).frames) == 1


def test_a_line_holds_no_byte_that_a_console_acts_on():
    writer = FrameWriter()
    for n in range(256):
        writer.begin(FRAME_STATUS).bytes(bytes([n]) * (n // 4))
        line = writer.end()
        assert line[:2] == b"\x06C" and line[-1:] == b"\n"
        assert all(0x20 < byte < 0x7F for byte in line[2:-1])


def test_console_text_around_frames_comes_through_in_order():
    a, b = line_of(b"\x01"), line_of(b"\x02")
    stream = b"MicroPython v1.28\r\n" + a + b"Traceback (most recent call last):\r\n" + b + b">>> "
    for chunk in (1, 2, 3, 7, 64, None):
        host = Host().feed(stream, chunk)
        assert host.payloads() == [b"\x01", b"\x02"]
        assert host.text == b"MicroPython v1.28\r\nTraceback (most recent call last):\r\n>>> "
        assert host.reader.text_bytes == len(host.text)
        assert host.counts() == (0, 0, 0, 0)


def test_marks_of_other_protocols_are_text():
    for stray in (b"\x06\x09AAsAAAAGAAAA\n", b"\x06", b"\x06\x06\x06", b"\x06\n", b"\x06c\n"):
        for chunk in (1, None):
            host = Host().feed(stray + line_of(b"\x01") + stray + b"end", chunk)
            assert host.payloads() == [b"\x01"], stray
            assert host.text == stray + stray + b"end", stray
            assert host.counts() == (0, 0, 0, 0)


def test_a_mark_restarts_the_reader_at_any_place():
    line = line_of(b"\x01")
    for cut in range(len(line)):
        for chunk in (1, None):
            host = Host().feed(line[:cut] + line_of(b"\x02"), chunk)
            assert host.payloads() == [b"\x02"]
            assert host.counts() == (0, 0, 0, 1 if cut > 1 else 0)


def test_a_damaged_line_is_dropped_and_counted_and_the_next_one_read():
    line = line_of(b"\x83\x01\x02\x03")
    for at in range(2, len(line) - 1):
        for byte in (b"A", b"b", b" ", b"=", b"\xff", b"\x00", b"*"):
            if line[at : at + 1] == byte:
                continue
            host = Host().feed(line[:at] + byte + line[at + 1 :] + line)
            assert host.payloads() == [b"\x83\x01\x02\x03"]
            assert sum(host.counts()) == 1


def test_a_line_feed_inside_a_frame_ends_it_and_is_never_searched_further():
    line = line_of(b"\x83\x01\x02\x03")
    for at in range(3, len(line) - 1):
        host = Host().feed(line[:at] + b"\n" + line[at:] + line)
        assert host.payloads() == [b"\x83\x01\x02\x03"]
        assert sum(host.counts()) == 1


def test_a_frame_of_8_kilobytes_is_one_overlong_line():
    for chunk in (1, 100, None):
        host = Host().feed(b"\x06C" + b"A" * 8192 + b"\nok\n" + line_of(b"\x01"), chunk)
        assert host.payloads() == [b"\x01"]
        assert (host.counts(), host.text) == ((0, 0, 1, 0), b"ok\n")
        host = Host().feed(b"\x06C" + b"A" * 8192 + line_of(b"\x01"), chunk)
        assert (host.payloads(), host.counts()) == ([b"\x01"], (0, 0, 1, 0))


def test_what_is_too_short_for_a_header_is_no_frame():
    for raw in (b"1", b"123456789"):
        assert Host().feed(b"\x06C" + b2a_base64(raw)).counts() == (1, 0, 0, 0)
    assert Host().feed(b"\x06C\n").counts() == (0, 1, 0, 0)
    assert Host().feed(line_of(b"")).payloads() == [b""]


def test_only_canonical_base64_is_a_frame():
    line = line_of(b"\x01")  # 11 bytes: one padding character, two spare bits
    assert line[-2:] == b"=\n"
    odd = line[:-3] + bytes([line[-3] + 1]) + b"=\n"
    for bad in (odd, line[:-2] + b"\n", line[:-1] + b"=\n", line[:4] + b"-" + line[4:]):
        assert Host().feed(bad).counts() == (0, 1, 0, 0), bad


def test_a_log_file_with_windows_line_ends_still_reads():
    stream = (b"boot\n" + line_of(b"\x01") + line_of(b"\x02")).replace(b"\n", b"\r\n")
    host = Host().feed(stream)
    assert (host.payloads(), host.text) == ([b"\x01", b"\x02"], b"boot\r\n")


def test_a_traceback_that_cut_a_frame_is_still_shown():
    host = Host().feed(line_of(b"\x01")[:9] + b'File "main.py", line 3\n')
    assert host.counts() == (0, 1, 0, 0)
    assert host.text.endswith(b'File "main.py", line 3\n')


def test_after_a_reopened_port_the_old_half_line_is_forgotten():
    host = Host().feed(line_of(b"\x01")[:9])
    host.reader.reset()
    assert host.feed(b"text\n" + line_of(b"\x02")).payloads() == [b"\x02"]
    assert (host.text, host.counts()) == (b"text\n", (0, 0, 0, 0))


def test_noise_never_yields_a_frame():
    rng = Prng(1)
    host = Host(100)
    for _ in range(500):
        host.feed((b"\x06C", b"\x06", b"\n", b"=")[rng.below(4)], None)
        host.feed(bytes([0x20 + rng.below(0xE0) for _ in range(1 + rng.below(40))]))
        raw = bytes([rng.below(256) for _ in range(rng.below(60))])
        host.feed((b"", b"\x06C")[rng.below(2)] + b2a_base64(raw)[rng.below(3) : -1])
    assert host.frames == []
    assert min(host.counts()) > 0
    assert host.feed(b"\n" + line_of(b"\x01")).payloads() == [b"\x01"]
