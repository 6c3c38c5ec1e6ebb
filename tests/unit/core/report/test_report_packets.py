"""MQTT 3.1.1 packets as OASIS' text has them, written out by hand."""

from posagent.core.report import mqtt


def test_a_connect_has_the_bytes_of_the_standard():
    # 3.1: protocol name MQTT, level 4, flags user name + password + clean session, keep alive.
    packet = mqtt.connect(b"POS-1", b"pw")
    assert packet == (
        b"\x10\x1c" + b"\0\4MQTT" + b"\4" + b"\xc2" + b"\0\x78" + b"\0\5POS-1" * 2 + b"\0\2pw"
    )


def test_a_publish_of_more_than_127_bytes_has_its_length_in_two():
    # 2.2.3: 321 = 65 + 2*128 is written 193, 2.
    payload = bytes(321 - 2 - 3 - 2)
    packet = mqtt.publish(b"a/b", payload, 10, False)
    assert packet[:3] == b"\x32\xc1\x02"
    assert packet[3:10] == b"\0\3a/b\0\x0a"
    assert packet[10:] == payload


def test_what_is_retained_says_so():
    assert mqtt.publish(b"t", b"x", 1, True)[0] == 0x33  # 3.3.1: QoS 1 and RETAIN


def test_answers_are_taken_whole_in_any_pieces():
    stream = b"\x20\2\0\0" + b"\x40\2\0\1" + b"\x40\2\0\2"
    for size in (1, 2, 3, 5, 12):
        got, seen = bytearray(), []
        for at in range(0, len(stream), size):
            got += stream[at : at + size]
            while True:
                kind, body, got = mqtt.take(got)
                if not kind:
                    break
                seen.append((kind, body))
        assert seen == [(2, b"\0\0"), (4, b"\0\1"), (4, b"\0\2")]
        assert not got


def test_a_page_of_a_captive_portal_is_no_broker():
    for said in (b"HTTP/1.1 302 Found\r\n", b"\x20\xff\xff\xff\x7f", b"\x40\x80"):
        try:
            mqtt.take(bytearray(said))
        except ValueError:
            continue
        raise AssertionError(said)
