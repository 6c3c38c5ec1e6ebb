"""Any text whatever: no error, no number that does not stand there."""

import re

from hypothesis import given, settings
from hypothesis import strategies as st

from dropping import keep_modules
from posagent.core import modules
from posagent.core.credit import hearing, operators
from posagent.core.credit.text import letters
from posworld.network import texts
from posworld.network.account import Account

keep_modules()

READERS = {
    plmn: operators.load("", plmn + "1234567890", "")
    for plmn in ("46000", "63902", "25001", "26202")
}
PIECES = [
    *"您的话费余额为可用余额是-－.，,:：0123456789０１元分MGB兆%¥ \n年月日欠费停机已被如将",
    *(
        "余额",
        "话费余额",
        "42.08",
        "1,234.56",
        "元",
        "欠费",
        "剩余流量",
        "有效期至",
        "2025年06月30日",
    ),
    *("Your balance is ", "Ksh", "баланс", "Guthaben ", "EUR", "13800138000", "138****5678"),
]
AMOUNT = st.integers(-99_999_999, 99_999_999)


@settings(max_examples=400, deadline=None)
@given(st.lists(st.sampled_from(PIECES) | st.characters(codec="utf-8"), max_size=40).map("".join))
def test_no_text_raises_and_every_number_read_stands_in_the_text(text):
    for reader in READERS.values():
        reading = reader.read(text, 20000)
        if reading.balance_minor is not None:
            digits = re.sub(r"\D", "", letters.normal(text))
            wanted = str(abs(reading.balance_minor))
            assert any(
                part.strip("0") in digits for part in (wanted, wanted[:-2], wanted.rstrip("0"))
            ), (text, reading.balance_minor)


@settings(max_examples=300, deadline=None)
@given(AMOUNT, st.sampled_from(sorted(texts.SERVICES)))
def test_every_amount_in_the_usual_answers_is_read_exactly(minor, brand):
    account = Account(minor)
    plmn = {"cmcc": "46000", "unicom": "46001", "telecom": "46003", "broadnet": "46015"}[brand]
    reader = operators.load("", plmn + "1234567890", "")
    answer = texts.SERVICES[brand][2](account, 1750000000)
    assert reader.read(answer).balance_minor == minor, answer


@settings(max_examples=400, deadline=None)
@given(st.text(max_size=80), st.text("+8610086٣１a", max_size=9) | st.text(max_size=20))
def test_no_sender_or_text_of_a_stranger_is_believed_by_accident(text, sender):
    profile = operators.load("", "460001234567890", "")
    believed = profile.is_sender(sender)
    assert believed == bool(re.fullmatch(r"(\+86|\+)?10086[0-9]{0,3}", sender))
    modules.finish(hearing.fraud(profile, text))
    assert len(letters.mask(text)) <= 60
    assert not re.search("[0-9]", letters.mask(text))
