"""With the heap locked, an allocation raises MemoryError: a steady cycle must not need one."""

from micropython import heap_lock, heap_unlock

from dual import raises
from posproto import frames, ids
from posproto.link import FrameReader, FrameWriter

STATUS = [17, 86412, 1 << 29, 103, 100, 86000, [1, 1, 5], 7, -101, 1, 3, 86000]
STATUS += [-12345, b"CNY", -500, 12, 3600, 86399, 1234, 4, 90000, 95, 289, 501]
STATUS += [77, b"46000", 9713, 114598401, 86390, -11, 18]


def locked(function):
    """Calls the function with the heap locked."""
    heap_lock()
    try:
        function()
    finally:
        heap_unlock()


def test_the_lock_notices_an_allocation():
    assert raises(MemoryError, locked, lambda: bytes(50))


def put_status(writer):
    frames.put_status(writer.begin(ids.FRAME_STATUS), STATUS)


def test_encoding_a_full_status_allocates_nothing():
    writer = FrameWriter()
    locked(lambda: put_status(writer))
    (frame,) = FrameReader().feed(writer.end())
    record, flags = frames.parse(frame)
    assert (len(record), flags, record[ids.ST_CURRENCY]) == (31, 0, "CNY")


def take_all(reader, data, _):
    at = 0
    while at < len(data) and not reader.ready:
        at = reader.take(data, at, len(data))


def bytewise(reader, data, one):
    for i in range(len(data)):
        one[0] = data[i]
        reader.take(one, 0, 1)


def taken(data, function):
    """The reader after `function` handed it the data with the heap locked."""
    reader = FrameReader()
    one = bytearray(1)
    locked(lambda: function(reader, data, one))
    return reader


def test_byte_intake_allocates_nothing_whatever_comes():
    writer = FrameWriter()
    put_status(writer)
    line = writer.end()
    noise = bytes(range(256)) * 4
    overlong = b"\x06C" + b"A" * 2000 + b"\n"
    for data in (line, line[:40] + line, b"text\r\n" + line, noise, overlong):
        for function in (take_all, bytewise):
            reader = taken(data, function)
            assert reader.ready == (line in data)
            assert not reader.ready or reader.frame().type == ids.FRAME_STATUS
