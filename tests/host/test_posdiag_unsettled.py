"""What stands above the money that nobody has confirmed: never "all clear, nothing to do"."""

import pytest

from posdiag.facts.messages import OutboxMessage, SettlementReport
from posdiag.facts.model import Status
from posdiag.judge.diagnosis import Findings
from posdiag.show.heading import action, heading
from posdiag.show.i18n import Texts
from posproto import ids

OPEN = (ids.SET_OPEN, ids.SET_BALANCED)


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("state", [*OPEN, ids.SET_NONE, ids.SET_CLOSED])
def test_an_open_or_unconfirmed_batch_is_not_all_clear(lang, state):
    texts = Texts(lang)
    batch = OutboxMessage.from_map({ids.MSG_STATE: state, ids.MSG_BATCH: 1})
    status = Status.from_map({ids.ST_VERDICT: ids.V_ALL_CLEAR})
    findings = Findings(status=status, settlement=SettlementReport(batch=batch))
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
