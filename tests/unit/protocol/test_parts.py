from binascii import crc32

from dual import raises
from posproto.link import Frame
from posproto.parts import Assembler, PartError, split
from posproto.repeats import Repeats

MESSAGE = bytes(range(256)) * 5


def filled(message=MESSAGE, part_max=300, size_max=2048):
    assembler = Assembler(size_max)
    for offset, part in split(message, part_max):
        assert assembler.put(offset, part) == offset + len(part)
    return assembler


def refused(assembler, *args):
    size = assembler.size
    reason = raises(PartError, assembler.put, *args).reason
    assert assembler.size == size
    return reason


def test_a_message_in_parts_is_whole_at_its_commit():
    for part_max in (1, 7, 300, 1280, 5000):
        assembler = filled(part_max=part_max)
        assert assembler.commit(len(MESSAGE), crc32(MESSAGE)) == MESSAGE
        assert assembler.size == 0
    assert filled(b"").commit(0, crc32(b"")) == b""


def test_a_part_that_comes_again_changes_nothing():
    assembler = filled()
    for offset, part in split(MESSAGE, 300):
        assert assembler.put(offset, part) == len(MESSAGE)
    assert assembler.put(10, MESSAGE[10:20]) == len(MESSAGE)
    assert assembler.commit(len(MESSAGE), crc32(MESSAGE)) == MESSAGE


def test_parts_out_of_place_are_refused_by_name():
    assembler = Assembler(100)
    assert refused(assembler, 1, b"x") == "gap"
    assembler.put(0, b"0123456789")
    assert refused(assembler, 11, b"x") == "gap"
    assert refused(assembler, 5, b"56789x") == "overlap"
    assert refused(assembler, 5, b"x") == "overlap"
    assert refused(assembler, -1, b"9") == "gap"
    assert assembler.commit(10, crc32(b"0123456789")) == b"0123456789"


def test_a_message_larger_than_the_buffer_is_refused_before_it_is_taken():
    assembler = Assembler(16)
    assembler.put(0, b"x" * 16)
    assert refused(assembler, 16, b"y") == "too long"
    assert refused(assembler, 0, b"x" * 17) == "too long"
    assert refused(assembler, 1 << 40, b"y") == "gap"
    assert assembler.commit(16, crc32(b"x" * 16)) == b"x" * 16


def test_a_commit_that_does_not_match_leaves_the_message_open():
    assembler = filled()
    assert raises(PartError, assembler.commit, 1279, crc32(MESSAGE)).reason == "length"
    assert raises(PartError, assembler.commit, 1280, crc32(MESSAGE) ^ 1).reason == "crc"
    assert assembler.commit(1280, crc32(MESSAGE)) == MESSAGE
    assert raises(PartError, assembler.commit, 1280, crc32(MESSAGE)).reason == "length"


def test_what_was_left_by_an_earlier_message_does_not_show_through():
    assembler = filled()
    assembler.clear()
    assembler.put(0, b"new")
    assert assembler.commit(3, crc32(b"new")) == b"new"


def request(request_id, crc=b"\1\2\3\4"):
    header = bytes([5, 1, request_id >> 8, request_id & 255, 0, 0])
    return Frame(header + b"\xa1\x00\x02" + crc)


def test_a_request_that_arrives_twice_gets_its_response_again():
    repeats = Repeats(3)
    assert repeats.find(request(1)) is None
    for request_id in (1, 2, 3):
        repeats.keep(request(request_id), b"line %d" % request_id)
    assert [repeats.find(request(n)) for n in (1, 2, 3)] == [b"line 1", b"line 2", b"line 3"]


def test_only_the_last_responses_are_remembered():
    repeats = Repeats(2)
    for request_id in (1, 2, 3):
        repeats.keep(request(request_id), b"line")
    assert repeats.find(request(1)) is None
    assert repeats.find(request(2)) and repeats.find(request(3))


def test_a_new_request_under_an_old_id_is_not_answered_from_memory():
    repeats = Repeats()
    repeats.keep(request(1), b"old")
    assert repeats.find(request(1, b"\1\2\3\5")) is None
