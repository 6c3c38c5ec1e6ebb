"""A state, an amount or a last day counts only where nothing unknown could be what it is of."""

import collected
from posagent.core.credit.text import letters

LANGUAGES = ("ar", "balkan", "baltic", "cs", "de", "en", "es", "fr", "hi", "hu", "id", "it", "nl")
LANGUAGES += ("pl", "pt", "ro", "ru", "sw", "th", "tr", "uk", "vi", "zh")


def told(plmn, text):
    return collected.values(collected.read({"plmn": plmn, "text": text}))


# A thing that no list has heard of, in the place of the line; the same sentence about the line.
SENTENCES = (
    ("40410", "Your %s has been suspended.", "number", "Zorblax", "SUSPENDED"),
    ("20801", "Votre %s est suspendue suite a un impaye.", "ligne", "Zorblax", "SUSPENDED"),
    ("26203", "Ihr %s wurde gesperrt.", "Anschluss", "Zorblax", "SUSPENDED"),
    ("46000", "您的%s已停机。", "号码", "云打印", "SUSPENDED"),
    ("46001", "您的%s已到期，请续费。", "套餐", "云打印", "EXPIRED"),
    ("46000", "您的%s因欠费已停机，请充值。", "手机", "云打印", "SUSPENDED"),
)


def test_what_nobody_knows_is_not_this_line():
    for plmn, sentence, line, thing, state in SENTENCES:
        assert state in told(plmn, sentence % line), sentence
        assert told(plmn, sentence % thing) == {}, sentence
        assert told(plmn, sentence % (line + " " + thing)) == {}, sentence


def test_an_amount_of_what_nobody_knows_is_no_balance():
    for plmn, sentence, thing in (
        ("40410", "Your balance %sis Rs.50.00.", "of Zorblax "),
        ("60301", "Votre solde %sest de 480,00 DA.", "Zorblax "),
        ("26203", "Ihr Guthaben %sbetraegt 7,40 EUR.", "bei Zorblax "),
    ):
        assert "balance" in told(plmn, sentence % ""), sentence
        assert "balance" not in told(plmn, sentence % thing), sentence


def test_the_last_day_of_what_nobody_knows_is_not_the_cards():
    assert "valid" in told("63902", "Your line expires on 20/11/2026.")
    assert "valid" not in told("63902", "Your Zorblax expires on 20/11/2026.")
    # Beside a balance of this line it is the balance's.
    assert "valid" in told("63902", "Airtime balance: Ksh 12.40. Kwisha expires on 20/11/2026.")


def test_plain_words_are_written_as_texts_are_read():
    for name in LANGUAGES:
        language = __import__("posagent.operators." + name, None, None, ["PLAIN"])
        plain = language.PLAIN.replace("|", " | ")
        assert letters.normal(plain) == plain, name
        joined = getattr(language, "JOINED", False)
        assert joined or (plain[:3] == " | " and plain[-3:] == " | "), name
