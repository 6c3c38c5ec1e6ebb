"""Each collected text in other clothes: its reading stays, or becomes less, never another."""

import sys

import collected

TODAY = collected.TODAY
STEP = 1 if sys.implementation.name == "cpython" else 4  # a slice of the texts
TAILS = {
    "zh": ("详情请咨询客服热线。", "【温馨提示】谨防诈骗，请勿转发。", "\n感谢您的支持！"),
    "": (" Thank you.", "\nHave a nice day!", " *"),
}
HEADS = {
    "zh": ("【服务提醒】", "尊敬的客户，您好！", "  \n"),
    "": ("Hello. ", "INFO:\n", "  \n"),
}
# What is put before makes it another's: nothing of the first sentence may be taken any more.
OTHERS = {"zh": "您的副卡138****0002：", "en": "Your fibre subscription: "}
FULL_WIDTH = "：，．（）０１２３４５６７８９"
ASCII = ":,.()0123456789"


def told(case, text):
    return collected.values(collected.read({"text": text, "plmn": case["plmn"], "today": TODAY}))


def less(variant, plain, case, text):
    """No field is new or other; returns how many are left."""
    for name in variant:
        if name not in collected.REMARKS:
            assert variant[name] == plain.get(name), (case["id"], text, name, variant[name])
    return len([name for name in variant if name not in collected.REMARKS])


def cases():
    for case in (collected.texts() + collected.texts("fresh"))[::STEP]:
        if "today" not in case:
            yield case, told(case, case["text"])


def dressed(case, heads, tails):
    lang = "zh" if case["lang"] == "zh" else ""
    text = case["text"]
    for head in heads[lang]:
        yield head + text
    for tail in tails[lang]:
        yield text + tail


def test_greetings_signatures_and_advertising_change_nothing():
    kept = whole = 0
    for case, plain in cases():
        for text in dressed(case, HEADS, TAILS):
            kept += less(told(case, text), plain, case, text)
            whole += len([name for name in plain if name not in collected.REMARKS])
    assert kept >= whole * 95 // 100, (kept, whole)


def test_capitals_and_full_width_signs_read_alike():
    for case, plain in cases():
        upper = case["text"].upper()
        if case["lang"] not in ("vi", "tr"):
            less(told(case, upper), plain, case, upper)
        wide = "".join(
            [FULL_WIDTH[ASCII.find(c)] if c in ASCII and c else c for c in case["text"]]
        )
        variant = told(case, wide)
        assert less(variant, plain, case, wide) == len(
            [name for name in plain if name not in collected.REMARKS]
        ), (case["id"], wide, variant, plain)


def test_another_number_in_its_place_is_read_as_that_number():
    seen = 0
    for case, plain in cases():
        if "balance" not in plain:
            continue
        minor, code = plain["balance"]
        exponent = 2 if minor % 100 and code not in ("KWD", "JOD") else 0
        for sign in ".," if exponent else ():
            old = "%d%s%02d" % (abs(minor) // 100, sign, abs(minor) % 100)
            if case["text"].count(old) != 1:
                continue
            new = "".join([str((int(c) + 3) % 9 + 1) if c.isdigit() else c for c in old])
            variant = told(case, case["text"].replace(old, new))
            digits = int(new.replace(sign, ""))
            assert variant["balance"] == [digits if minor > 0 else -digits, code], (
                case["id"],
                new,
                variant,
            )
            seen += 1
    assert seen >= 100 // STEP, seen


def test_the_same_words_behind_another_subject_are_never_this_cards():
    nothing = 0
    for case, plain in cases():
        other = OTHERS.get(case["lang"])
        if other and not ("balance" in plain and case["lang"] == "en"):
            text = other + case["text"]
            nothing += not less(told(case, text), plain, case, text)
    assert nothing >= 20 // STEP, nothing


def test_a_text_that_is_cut_gives_what_was_whole_or_nothing():
    for case, plain in cases():
        text = case["text"]
        for end in range(4, len(text), 7):
            found = told(case, text[:end])
            for name in ("balance", "debt", "valid"):
                if name in found and name in plain and case["lang"] == "zh":
                    whole = found[name] == plain[name]
                    assert whole or name == "balance", (case["id"], text[:end], found, plain)
