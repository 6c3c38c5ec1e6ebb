"""The payment application's library: requests that fit, answers that are whole."""

from binascii import crc32

from dual import raises
from posproto import cbor, frames, ids, link, submit


def test_a_short_message_goes_in_one_request():
    requests = list(submit.hand_in(7, b"x" * 160, deadline_s=60))
    assert requests == [
        (
            ids.OP_SUBMIT_COMMIT,
            {
                ids.SUB_ID: 7,
                ids.SUB_LENGTH: 160,
                ids.SUB_CRC: crc32(b"x" * 160),
                ids.SUB_DEADLINE_S: 60,
                ids.SUB_BYTES: b"x" * 160,
            },
        )
    ]


def test_a_long_message_goes_in_parts_that_all_fit_a_frame():
    message = bytes(i & 255 for i in range(2000))
    requests = list(
        submit.hand_in(
            0xFFFFFFFF, message, 0xFFFFFF, ids.MF_OPAQUE | ids.MF_REPEATABLE, 200, 999999, 999999
        )
    )
    assert [op for op, _ in requests] == [ids.OP_SUBMIT_PART] * 4 + [ids.OP_SUBMIT_COMMIT]
    assert b"".join(args[ids.SUB_BYTES] for _, args in requests[:-1]) == message
    writer = link.FrameWriter()
    for op, args in requests:
        frames.put_request(writer.begin(ids.FRAME_REQUEST, 65535), op, args)
        line = writer.end()
        assert len(line) <= link.LINE_MAX
        got = [frames.parse_request(f.payload) for f in link.FrameReader().feed(line)]
        assert got == [{ids.RQ_OP: op, ids.RQ_ARGS: args}]


def _part(answer, offset, data):
    return {
        ids.SUB_OFFSET: offset,
        ids.SUB_BYTES: data,
        ids.SUB_LENGTH: len(answer),
        ids.SUB_CRC: crc32(answer),
    }


def test_an_answer_in_parts_is_whole_only_at_its_end():
    answer = bytes(range(250))
    fetch = submit.Answer(7)
    assert fetch.request() == (ids.OP_ANSWER, {ids.SUB_ID: 7, ids.SUB_OFFSET: 0})
    assert not fetch.add(_part(answer, 0, answer[:200])) and fetch.data is None
    assert fetch.request()[1][ids.SUB_OFFSET] == 200
    assert fetch.add(_part(answer, 200, answer[200:])) and fetch.data == answer


def test_an_answer_that_changed_in_between_is_fetched_again():
    answer = bytes(range(250))
    fetch = submit.Answer(7)
    fetch.add(_part(answer, 0, b"old" * 66 + b"!!"))
    assert not fetch.add(_part(answer, 200, answer[200:]))
    assert fetch.request()[1][ids.SUB_OFFSET] == 0
    assert not fetch.add(_part(answer, 100, answer[100:]))
    assert fetch.add(_part(answer, 0, answer)) and fetch.data == answer
    for value in (None, {}, {ids.SUB_OFFSET: 0}):
        raises(ValueError, submit.Answer(7).add, value)


def test_a_report_says_what_the_application_owes():
    unknown = {ids.MSG_ID: 7, ids.MSG_STATE: ids.MS_UNKNOWN, ids.MSG_FLAGS: ids.MF_REVERSAL_DUE}
    standing = submit.Standing(unknown)
    assert standing.over() and standing.reversal_due() and not standing.may_hand_in_again()
    standing = submit.Standing({ids.MSG_STATE: ids.MS_NOT_SENT, ids.MSG_WHY: ids.WHY_DEADLINE})
    assert standing.over() and not standing.reversal_due() and standing.may_hand_in_again()
    assert not submit.Standing({ids.MSG_STATE: ids.MS_SENT}).over()
    assert not submit.Standing(None).over() and submit.Standing(None).f39 == ""


def test_only_events_about_messages_concern_the_application():
    about = {ids.EV_ID: ids.E_SENT, ids.EV_ARGS: {ids.A_RECORD: 7, ids.A_STAN: 3}}
    assert submit.event(about) == (7, ids.E_SENT, {ids.A_RECORD: 7, ids.A_STAN: 3})
    assert submit.event({ids.EV_ID: ids.E_SIM, ids.EV_ARGS: {ids.A_RECORD: 7}}) is None
    assert submit.event({ids.EV_ID: ids.E_OUTBOX_FULL}) is None and submit.event({}) is None


def test_simple_requests():
    for make, op in (
        (submit.cancel, ids.OP_CANCEL),
        (submit.query, ids.OP_QUERY),
        (submit.done, ids.OP_ANSWER_DONE),
    ):
        assert make(9) == (op, {ids.SUB_ID: 9})
    assert cbor.decode(cbor.encode(submit.query(9)[1])) == {0: 9}
