"""Every cause that a family can give comes out as words: the technician reads "not enough memory",
not "socket 41".
"""

import ast

import pytest

from posdiag.facts.model import Cause, Status
from posdiag.judge.diagnosis import Findings
from posdiag.show.heading import heading
from posdiag.show.i18n import LANGUAGES, Texts
from posdiag.show.words import cause_words
from posproto import ids
from posproto.at import causes
from source_files import ROOT, tree

FAMILIES = sorted((ROOT / "firmware/posagent/modems").glob("*.py"))
# Quectel's TCP/IP note lists 550 to 574 and the agent adds its own; the note's 0 is no error.
QUECTEL = range(550, 575)


def socket_errors():
    """Numbers that the families' sources name, and those that a module may print itself."""
    found = {n for name, n in vars(ids).items() if name.startswith("TCP_")}
    for path in FAMILIES:
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.Constant) and type(node.value) is int:
                found |= {node.value} & set(range(550, 600))
    return sorted(found | set(QUECTEL))


def known(domain):
    """Numbers of a reject cause that the standard's table gives a meaning."""
    return [n for n in range(256) if causes.judge(domain, n) and n < 95 and not 48 <= n <= 63]


DOMAINS = (
    (ids.CAUSE_SOCKET, socket_errors()),
    # 32, 33, 34 and 38 are of circuit-switched calls: TS 24.008 has them, TS 24.301 has not.
    (ids.CAUSE_EMM, [n for n in known(ids.CAUSE_EMM) if n not in (32, 33, 34, 38)]),
    (ids.CAUSE_MM, (2, 3, 4, 5, 6, 11, 12, 13, 15, 17, 20, 21, 22, 23, 32, 33, 34, 38)),
    (ids.CAUSE_GMM, (2, 3, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 20, 21, 22, 23)),
    (ids.CAUSE_ESM, [n for n in known(ids.CAUSE_ESM) if n < 81]),
    (
        ids.CAUSE_CME,
        [*range(5), *range(10, 19), *range(20, 28), 30, 31, 32, 40, 100, 103, 107, 148],
    ),
    (ids.CAUSE_CMS, [*range(300, 306), *range(310, 319), 320, 321, 322, 330, 331, 332, 340, 500]),
)
CASES = [(domain, number) for domain, numbers in DOMAINS for number in numbers]


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("domain, number", CASES)
def test_a_cause_of_a_family_is_a_sentence_not_a_number(domain, number, lang):
    cause = Cause.from_number(causes.packed(domain, number))
    assert cause.number == number
    words = cause_words(Texts(lang), cause)
    assert "(" in words or "（" in words, words  # the meaning stands behind the code


@pytest.mark.parametrize("domain", range(1, 8))
@pytest.mark.parametrize("number", [0, 1, 255, 256, 566, 772, 4095])
def test_no_number_strays_into_another_list(domain, number):
    cause = Cause.from_number(causes.packed(domain, number))
    name = {n: k for k, n in vars(ids).items() if k.startswith("CAUSE_")}[domain]
    if (domain, number) in ((ids.CAUSE_SOCKET, 1), (ids.CAUSE_SOCKET, 255)):
        return  # no socket error is so small: see below
    assert (cause.domain, cause.number) == (name[6:].lower(), number)


def test_a_log_of_version_0_1_had_its_socket_errors_cut_to_one_byte():
    assert Cause.from_number(7 << 8 | 553 & 255).number == 553


@pytest.mark.parametrize("lang, words", [("en", "PLMN not allowed"), ("zh", "EMM 11")])
def test_the_help_desk_hears_the_cause_not_where_it_stands(lang, words):
    status = Status.from_map({ids.ST_VERDICT: ids.V_DENIED, ids.ST_CAUSE: ids.CAUSE_EMM << 8 | 11})
    told = heading(Texts(lang), Findings(status=status)).tell
    assert words in told and "report" not in told and "报告" not in told
