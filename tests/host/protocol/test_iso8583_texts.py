"""What people read about an acquirer's codes: the same keys in each language, none forgotten."""

try:
    import tomllib
except ImportError:  # before Python 3.11
    import tomli as tomllib
from pathlib import Path

import pytest

from dual import vectors
from posproto.iso8583 import match, responses

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
