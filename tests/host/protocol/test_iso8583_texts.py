"""What people read about an acquirer's codes: the same keys in each language, none forgotten."""

try:
    import tomllib
except ImportError:  # before Python 3.11
    import tomli as tomllib
from pathlib import Path

import pytest

from dual import vectors
from posdiag.facts.codes import Codes
from posdiag.facts.messages import OutboxMessage, Settlement
from posdiag.facts.money import next_step
from posdiag.show.i18n import Texts
from posproto import ids
from posproto.iso8583 import match, responses
from posproto.iso8583.walker import Message

TEXTS = Path(__file__).resolve().parents[3] / "host_tools" / "posdiag" / "texts"


def texts(lang):
    return tomllib.loads((TEXTS / f"iso8583_{lang}.toml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_every_code_that_has_a_group_has_a_text(lang):
    known = texts(lang)
    groups = vectors("iso8583/responses.json")
    assert set(known["f39_group"]) == set(known["f39_group_next"]) == set(groups)
    codes = {code for letter in "ARTCP" for code in groups[letter]}
    codes |= {responses.meaning(code, None, False) for code in codes} - {""}  # of other dialects
    assert not codes - set(known["f39"])
    assert set(known["f39_next"]) <= codes
    for code in set(known["f39"]) - codes:
        assert code in groups["M"], code
    assert all(text.strip() for table in known.values() for text in table.values())


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("code", ["ZZ", "N1", "a0", "*1"])
def test_a_code_that_is_in_no_table_is_told_as_such_and_nothing_is_repeated_for_it(lang, code):
    words = Texts(lang)
    for national in (True, False):
        codes = Codes(national=national)
        assert codes.group(code) == "M" and not codes.accepts(code)
        said = codes.words(words, code)
        assert code in said and said == words.get("unit", "code_alone", code=code)
        assert len(said) > len(code) + 5, "a bare code tells nobody anything"
        assert codes.step(words, code) == ""
        fields = {ids.MSG_MTI: 200, ids.MSG_STATE: ids.MS_REFUSED, ids.MSG_F39: code}
        sale = OutboxMessage.from_map(fields)
        step = next_step(words, Settlement((sale,), codes=codes), sale)
        assert words.get("f39_group_next", "M") in step
    for mti in (100, 120, 200, 220, 320, 400, 420, 500, 800):
        request = Message()
        request.mti = mti
        answer = Message()
        answer.mti, answer.f39 = mti + 10, code
        for national in (True, False):
            assert match.outcome(request, answer, {}, national) == match.REFUSED
            assert responses.verdict(code, {}, national) == 0


def test_both_languages_have_the_same_keys():
    en, zh = texts("en"), texts("zh")
    assert {name: list(table) for name, table in en.items()} == {
        name: list(table) for name, table in zh.items()
    }


def test_every_kind_of_message_has_a_name():
    known = texts("en")["message"]
    for mti in range(0, 1000, 10):
        if match.is_request(mti):
            assert str(mti) in known and str(mti + 10) in known, mti
