"""Answers found for their requests, repeats allowed or not, codes understood."""

from binascii import unhexlify

from dual import vectors
from posproto import ids
from posproto.iso8583 import cup, framing, match, responses, walker

RELATIONS = {
    "unrelated": match.UNRELATED,
    "answer": match.ANSWER,
    "rejected": match.REJECTED,
    "late": match.LATE,
}
OUTCOMES = {"done": match.DONE, "refused": match.REFUSED, "retry": match.RETRY}
SETTLEMENTS = {
    "no flags": match.SETTLE_NO_FLAGS,
    "balanced": match.SETTLE_BALANCED,
    "unbalanced": match.SETTLE_UNBALANCED,
}


def read(frame):
    return walker.walk(frame, cup.TABLE, cup.SKIP, cup.HEADER)


def worked(name):
    for row in vectors("iso8583/frames.json"):
        if row["name"] == name:
            return read(unhexlify(row["frame"])[2:])
    raise KeyError(name)


class Said(walker.Message):
    """A message of which only the named fields are known."""

    def __init__(self, mti, **fields):
        self.mti = mti
        for name in fields:
            setattr(self, name, fields[name])


def test_negative_frames_get_what_they_deserve():
    tried = 0
    for row in vectors("iso8583/negative.json"):
        name = row["name"]
        reader = framing.FrameIn(0)
        frames = reader.feed(unhexlify(row["frame"]))
        if row.get("waits"):
            assert not frames and reader.partial(), name
            tried += 1
            continue
        assert len(frames) == 1, name
        if "unparsed" in row:
            try:
                read(frames[0])
            except walker.Unparsed as error:
                assert error.reason == row["unparsed"], (name, error.reason)
            else:
                raise AssertionError(name)
            tried += 1
            continue
        message = read(frames[0])
        for key in row.get("field", {}):
            assert getattr(message, key) == row["field"][key], name
            tried += 1
        if "request" not in row:
            continue
        request = worked(row["request"])
        assert match.relate(request, message) == RELATIONS[row["relation"]], name
        tried += 1
        if "outcome" in row:
            assert match.outcome(request, message) == OUTCOMES[row["outcome"]], name
        if "settlement" in row:
            state = match.settlement(message, True)
            assert state == SETTLEMENTS[row["settlement"]], name
            if "end" in row:
                end = worked(row["end"])
                assert match.end_mismatch(state, end.f60_3) == row["mismatch"], name
    assert tried == len(vectors("iso8583/negative.json"))


def test_worked_answers_belong_to_their_requests_only():
    rows = [row for row in vectors("iso8583/frames.json") if row["dialect"] == "cup"]
    messages = [read(unhexlify(row["frame"])[2:]) for row in rows]
    for i in range(len(rows)):
        if not match.is_request(messages[i].mti):
            continue
        for j in range(len(rows)):
            if rows[j]["name"] == rows[i]["name"] + " answer":
                assert match.relate(messages[i], messages[j]) == match.ANSWER, rows[i]["name"]
            else:
                assert match.relate(messages[i], messages[j]) != match.ANSWER, rows[i]["name"]


def test_r6_match_needs_class_function_and_stan():
    request = Said(200, f11="000002", f41="A", f42="B", f60_2="000001")
    for mti in (210, 211):
        assert match.relate(request, Said(mti, f11="000002")) == match.ANSWER
    for mti in (110, 230, 410, 212, 810):
        assert match.relate(request, Said(mti, f11="000002")) == match.UNRELATED
    assert match.relate(request, Said(210)) == match.UNRELATED
    assert match.relate(request, Said(210, f11="000003")) == match.UNRELATED


FULL = {"f3": "000000", "f4": "000000012345", "f7": "1121090000", "f41": "TEST0001", "f42": "0001"}


def test_a_host_may_rewrite_any_field_but_class_stan_and_batch():
    request = Said(200, f11="000002", f60_2="000001", **FULL)
    for field in FULL:
        for value in ("another", FULL[field] + " ", None):
            answer = Said(210, f11="000002", f60_2="000001", f39="00", **FULL)
            setattr(answer, field, value)
            assert match.relate(request, answer) == match.ANSWER, (field, value)
            differing = [field] if value == "another" else []  # a blank behind it is padding
            assert match.differences(request, answer) == differing, (field, value)
    answer = Said(210, f11="000002", f60_2="000002", f39="00", **FULL)
    assert match.relate(request, answer) == match.UNRELATED
    answer.f60_2 = None
    assert match.relate(request, answer) == match.ANSWER


def test_an_acquirer_may_name_the_fields_that_must_be_equal():
    request = Said(200, f11="000002", **FULL)
    for field in FULL:
        for keys in ("", "41", "41 42", "3 4 7 41 42"):
            answer = Said(210, f11="000002", f39="00", **FULL)
            setattr(answer, field, "another")
            named = field[1:] in keys.split()
            wanted = match.UNRELATED if named else match.ANSWER
            assert match.relate(request, answer, keys) == wanted, (field, keys)


def test_a_host_that_refuses_may_name_its_own_batch():
    request = Said(200, f11="000002", f41="A", f42="B", f60_2="000001")
    assert match.relate(request, Said(210, f11="000002", f39="77", f60_2="000002")) == match.ANSWER


def test_a_sign_on_may_assign_a_new_batch():
    request = Said(800, f11="000001", f60_2="000001")
    assert match.relate(request, Said(810, f11="000001", f39="00", f60_2="000009")) == match.ANSWER


def test_the_answer_to_a_repeat_may_keep_its_origin_digit():
    request = Said(401, f11="000002")
    assert match.relate(request, Said(410, f11="000002")) == match.ANSWER
    assert match.relate(request, Said(411, f11="000002")) == match.ANSWER
    assert match.relate(request, Said(412, f11="000002")) == match.UNRELATED


def test_a_request_that_comes_back_or_a_0620_about_it_is_a_refusal():
    request = Said(220, f11="000002")
    assert match.relate(request, Said(220, f11="000002")) == match.REJECTED
    assert match.relate(request, Said(620, f11="000002")) == match.REJECTED
    script = Said(620, f11="000002")
    assert match.relate(script, Said(630, f11="000002")) == match.ANSWER


def test_transmission_time_may_be_part_of_the_key_in_the_text_dialect():
    request = Said(800, f11="000777", f7="1121090000")
    assert match.relate(request, Said(810, f11="000777", f7="1121090000")) == match.ANSWER
    assert match.relate(request, Said(810, f11="000777", f7="1121085959"), "7") == match.UNRELATED
    assert match.relate(request, Said(810, f11="000777")) == match.ANSWER


def test_r3_a_request_for_money_is_never_repeated():
    for mti in (100, 101, 200, 201):
        for f3 in (None, "000000", "200000", "310000"):
            assert not match.may_resend(Said(mti, f11="000001", f3=f3), True)


def test_r4_what_may_be_repeated_unasked():
    for mti in (220, 221, 320, 400, 401, 420, 620, 820, 120):
        assert match.may_resend(Said(mti)), mti
    for mti in (500, 800, 810, 210, 230, 410, 999):
        assert not match.may_resend(Said(mti)), mti


def test_r4_a_refund_is_repeated_only_with_the_applications_word():
    for refund in (Said(220, f3="200000"), Said(220, f60_1="25"), Said(220, f60_1="27")):
        assert match.is_refund(refund)
        assert not match.may_resend(refund)
        assert match.may_resend(refund, True)
    for advice in (Said(220, f3="000000", f60_1="30"), Said(220), Said(320, f3="200000")):
        assert not match.is_refund(advice)


def test_r5_reversals_leave_before_money_and_settlement_comes_last():
    order = (620, 400, 200, 220, 320, 500)
    ranks = [match.rank(mti) for mti in order]
    assert ranks == sorted(ranks) and len(set(ranks)) == len(order)
    assert match.rank(100) == match.rank(800) == match.rank(820) == match.rank(200)


def test_r8_frames_of_requests_for_money_are_never_kept():
    for mti in (100, 200, 201):
        assert match.keep(mti) == match.KEEP_MARKER
    for mti in (220, 320, 400, 420, 500, 620, 120):
        assert match.keep(mti) == match.KEEP_MESSAGE
    for mti in (800, 820):
        assert match.keep(mti) == match.KEEP_NOTHING


def test_only_what_moves_money_is_reversed():
    assert match.reversal_due(Said(200, f3="000000"))
    assert match.reversal_due(Said(100))
    assert not match.reversal_due(Said(200, f3="310000"))
    assert not match.reversal_due(Said(220, f3="200000"))


def test_answers_and_unknown_kinds_are_not_requests():
    for mti in (100, 120, 200, 220, 320, 400, 401, 420, 500, 620, 800, 820):
        assert match.is_request(mti)
    for mti in (110, 210, 230, 330, 410, 510, 630, 810, 830, 0, 600):
        assert not match.is_request(mti)


def test_r11_unknown_codes_stop_and_retry_later_is_for_advices():
    for f39 in ("ZZ", "B9", "30", "05"):
        for mti in (200, 220, 320, 400, 500, 800):
            assert match.outcome(Said(mti), Said(mti + 10, f39=f39)) == match.REFUSED, (mti, f39)
    for f39 in ("91", "96", "98", "68", "90"):
        for mti in (220, 320, 400, 620):
            assert match.outcome(Said(mti), Said(mti + 10, f39=f39)) == match.RETRY
        for mti in (100, 200, 500, 800, 820):
            assert match.outcome(Said(mti), Said(mti + 10, f39=f39)) == match.REFUSED


def test_an_answer_without_a_code_is_no_refusal():
    for mti in (100, 120, 200, 220, 320, 400, 420, 620):
        assert match.outcome(Said(mti), Said(mti + 10)) == match.UNCLEAR, mti
    for mti in (800, 820):
        assert match.outcome(Said(mti), Said(mti + 10)) == match.DONE, mti
    for flags, outcome, settles in (
        ((1, 1), match.DONE, match.SETTLE_BALANCED),
        ((1, 0), match.DONE, match.SETTLE_BALANCED),
        ((2, 1), match.DONE, match.SETTLE_UNBALANCED),
        ((0, 0), match.UNCLEAR, None),
        (None, match.UNCLEAR, None),
    ):
        answer = Said(510, flags=flags)
        assert match.outcome(Said(500), answer) == outcome, flags
        assert settles is None or match.settlement(answer, True) == settles


def test_an_acquirer_may_define_its_own_groups():
    advice = Said(220)
    assert match.outcome(advice, Said(230, f39="88")) == match.REFUSED
    assert match.outcome(advice, Said(230, f39="88"), {"88": "R"}) == match.RETRY
    assert responses.group("06", {"06": "C"}) == "C"
    assert responses.group("00", {"06": "C"}) == "A"


def test_duplicate_means_delivered_for_an_advice_and_nothing_to_undo_ends_a_reversal():
    assert match.outcome(Said(220), Said(230, f39="94")) == match.DONE
    assert match.outcome(Said(200), Said(210, f39="94")) == match.REFUSED
    assert match.outcome(Said(400), Said(410, f39="25")) == match.DONE
    assert match.outcome(Said(220), Said(230, f39="25")) == match.REFUSED


def test_r7_a_settlement_is_balanced_only_when_its_flags_say_so():
    for flags, state in (
        (None, match.SETTLE_NO_FLAGS),
        ((0, 0), match.SETTLE_NO_FLAGS),
        ((1, 1), match.SETTLE_BALANCED),
        ((1, 0), match.SETTLE_BALANCED),
        ((2, 1), match.SETTLE_UNBALANCED),
        ((1, 2), match.SETTLE_UNBALANCED),
        ((3, 1), match.SETTLE_ERROR),
        ((2, 3), match.SETTLE_ERROR),
        ((9, 1), match.SETTLE_ERROR),
    ):
        assert match.settlement(Said(510, f39="00", flags=flags), True) == state, flags
    assert match.settlement(Said(510, f39="A0", flags=(1, 1)), True) == match.SETTLE_REFUSED
    assert match.settlement(Said(510), True) == match.SETTLE_REFUSED


def test_a_host_without_flags_says_it_in_f39():
    for f39, state in (
        ("00", match.SETTLE_BALANCED),
        ("95", match.SETTLE_UNBALANCED),
        ("77", match.SETTLE_DIFFERENCE),
        ("96", match.SETTLE_REFUSED),
    ):
        assert match.settlement(Said(510, f39=f39), False) == state
    # In the dialect with flags 77 is a batch out of step.
    assert match.settlement(Said(510, f39="77"), True) == match.SETTLE_REFUSED


def test_end_markers_that_contradict_the_settlement():
    assert match.end_mismatch(match.SETTLE_BALANCED, "202")
    assert match.end_mismatch(match.SETTLE_UNBALANCED, "207")
    assert not match.end_mismatch(match.SETTLE_BALANCED, "207")
    assert not match.end_mismatch(match.SETTLE_ERROR, "202")
    assert not match.end_mismatch(match.SETTLE_NO_FLAGS, "202")
    assert not match.end_mismatch(match.SETTLE_UNBALANCED, "206")


def test_every_code_is_in_its_group():
    groups = vectors("iso8583/responses.json")
    seen = 0
    for letter in groups:
        for f39 in groups[letter]:
            assert responses.group(f39) == letter, f39
            seen += 1
    assert seen > 80
    for f39 in (None, "", "0", "A", "A ", " 0", "000", "a0"):
        assert responses.group(f39) == "M", f39


def test_codes_that_speak_about_the_terminal_lead_to_verdicts():
    assert responses.verdict("97") == responses.verdict("58") == ids.V_TERMINAL_DEACTIVATED
    assert responses.verdict("03") == ids.V_MERCHANT_UNKNOWN
    assert responses.verdict("A0") == responses.verdict("99") == ids.V_KEYS_OUT_OF_STEP
    assert responses.verdict("77") == ids.V_BATCH_OUT_OF_STEP
    assert responses.verdict("90") == ids.V_HOST_MAINTENANCE
    for f39 in ("00", "51", "05", None, "9"):
        assert responses.verdict(f39) == 0


def test_national_codes_hold_in_their_dialect_only():
    national = ["77", "79", "97", "98", "99", "A0", "A1", "A2", "A3", "A4", "A5", "A6", "A7", "45"]
    for letter in "ARTCPM":
        for f39 in vectors("iso8583/responses.json")[letter]:
            elsewhere = responses.group(f39, None, False)
            if f39 in national:
                assert elsewhere == ("T" if f39 in ("77", "97") else "M"), f39
                assert responses.verdict(f39, None, False) == 0, f39
            else:
                assert elsewhere == responses.group(f39), f39
                assert responses.verdict(f39, None, False) == responses.verdict(f39), f39
    answer = Said(510, f39="97")
    assert match.outcome(Said(500), answer, None, False) == match.REFUSED


def test_a_code_whose_group_an_acquirer_changes_loses_its_verdict_too():
    for f39 in ("97", "58", "03", "A0", "90"):
        for letter in "ARTCPM":
            kept = letter == responses.group(f39)
            verdict = responses.verdict(f39) if kept else 0
            assert responses.verdict(f39, {f39: letter}) == verdict, (f39, letter)


def test_an_acquirers_code_that_means_another_has_its_group_verdict_and_name():
    for code in ("97", "N1", "00", "ZZ"):
        for other in ("00", "91", "58", "77", "51", "77n", "97n"):
            for national in (True, False):
                said = ({code: other}, national)
                assert responses.meaning(code, *said) == other, (code, other)
                if len(other) == 2:
                    assert responses.group(code, *said) == responses.group(other)
                    assert responses.verdict(code, *said) == responses.verdict(other)
                else:
                    assert responses.group(code, *said) == "T"
                    assert responses.verdict(code, *said) == 0


def test_each_dialect_reads_a_code_by_its_own_table():
    # code, at UnionPay's centre, elsewhere
    rows = (
        ("00", "00", "00"),
        ("77", "77", "77n"),
        ("79", "79", ""),
        ("97", "97", "97n"),
        ("A0", "A0", ""),
        ("91", "91", "91"),
        ("17", "", ""),
        ("ZZ", "", ""),
    )
    for code, at_home, elsewhere in rows:
        assert responses.meaning(code) == at_home
        assert responses.meaning(code, None, False) == elsewhere
        for letter in "ARTCPM":
            changed = {code: letter}
            assert responses.group(code, changed) == letter
            keeps = letter == responses.group(code)
            assert responses.meaning(code, changed) == (at_home if keeps else letter)


def test_a_code_becomes_a_cause_number():
    assert responses.cause("00") == 0x800
    assert responses.cause("97") == 0x800 + 9 * 36 + 7
    assert responses.cause("A0") == 0x800 + 360
    causes = [responses.cause(f39) for f39 in ("00", "91", "A0", "ZZ")]
    assert len(set(causes)) == 4
    for f39 in ("??", "-1", " 1", "1_", "", None):
        assert responses.cause(f39) == 0x800 + 1296, f39
