"""The collected texts are well formed, and their two halves are what their keys say."""

import collected


def test_each_text_is_on_the_half_that_its_key_says():
    cases = collected.texts() + collected.lookalikes()
    seen = set()
    for case in cases:
        assert case["half"] == collected.half_of(case["key"]), case["id"]
        assert case["id"] not in seen and case["text"] not in seen, case["id"]
        seen.add(case["id"])
        seen.add(case["text"])
    assert len(collected.texts()) >= 300 and len(collected.lookalikes()) >= 150


def test_each_unseen_text_is_in_the_set_that_its_key_says_and_in_no_other_file():
    seen = {case["text"] for case in collected.texts() + collected.lookalikes()}
    for name in collected.SETS + collected.LATER:
        if name in collected.SETS:
            assert len(collected.texts(name)) >= 50 and len(collected.lookalikes(name)) >= 20, name
        for case in collected.texts(name) + collected.lookalikes(name):
            if name in collected.SETS:
                assert case["set"] == collected.set_of(case["key"]), case["id"]
            assert case["id"] not in seen and case["text"] not in seen, case["id"]
            seen.add(case["id"])
            seen.add(case["text"])


def test_neither_half_is_so_small_that_it_says_nothing():
    for half in ("open", "held"):
        assert len(collected.texts(half)) >= 150 and len(collected.lookalikes(half)) >= 70, half


def test_a_wrong_reading_is_told_from_a_missing_one():
    case = {"expect": {"balance_minor": 420, "currency": "EUR", "says": ["LOW"]}}

    class Reading:
        says = collected.ids.SAYS_SUSPENDED
        balance_minor, currency = 42, "EUR"
        left_kb = used_kb = total_kb = used_percent = fee_dom = debt_minor = valid_day = None

    ends = [(name, end) for name, end, _ in collected.judge(case, Reading)]
    assert ends == [("balance", "wrong"), ("LOW", "missing"), ("SUSPENDED", "wrong")], ends
    assert [name for name, _ in collected.taken(Reading)] == ["balance", "SUSPENDED"]


def test_nothing_is_read_wrong_and_nine_of_ten_fields_right_on_either_half_and_in_each_set():
    for half in ["open", "held"] + list(collected.SETS + collected.LATER):
        count = {"right": 0, "missing": 0, "wrong": 0}
        for case in collected.texts(half):
            for _, end, _ in collected.judge(case, collected.read(case)):
                count[end] += 1
        assert not count["wrong"], (half, count)  # which ones: make texts SHOW=1, the open half
        if half != "E":  # of seven fields one ends a card that speaks of minimum use
            assert count["right"] >= 9 * count["missing"], (half, count)


def test_of_the_blind_sets_nothing_is_read_wrong_and_eight_of_ten_fields_right():
    for half in collected.BLIND + collected.JUDGED:
        count = {"right": 0, "missing": 0, "wrong": 0}
        for case in collected.texts(half):
            for _, end, _ in collected.judge(case, collected.read(case)):
                count[end] += 1
        assert not count["wrong"] and count["right"] >= 4 * count["missing"], (half, count)


def test_of_texts_that_came_after_the_words_seven_of_ten_fields_are_read_and_none_wrong():
    """When they first met the reader half of the fields were right, two wrong."""
    count = {"right": 0, "missing": 0, "wrong": 0}
    for case in collected.texts("fresh"):
        for name, end, found in collected.judge(case, collected.read(case)):
            count[end] += 1
            assert end != "wrong", (case["id"], name, found)
    assert count["right"] >= 50 and len(collected.lookalikes("fresh")) >= 20, count


def test_no_look_alike_is_taken_for_a_state_or_money():
    for half in ["open", "held", "fresh"] + sorted(collected.FILES):
        taken = [
            case for case in collected.lookalikes(half) if collected.taken(collected.read(case))
        ]
        assert not taken, (half, len(taken))
