"""Whatever an agent of another version sends: shown as far as it is understood, never fatal."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from posdiag.facts.history import History
from posdiag.facts.messages import OutboxMessage, message_line
from posdiag.facts.model import Event, Hello, Status
from posdiag.facts.timeline import csv_row, lines
from posdiag.judge.diagnosis import Findings, judge
from posdiag.show import heading
from posdiag.show.console import App
from posdiag.show.i18n import LANGUAGES, Texts
from posdiag.show.sheet import render
from posdiag.show.words import event_words, facts
from posproto import frames, ids
from posproto.link import FrameReader, FrameWriter

# Everything that our CBOR can carry.
SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**64), 2**64 - 1),
    st.integers(-2, 1300),
    st.text(max_size=12),
    st.binary(max_size=12),
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.integers(0, 40), inner),
    max_leaves=5,
)
MAPS = st.dictionaries(st.integers(-1, 40), VALUES, max_size=16)
APPS = {lang: App(lang) for lang in LANGUAGES}


@pytest.mark.parametrize("lang", LANGUAGES)
@settings(max_examples=60, deadline=None)
@given(record=MAPS)
def test_any_status(lang, record):
    status = Status.from_map(record)
    json.dumps(status.as_dict())
    assert all(words for _, words in facts(Texts(lang), status))
    findings = Findings(status=status)
    heading.lines(Texts(lang), heading.heading(Texts(lang), findings))
    assert judge(findings).exit_status in (0, *range(10, 18))


@pytest.mark.parametrize("lang", LANGUAGES)
@settings(max_examples=60, deadline=None)
@given(record=MAPS, args=MAPS)
def test_any_event(lang, record, args):
    record[ids.EV_ARGS] = args
    event = Event.from_map(record)
    json.dumps(event.as_dict())
    assert event_words(Texts(lang), event)
    list(lines(APPS[lang], [event, event], whole=True))
    csv_row(APPS[lang], event)
    history = History()
    history.add(event)
    findings = Findings()
    findings.add(event)
    assert render(APPS[lang].texts, findings, judge(findings), history).endswith("</html>\n")


@settings(max_examples=60, deadline=None)
@given(record=MAPS)
def test_any_hello(record):
    json.dumps(Hello.from_map(record).as_dict())


@pytest.mark.parametrize(
    "model, prefix, kind",
    [
        (Hello, "HELLO_", ids.FRAME_HELLO),
        (Status, "ST_", ids.FRAME_STATUS),
        (Event, "EV_", ids.FRAME_EVENT),
    ],
)
def test_no_key_that_our_own_agent_writes_is_called_unknown(model, prefix, kind):
    """Each number of the table, also those that only a log's records carry."""
    keys = [number for name, number in vars(ids).items() if name.startswith(prefix)]
    assert len(keys) >= 9
    record = dict.fromkeys(keys)
    assert model.from_map(record).unknown == {}
    assert model.from_map({**record, max(keys) + 1: 1}).unknown == {max(keys) + 1: 1}
    flags = [frames.parse(frame_of(kind, {key: 1}))[1] for key in (*keys, max(keys) + 1)]
    assert not any(found & frames.UNKNOWN_KEYS for found in flags[:-1])
    assert flags[-1] & frames.UNKNOWN_KEYS


def frame_of(kind, record):
    writer = FrameWriter()
    writer.begin(kind, 0).value(record)
    (frame,) = FrameReader().feed(writer.end())
    return frame


@pytest.mark.parametrize("lang", LANGUAGES)
@settings(max_examples=60, deadline=None)
@given(record=MAPS)
def test_any_message(lang, record):
    message = OutboxMessage.from_map(record)
    json.dumps(message.as_dict())
    assert message_line(Texts(lang), message)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_event_number_has_words_with_every_argument(lang):
    args = dict.fromkeys(range(40), 1)
    for number in range(1000):
        event = Event.from_map({ids.EV_ID: number, ids.EV_ARGS: args, ids.EV_UPTIME_S: 5})
        assert event_words(Texts(lang), event)
