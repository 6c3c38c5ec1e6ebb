"""`posdiag explain --text`: a technician asks what the terminal makes of an operator's text."""

import json

import pytest

from posdiag.judge.operator_text import masked
from posdiag_cli import run


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_what_was_read_and_from_which_words_is_told_in_both_languages(capsys, lang):
    text = "您的话费余额为42.08元，您的号码已停机。"
    status, out, _ = run(capsys, "--lang", lang, "explain", "--text", text, "--operator", "46000")
    assert status == 0 and "42.08" in out and "话费余额" in out and "已停机" in out, out
    assert ("Balance" if lang == "en" else "余额") in out
    assert ("suspended" if lang == "en" else "已停机") in out


def test_a_text_about_another_line_says_what_it_is_about_and_moves_nothing(capsys):
    text = "您的副卡138****0002因欠费已停机。"
    _, out, _ = run(capsys, "--lang", "en", "explain", "--text", text)
    assert "moves no verdict" in out and "副卡" in out, out


def test_another_currency_has_its_own_decimals_for_the_agent_and_for_the_tool(capsys):
    line = ("explain", "--text", "Votre solde est de 1000 FCFA.", "--operator", "61001")
    _, out, _ = run(capsys, *line, "--json")
    found = json.loads(out)
    assert (found["balance_minor"], found["currency"]) == (1000, "XOF")
    _, shown, _ = run(capsys, "--lang", "en", *line)
    assert "XOF 1000" in shown and "10.00" not in shown


def test_what_is_no_operator_is_refused(capsys):
    status, _, err = run(
        capsys, "--lang", "en", "explain", "--text", "Balance: 12.50", "--operator", "46"
    )
    assert status != 0 and "no operator" in err


def test_a_report_for_those_who_keep_the_words_has_no_digits():
    assert masked("余额１２.50元 ٣") == "余额##.##元 #"
