"""What stands above the money that nobody has confirmed: never "all clear, nothing to do"."""

import pytest

from posdiag.facts.advice import action, steps, traffic_words
from posdiag.facts.messages import OutboxMessage, Settlement, with_status
from posdiag.facts.model import Status
from posdiag.facts.money import next_step
from posdiag.judge.diagnosis import Findings
from posdiag.show.heading import heading
from posdiag.show.i18n import Texts
from posdiag.show.slip import slip_lines
from posproto import ids

OPEN = (ids.SET_OPEN, ids.SET_BALANCED)


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("state", [*OPEN, ids.SET_NONE, ids.SET_CLOSED])
def test_an_open_or_unconfirmed_batch_is_not_all_clear(lang, state):
    texts = Texts(lang)
    batch = OutboxMessage.from_map({ids.MSG_STATE: state, ids.MSG_BATCH: 1})
    status = Status.from_map({ids.ST_VERDICT: ids.V_ALL_CLEAR})
    findings = Findings(status=status, settlement=Settlement(batch=batch))
    head = heading(texts, findings)
    calm = texts.verdict("all_clear")
    assert (head.title == calm.title) == (state not in OPEN)
    assert (calm.do in head.do) == (state not in OPEN)


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_a_host_that_is_down_for_hours_is_waited_for_no_longer(lang):
    texts = Texts(lang)
    said = [
        action(texts, ids.V_HOST_MAINTENANCE, age_s) for age_s in (None, 60, 3599, 3600, 72000)
    ]
    assert said[0] == said[1] == said[2] != said[3] == said[4]


AGES_S = (60, 3599, 3600, 20 * 3600)
WAITS = (ids.V_HOST_MAINTENANCE, ids.V_SETTLEMENT_LATE, ids.V_SETTLEMENT_PENDING)


def _waiting(verdict, age_s, verdict_s):
    """An advice that waits for so long, the verdict told for so long: (status, report)."""
    fields = {ids.MSG_STATE: ids.MS_SENT, ids.MSG_MTI: 220, ids.MSG_STAN: 1, ids.MSG_F39: "96"}
    message = OutboxMessage.from_map(fields | {ids.MSG_AGE_S: age_s})
    late = [ids.V_SETTLEMENT_LATE] if verdict == ids.V_HOST_MAINTENANCE else []
    verdicts = [verdict, *late]
    settlement = Settlement((message,), verdicts=tuple((number, 0) for number in verdicts))
    told = {ids.ST_VERDICT: verdict, ids.ST_UPTIME_S: 80000, ids.ST_VERDICT_S: 80000 - verdict_s}
    status = Status.from_map(told | {ids.ST_BOOT: 1})
    return status, with_status(settlement, status)


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("verdict", WAITS)
@pytest.mark.parametrize("age_s", AGES_S)
@pytest.mark.parametrize("restarted", [False, True])
def test_one_action_for_each_age_of_the_trouble_whoever_says_it(lang, verdict, age_s, restarted):
    texts = Texts(lang)
    status, settlement = _waiting(verdict, age_s, 5 if restarted else age_s)
    do = action(texts, verdict, age_s)
    findings = Findings(status=status, settlement=settlement)
    assert do in heading(texts, findings).do
    told = [step for _, step in steps(texts, settlement) if step]
    assert told == [do]
    assert next_step(texts, settlement, settlement.messages[0]) == do
    slip = slip_lines(texts, settlement, "pos", 0)
    assert do in slip
    others = {action(texts, other, age) for other in WAITS for age in AGES_S} - {do}
    assert not others & set(slip)


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("cause", range(5))
def test_a_verdict_about_traffic_names_number_span_and_kilobytes(lang, cause):
    verdict = ids.V_TRAFFIC_LINK + cause
    traffic = tuple(40 + n for n in range(5))
    settlement = Settlement(verdicts=((verdict, 0),), traffic=traffic, repeats=(17, 123456))
    head = heading(Texts(lang), Findings(status=Status(verdict=verdict), settlement=settlement))
    volume = {"en": "121 KB", "zh": "121KB"}[lang]
    assert all(text in head.meaning for text in (str(40 + cause), "17", volume))
    bare = heading(Texts(lang), Findings(status=Status(verdict=verdict)))
    assert (
        "KB" not in bare.meaning and traffic_words(Texts(lang), ids.V_ALL_CLEAR, settlement) == ""
    )
