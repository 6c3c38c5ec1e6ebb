"""The fast reader of captures against the link's own, which runs on boards too."""

from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from posdiag.link.fastlink import FastReader
from posproto.link import FrameReader, FrameWriter


def frame_line(payload):
    writer = FrameWriter()
    writer.begin(3, 7).bytes(payload)
    return writer.end()


PIECES = st.one_of(
    st.binary(max_size=40),
    st.binary(max_size=60).map(frame_line),
    st.tuples(st.binary(max_size=60).map(frame_line), st.integers(1, 80)).map(
        lambda cut: cut[0][: cut[1]]
    ),
    st.sampled_from(
        [
            *(b"\x06", b"\x06\x06", b"\x06C", b"\x06C\n", b"\x06\n", b"\n", b"\r\n", b">>> "),
            *(b"\x06C" + b"A" * 200, b"\x06C" + b"A" * 200 + b"\n", b"\x06C====\n"),
        ]
    ),
    st.binary(max_size=60).map(lambda data: frame_line(data)[:-1] + b"\r\n"),
)


def read(reader, chunks):
    texts = []
    reader.text = texts.append
    found = []
    for chunk in chunks:
        for frame in reader.feed(chunk):
            head = (frame.type, frame.version, frame.request_id, frame.sequence)
            found.append((head, frame.payload, frame.crc))
    counters = (reader.bad_crc, reader.bad_base64, reader.overlong, reader.cut, reader.text_bytes)
    return found, b"".join(texts), counters


@settings(max_examples=400, deadline=None)
@given(st.lists(PIECES, max_size=12), st.lists(st.integers(0, 600), max_size=12))
def test_both_readers_see_the_same_in_any_stream_cut_anywhere(pieces, cuts):
    data = b"".join(pieces)
    places = sorted({0, len(data), *(cut for cut in cuts if cut < len(data))})
    chunks = [data[a:b] for a, b in pairwise(places)]
    assert read(FastReader(128), chunks) == read(FrameReader(128), chunks)


def test_a_line_of_any_length_takes_no_memory():
    reader = FastReader()
    for _ in range(1000):
        assert not list(reader.feed(b"\x06C" + b"A" * 4096))
    assert len(reader._rest) < 2000
