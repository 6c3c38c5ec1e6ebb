"""The host tool on long captures and logs, beside the bare decoder in the same run."""

import time

from cbor2 import loads

from frame_device import STATUS, event, segment
from posdiag.facts.rawlog import RawLog
from posdiag.link.fastlink import FastReader, fast_parse
from posproto import ids
from posproto.link import FrameWriter

FRAMES = 1_000_000
DISTINCT = 5_000
PIECE = 65536
RECORDS = 100_000
LEAST_RATE = 0.5  # of bare loads() over the same payloads
FIRST_LINE_S = 1.0


def stream():
    """The bytes of DISTINCT status frames, and their payloads."""
    writer = FrameWriter()
    lines = []
    for number in range(DISTINCT):
        writer.begin(ids.FRAME_STATUS).value({**STATUS, ids.ST_UPTIME_S: 4000 + number})
        lines.append(writer.end())
    data = b"".join(lines)
    return data, [frame.payload for frame in FastReader().feed(data)]


def test_a_capture_of_a_million_frames():
    data, payloads = stream()
    rounds = FRAMES // DISTINCT
    reader = FastReader()
    bare_s = whole_s = 0.0
    count = 0
    for _ in range(rounds):  # by turns, so that both meet the same load of the machine
        start = time.perf_counter()
        for payload in payloads:
            loads(payload)
        middle = time.perf_counter()
        for at in range(0, len(data), PIECE):
            for frame in reader.feed(data[at : at + PIECE]):
                fast_parse(frame)
                count += 1
        bare_s += middle - start
        whole_s += time.perf_counter() - middle
    rate = bare_s / whole_s
    print(
        f"\nposdiag: {count} frames in {whole_s:.1f} s, {whole_s / count * 1e6:.1f} us each;"
        f" bare cbor2.loads {bare_s / count * 1e6:.1f} us; rate {rate:.2f} of it"
    )
    assert count == FRAMES
    assert rate >= LEAST_RATE


def test_a_log_of_a_hundred_thousand_records_streams(tmp_path):
    file = tmp_path / "log0"
    signal = {ids.A_SIGNAL_DBM: -90}
    with open(file, "wb") as out:
        for number in range(0, RECORDS, 1000):
            block = range(number, number + 1000)
            out.write(segment([event(n, ids.E_SIGNAL, signal) for n in block]))
    start = time.perf_counter()
    events = RawLog([str(file)]).events()
    next(events)
    first_s = time.perf_counter() - start
    count = 1 + sum(1 for _ in events)
    whole_s = time.perf_counter() - start
    print(f"\nposdiag log: first of {count} records after {first_s * 1000:.0f} ms", end=", ")
    print(f"all after {whole_s:.1f} s")
    assert count == RECORDS
    assert first_s < FIRST_LINE_S
