"""Kinds, numbers and keys of messages, cell by cell; the rules: test_iso8583_match.py."""

from posproto.iso8583 import match, walker


class Said(walker.Message):
    """A message of which only the named fields are known."""

    def __init__(self, mti, **fields):
        self.mti = mti
        for name in fields:
            setattr(self, name, fields[name])


def test_what_says_different_things_has_different_numbers():
    """The flags of F48 are three of them, and what is kept is packed into two bits of a table."""
    related = match.UNRELATED, match.ANSWER, match.REJECTED, match.LATE
    kept = match.KEEP_NOTHING, match.KEEP_MARKER, match.KEEP_MESSAGE
    means = match.DONE, match.REFUSED, match.RETRY, match.UNCLEAR
    settled = match.SETTLE_REFUSED, match.SETTLE_BALANCED, match.SETTLE_UNBALANCED
    settled += match.SETTLE_ERROR, match.SETTLE_NO_FLAGS, match.SETTLE_DIFFERENCE
    for group in (related, kept, means, settled):
        assert group == tuple(range(len(group)))


def test_fields_that_differ_are_named_in_their_order():
    mine = Said(200, f3="000000", f4="1", f7="0102030405", f41="T1", f42="M1")
    other = Said(210, f3="310000", f4="2", f7="0102030406", f41="T2", f42="M2")
    assert match.differences(mine, other) == ["f3", "f4", "f7", "f41", "f42"]
    assert match.differences(mine, Said(210, f3=None, f4="1", f41=" T1 ")) == []


def test_the_sales_answer_is_late_behind_its_reversal_whichever_kind_it_was():
    for mti in (400, 420):
        reversal = Said(mti, f11="000002")
        for answer in (110, 210):
            assert match.relate(reversal, Said(answer, f11="000002")) == match.LATE, (mti, answer)
        for stranger in (120, 220, 230, 310, 510):
            got = match.relate(reversal, Said(stranger, f11="000002"))
            assert got == match.UNRELATED, (mti, stranger)
    sale = Said(200, f11="000002")
    assert match.relate(sale, Said(110, f11="000002")) == match.UNRELATED


def test_an_answer_keeps_the_origin_of_its_request_its_repeat_mark_aside():
    """The fourth digit: 0 acquirer, 2 issuer, 4 another; one more for its repeat."""
    for asked in range(6):
        for answered in range(6):
            got = match.relate(Said(400 + asked, f11="2"), Said(410 + answered, f11="2"))
            same = (asked in (0, 1)) == (answered in (0, 1))
            same = same and (asked in (2, 3)) == (answered in (2, 3))
            assert got == (match.ANSWER if same else match.UNRELATED), (asked, answered)


def test_a_kind_that_no_terminal_sends_has_no_rank_and_is_never_repeated():
    for mti in (110, 210, 300, 610, 9999):
        assert match.rank(mti) == 0 and match.keep(mti) == match.KEEP_NOTHING
        assert not match.may_resend(Said(mti), True)
