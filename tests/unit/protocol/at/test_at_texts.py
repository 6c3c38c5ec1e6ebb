"""Alphabets, and the long messages that operators answer with."""

from dual import raises
from posproto.at import Unreadable, charset, sms, sms_write


def test_every_character_of_the_default_alphabet_survives():
    text = charset.gsm_text([c for c in range(128) if c != 27])
    assert len(text) == 127
    septets = sms_write.gsm_septets(text)
    assert bytes(septets) == bytes([c for c in range(128) if c != 27])
    assert bytes(charset.septets(sms_write.packed(septets), 127)) == bytes(septets)


def test_extension_table_survives():
    text = "\f^{}\\[~]|€"
    assert charset.gsm_text(sms_write.gsm_septets(text)) == text


def test_characters_that_the_alphabet_lacks_are_refused():
    assert sms_write.gsm_septets("余额") is None
    assert sms_write.gsm_septets("a`b") is None


def test_unknown_escape_is_marked():
    assert charset.gsm_text([27, 0x41]) == "\ufffd"


def test_surrogates_and_halves_of_them():
    assert charset.ucs2_text(sms_write.ucs2_octets("a😀b")) == "a😀b"
    assert charset.ucs2_text(b"\xd8\x3d") == "\ufffd"
    assert charset.ucs2_text(b"\xde\x00\x00a") == "\ufffda"
    assert charset.ucs2_text(b"\xd8\x3d\x00a") == "\ufffda"


def test_query_to_an_operator_is_written_as_a_pdu():
    assert sms_write.pdu("10086", "YE") == (b"00110005810180F60000A702D922", 13)
    pdu, size = sms_write.pdu("+8613800100500", "余额")
    assert (pdu, size) == (b"0011000D91683108100005F00008A7044F59989D", 19)


def test_what_does_not_fit_one_message_is_refused():
    sms_write.pdu("10086", "x" * 160)
    raises(Unreadable, sms_write.pdu, "10086", "x" * 161)
    sms_write.pdu("10086", "余" * 70)
    raises(Unreadable, sms_write.pdu, "10086", "余" * 71)
    raises(Unreadable, sms_write.pdu, "10086", "€" * 81)
    raises(Unreadable, sms_write.pdu, "100x6", "YE")


def part(text, sequence, total=3, reference=7, sender="10001", scheme=charset.UCS2):
    message = sms.Message()
    message.sender = sender
    message.scheme = scheme
    message.data = bytes(sms_write.ucs2_octets(text))
    message.reference = reference
    message.total = total
    message.sequence = sequence
    return message


def test_parts_in_any_order_give_one_message():
    texts = ("尊敬的客户", "您的余额为", "12.50元")
    orders = ((0, 1, 2), (0, 2, 1), (1, 0, 2), (1, 2, 0), (2, 0, 1), (2, 1, 0))
    for order in orders:
        assembly = sms.Assembly()
        got = [assembly.add(part(texts[i], i + 1), 100 + i) for i in order]
        assert got[:2] == [None, None]
        assert got[2] == ("10001", "".join(texts), True)


def test_character_split_between_two_parts_survives():
    octets = bytes(sms_write.ucs2_octets("余额😀"))
    assembly = sms.Assembly()
    first = part("", 1, 2)
    second = part("", 2, 2)
    first.data = octets[:6]
    second.data = octets[6:]
    assert assembly.add(second, 1) is None
    assert assembly.add(first, 1)[1] == "余额😀"


def test_repeated_part_counts_once():
    assembly = sms.Assembly()
    assert assembly.add(part("a", 1, 2), 1) is None
    assert assembly.add(part("a", 1, 2), 2) is None
    assert assembly.add(part("b", 2, 2), 3)[1] == "ab"
    assert assembly.dropped == 0


def test_reference_used_again_starts_a_new_message():
    assembly = sms.Assembly()
    assert assembly.add(part("old", 1, 2), 1) is None
    assert assembly.add(part("new ", 1, 2), 50) is None
    assert assembly.add(part("text", 2, 2), 51)[1] == "new text"
    assert assembly.dropped == 1


def test_references_of_two_senders_do_not_mix():
    assembly = sms.Assembly()
    assert assembly.add(part("a", 1, 2, sender="10086"), 1) is None
    assert assembly.add(part("b", 2, 2, sender="10010"), 1) is None
    assert assembly.add(part("c", 2, 2, sender="10086"), 1)[1] == "ac"


def test_missing_part_is_dropped_after_its_time():
    assembly = sms.Assembly(wait_s=600)
    assert assembly.add(part("a", 1, 2), 0) is None
    assert assembly.add(part("x", 1, 1, reference=0), 601)[1] == "x"
    assert assembly.dropped == 1
    assert assembly.add(part("b", 2, 2), 602) is None


def test_flood_of_parts_stays_within_its_memory():
    assembly = sms.Assembly(octets_max=1000)
    for reference in range(100):
        assert assembly.add(part("x" * 60, 1, 2, reference), reference) is None
        assert assembly._octets() <= 1000
    assert assembly.dropped > 90
    assert assembly.add(part("y", 2, 2, 99), 100)[1] == "x" * 60 + "y"


def test_message_of_255_parts_cannot_take_the_memory():
    assembly = sms.Assembly(octets_max=1000)
    for sequence in range(1, 255):
        assert assembly.add(part("x" * 60, sequence, 255), 1) is None
        assert assembly._octets() <= 1000


def test_short_message_comes_at_once():
    assert sms.Assembly().add(part("余额", 1, 1), 5) == ("10001", "余额", True)
