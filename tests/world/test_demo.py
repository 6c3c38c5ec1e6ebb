"""`posdiag simulate` as a user starts it: the story of the demo, told to its end or not."""

from __future__ import annotations

import re
from base64 import b64decode

import cbor2
import pytest

from field import judge_frames, passed, posdiag
from posdiag.errors import EXIT_PART_MISSING, EXIT_STORY
from posproto import ids
from posworld.story import scenario as scenarios
from spec_client import frames_of


@pytest.fixture(scope="session")
def told(stories):
    """{"demo", "never"}: the stories, over."""
    for story in stories.values():
        story.end()
    return stories


@pytest.fixture(scope="session")
def judged(told):
    """Every frame of the demo, judged: both ports, both directions, and nothing else there."""
    return judge_frames(told["demo"].record, strict=True)


def titles(lang: str = "") -> list[str]:
    key = "title_zh" if lang == "zh" else "title"
    return [step[key] for step in scenarios.load("demo")["steps"]]


def test_the_demo_ends_by_itself_with_success(told):
    demo = told["demo"]
    assert demo.end() == 0, demo.out + demo.err
    assert demo.err == ""


def test_every_step_of_the_story_happened_in_its_order(told):
    out = told["demo"].out
    happened = re.findall(r"^  \* done: (.*)$", out, re.MULTILINE)
    assert happened == titles()
    summary = out[out.index("told to its end") :]
    assert re.findall(r"^  done .*\d (?:s|min)  (.*)$", summary, re.MULTILINE) == titles()


def test_the_screen_says_what_the_technician_must_know(told):
    out = told["demo"].out
    at = 0
    for words in (  # in this order
        "==> All clear.",
        "==> SIM credit is low.",
        "Credit: CNY 41.98",
        "==> Line suspended: the SIM card is not paid. What to do: Pay through the official",
        "cause ESM 33",
        "Message 0500 (settlement) accepted",
        "Shop: tops up 5000",
        "Outbox: 1 waiting",
        "Message 0500 (settlement) acknowledged",
        "Settlement: closed, batch 000001",
    ):
        assert words in out[at:], words
        at = out.index(words, at)
    last = re.findall("(?m)^==> (.*)$", out)[-1]
    assert last == "All clear. What to do: Nothing to do."  # not "the batch is not settled yet"


def test_every_frame_of_the_demo_is_what_the_schema_says(judged):
    to_host = {kind for kind, _, _ in judged["host"].seen}
    assert to_host == {"hello", "status", "event", "request", "response"}
    to_application = {kind for kind, _, _ in judged["app"].seen}
    assert to_application == {"hello", "event", "request", "response"}
    assert len(judged["host"].seen) > 100


def test_the_page_of_the_protocol_suffices_to_follow_the_demo(told):
    """By the client that was written from SPEC.md alone; the numbers are those of its tables."""
    ports = [(port, data) for port, way, data in passed(told["demo"].record) if way == ">"]
    stream = b"".join(data for port, data in ports if port == "host")
    frames = list(frames_of(stream))
    assert len(frames) == stream.count(b"\n") > 100
    assert [sequence for _, _, _, sequence, _ in frames] == list(range(len(frames)))
    values = [cbor2.loads(b64decode(line[2:])[6:-4]) for line in stream.split(b"\n")[:-1]]
    assert [frame[4] for frame in frames] == values
    statuses = [value for kind, _, _, _, value in frames if kind == 2]
    balances = list(dict.fromkeys(status.get(12) for status in statuses))
    assert balances[0] is None and -350 in balances and statuses[-1][12] > 0
    assert max(status.get(15, 0) for status in statuses) == 1
    assert statuses[-1].get(15, 0) == 0
    verdicts = list(dict.fromkeys(status[3] for status in statuses))
    assert {ids.V_CREDIT_OVERDUE, ids.V_ALL_CLEAR} <= set(verdicts)
    assert statuses[-1][3] == ids.V_ALL_CLEAR


def test_a_status_frame_of_the_demo_fits_in_120_bytes_of_cbor(judged):
    sizes = [len(cbor2.dumps(v)) for kind, _, v in judged["host"].seen if kind == "status"]
    assert max(sizes) <= 120


def test_sale_settlement_and_its_end_left_the_terminal_once_each(told, judged):
    sent = b"".join(data for _, way, data in passed(told["demo"].record) if way == ">")
    assert sent.count(b"AT+QISEND=0,") == 3  # the sale, the settlement, its end
    events = [v for kind, _, v in judged["host"].seen if kind == "event"]
    sent_events = [e[ids.EV_ARGS][ids.A_MTI] for e in events if e[ids.EV_ID] == ids.E_SENT]
    assert sent_events == [200, 500, 320]


def test_a_story_whose_top_up_never_comes_ends_with_its_step_and_status_20(told):
    never = told["never"]
    assert never.end() == EXIT_STORY, never.out + never.err
    assert "账户充值" in never.err
    assert "Traceback" not in never.err
    done = re.findall(r"^  \* .*：(.*)$", never.out, re.MULTILINE)
    assert done


def test_chinese_is_spoken_where_it_is_asked_for(told):
    out = told["never"].out
    for title in titles("zh")[:9]:
        assert title in out
    assert "欠费" in out
    english = [title for title in titles() if title in out]
    assert not english


def test_a_micropython_that_is_not_there_is_said_in_one_sentence(tmp_path):
    done = posdiag("simulate", MICROPYTHON=str(tmp_path / "none"))
    assert done.returncode == EXIT_PART_MISSING, done.stdout + done.stderr
    assert str(tmp_path / "none") in done.stderr
    assert "Traceback" not in done.stderr


def test_the_interpreter_of_the_users_choice_runs_the_agent(told):
    """The demo ran with MICROPYTHON=path: what passed its ports is there to prove it."""
    ports = {port for port, _, _ in passed(told["demo"].record)}
    assert ports == {"modem", "host", "app"}
