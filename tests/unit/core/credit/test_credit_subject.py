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
    told_of = told("63902", "Airtime balance: Ksh 12.40. Kwisha expires on 20/11/2026.")
    assert told_of == {"balance": [1240, "KES"]}
    assert "valid" in told("63902", "Airtime balance: Ksh 12.40. Expires on 20/11/2026.")


# What an acquirer's technician was sent: true sentences about the line, and what only sounds so.
TURNED = (
    ("23410", "Your line is suspended.", "Your line is not suspended.", "SUSPENDED"),
    ("26203", "Ihre Nummer wurde gesperrt.", "Ihre Nummer wurde nicht gesperrt.", "SUSPENDED"),
    ("25001", "Ваш номер заблокирован.", "Ваш номер не заблокирован.", "SUSPENDED"),
    ("46000", "您的号码已停机。", "您的号码从未停机。", "SUSPENDED"),
    ("46000", "您的号码已停机。", "您的号码曾因欠费已停机。", "SUSPENDED"),
    ("46003", "您的号码已停机。", "收到“您的号码已停机”的短信请上报。", "SUSPENDED"),
    (
        "23410",
        "Your SIM has been blocked.",
        "Texts saying 'your SIM has been blocked' lie.",
        "SUSPENDED",
    ),
    ("65501", "Your line was suspended.", "Your line was suspended for two days.", "SUSPENDED"),
    ("65501", "Your line was suspended.", "Your line was suspended last month.", "SUSPENDED"),
    ("334020", "Tu linea esta suspendida.", "La linea 067****0449 esta suspendida.", "SUSPENDED"),
    ("51010", "Nomor Anda telah diblokir.", "Nomor 067****2550 telah diblokir.", "SUSPENDED"),
    ("46003", "您充值的20元已到账。", "您申请的20000元已到账户。", "TOPPED_UP"),
)


def test_what_is_denied_quoted_over_or_of_a_number_that_may_be_anybodys_is_no_state():
    for plmn, said, turned, state in TURNED:
        assert state in told(plmn, said), said
        assert state not in told(plmn, turned), turned


def test_an_amount_counts_only_where_its_clause_names_nothing_unknown():
    for plmn, mine, others, field in (
        (
            "26203",
            "Ihre Karte hat ein Guthaben von 5,00 EUR.",
            "Ihr Zorblax hat ein Guthaben von 5,00 EUR.",
            "balance",
        ),
        ("25002", "Ваш баланс: 12 руб.", "Петя просит пополнить его баланс: 12 руб.", "balance"),
        ("46000", "您的流量剩余3.2GB。", "您共享给家人的流量剩余3.2GB。", "left_kb"),
        ("46000", "您的号码已欠费20元。", "您的云打印已欠费20元。", "debt"),
        (
            "26801",
            "Tem 4,35 EUR de saldo. Valido ate 12/12/2026.",
            "Tem 4,35 EUR de saldo. Proximo carregamento ate 12/12/2026.",
            "valid",
        ),
        ("46000", "套餐月费每月16日扣取。", "每月16日为系统并账期。", "fee_dom"),
    ):
        assert field in told(plmn, mine), mine
        assert field not in told(plmn, others), others
    assert "balance" not in told("46000", "云打印余额5元。")  # unknown from its first letter on
    # The clause alone: what stands before a comma, a colon or another fact does not matter.
    for said in ("Zorblax: your balance Rs.5.00", "Zorblax cost Rs.1.00 balance Rs.5.00"):
        assert told("40410", said)["balance"] == [500, "INR"], said
    # A name before a colon is no sender's heading where the amount's word stands alone behind it.
    assert told("26003", "Skarbonka: saldo 50,00 zl.") == {}
    assert "balance" in told("26003", "Saldo konta: 50,00 zl.")


def test_a_state_that_stands_first_is_of_what_stands_behind_it():
    assert told("62130", "Has been suspended: Zorblax.") == {}
    assert told("60202", "تم إيقاف خطك بسبب عدم السداد") == {"SUSPENDED": True}
    assert told("60202", "تم إيقاف التلفزيون الخاص بك") == {}


def test_what_is_left_in_all_is_not_known_where_a_part_of_it_is_anothers():
    assert "left_kb" not in told("46000", "您的流量剩余3GB，云打印流量剩余2GB。")


def test_a_day_behind_a_quota_is_the_quotas_and_a_days_limit_is_no_total():
    quota = told("51010", "Sisa kuota internet Anda 2.5 GB berlaku hingga 30/09/2026.")
    assert quota == {"left_kb": 2621440}, quota
    daily = told("40410", "You have used 50% of your daily data limit of 1.5 GB.")
    assert daily == {"used_percent": 50}, daily


def test_data_services_that_are_suspended_are_the_data_alone():
    assert told("62130", "Notice: your data services have been suspended.") == {
        "DATA_STOPPED": True
    }
    assert told("62130", "Your line has been suspended.") == {"SUSPENDED": True}


def test_plain_words_are_written_as_texts_are_read():
    for name in LANGUAGES:
        language = __import__("posagent.operators." + name, None, None, ["PLAIN"])
        plain = language.PLAIN.replace("|", " | ")
        assert letters.normal(plain) == plain, name
        joined = getattr(language, "JOINED", False)
        assert joined or (plain[:3] == " | " and plain[-3:] == " | "), name
