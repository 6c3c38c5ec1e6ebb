"""The example that opens credit/text/reader.py, stage by stage."""

from posagent.core import modules
from posagent.core.credit import operators
from posagent.core.credit.text import letters, numbers, reader, spans, words

TEXT = "Dear customer, your balance is Ksh 42.08."


def test_the_example_of_the_reader_goes_through_its_stages_as_it_is_told():
    profile = operators.load("", "639021234567890", "")
    text = letters.normal(TEXT)
    assert text == "dear customer, your balance is ksh 42.08."
    form = reader.Format(profile, 20000)
    found = []
    told = modules.finish(words.find("en", text, found))
    form.months, form.strict, form.fill, form.to, form.plain, form.joined = told
    spans.stops(text, found)
    modules.finish(numbers.find(text, form, found))
    found = spans.resolve(found)
    assert [text[mark[0] : mark[1]] for mark in found] == [",", "your balance", "ksh 42.08"]
    kinds = [mark[2] for mark in found]
    assert kinds == [spans.COMMA, spans.BALANCE, spans.MONEY]
    reading = profile.read(TEXT, 20000)
    assert (reading.balance_minor, reading.currency) == (4208, "KES")
