"""Reading a text held a board's loop for two seconds: a line that the modem said meanwhile waited,
and its event with it. What is counted here keeps a machine's speed out of it.
"""

from __future__ import annotations

import re
import sys

import pytest

import turns
from posagent.core import modules, schedule
from posagent.core.modem.command import Command
from posproto import frames, ids
from posproto.link import FrameReader
from whole_host import WholeHost

BALANCE = "【中国移动】尊敬的客户，您好！截至8月19日15时，您的话费余额是36.72元。"
TEXTS = {
    "short": ("46000", BALANCE),
    "long": ("46000", BALANCE + "欢迎使用中国移动短信营业厅我们竭诚为您服务" * 75),
    "crowded": ("46000", BALANCE * 50),
    "latin": ("63902", "Airtime Bal: 20.00KSH Data Bal: 512.00MB, SMS Bal: 15. " * 25),
    "cyrillic": ("25001", "Ваш баланс 20.00 руб. Остаток 5 ГБ до 12.12.2026. " * 30),
}
RARE = re.compile(r"posagent\.(operators|core\.credit)\.(?!account$|inbox$|reasons$)").match
RARE_TOO = tuple(
    "posagent.core." + name
    for name in ("host.requests", "host.door", "host.device_key", "settlement.submit")
)
ANSWERS = ("posagent.core.settlement.answers", "posagent.core.settlement.batch")
STAGES_MAX = 200
CALLS_MAX = 1300
MODULES_MAX = 3
ABOUT_MS_MAX = 200  # turns.Turn.about_ms()


@pytest.fixture(autouse=True)
def nothing_is_loaded_beside_what_stays(monkeypatch):
    """Whatever the tests before left."""
    for name in [*filter(RARE, sys.modules), "posproto.currency"]:
        package, _, leaf = name.rpartition(".")
        monkeypatch.delitem(sys.modules, name, raising=False)
        if package in sys.modules:
            monkeypatch.delattr(sys.modules[package], leaf, raising=False)


def waiting(name="short", sender=None):
    """An agent whose silent modem has told a text that nobody has read yet."""
    plmn, text = TEXTS[name]
    host = WholeHost()
    host.agent.credit.sim(plmn + "1234567890", "")
    told: list[bool] = []
    host.agent.credit.on_text(sender, text, True, 0, told.append)
    return host, told


def read(agent):
    """The turns that it takes."""
    done = []
    while agent.credit.texts or agent.stages:
        done.append(turns.Turn(agent.step))
        assert len(done) < STAGES_MAX, "the text is never read to its end"
    return done


@pytest.mark.parametrize("name", TEXTS)
def test_no_turn_of_a_reading_holds_what_the_modem_says_for_long(name):
    host, told = waiting(name)
    done = read(host.agent)
    assert told and len(done) > 15
    for turn in done:
        assert turn.calls <= CALLS_MAX, (name, turn.calls)
        assert len(turn.modules) <= MODULES_MAX, (name, turn.modules)
        assert turn.about_ms() <= ABOUT_MS_MAX, (name, turn.calls, turn.modules)


def test_a_stranger_s_text_is_looked_at_in_stages_too():
    host, told = waiting("crowded", "13800138000")
    done = read(host.agent)
    assert told == [False] and len(done) > 8
    assert max(turn.about_ms() for turn in done) <= ABOUT_MS_MAX


def test_what_the_modem_says_while_a_text_is_read_is_told_before_the_text_is():
    host, told = waiting()
    agent = host.agent
    for _ in range(10):
        agent.step()
    while agent.host.pending():
        agent.host.take()
    assert agent.stages and not told
    line = b"\r\n+CEREG: 1\r\n"
    agent.feed_modem(bytearray(line), len(line))
    heard = []
    reader = FrameReader()
    for _ in range(3):
        agent.step()
        while agent.host.pending():
            for frame in reader.feed(agent.host.take()):
                heard.append((frame.type, frames.parse(frame)[0].get(ids.EV_ID)))
    assert (ids.FRAME_EVENT, ids.E_REGISTRATION) in heard
    assert agent.stages and not told
    read(agent)
    assert told == [True] and agent.credit.balance_minor == 3672


def test_nothing_else_is_begun_until_the_text_is_read():
    host, _ = waiting()
    agent = host.agent
    while agent.running is None:
        agent.step()
    for _ in range(10):
        assert agent.running.__name__ == "_hear" and not agent.modem_out
        agent.step()
    read(agent)
    agent.step()
    assert agent.running is None or agent.running.__name__ != "_hear"


def test_a_text_is_kept_when_the_modem_restarts_while_it_is_read():
    host, told = waiting()
    agent = host.agent
    for _ in range(12):
        agent.step()
    agent.engine._restart()
    assert agent.stages and not told
    read(agent)
    assert told == [True] and agent.credit.balance_minor == 3672


@pytest.mark.parametrize(("times", "ours"), [(1, [True]), (2, [False]), (9, [False])])
def test_a_text_that_memory_was_not_enough_for_is_tried_twice_and_never_for_good(
    monkeypatch, times, ours
):
    host, told = waiting()
    agent = host.agent
    monkeypatch.setattr(modules, "_import", failing(modules._import, times))
    read(agent)
    assert told == ours
    assert (agent.credit.balance_minor == 3672) == ours[0]
    assert agent.counters[ids.C_HEAP_LOW] == min(times, 2)
    assert agent.running is None and agent.stages is None


def failing(load, times):
    """modules._import, which finds no room for numbers so often."""
    left = [times]

    def loaded(name):
        if name.endswith("text.numbers") and left[0]:
            left[0] -= 1
            raise MemoryError
        load(name)

    return loaded


def test_what_a_text_said_is_on_flash_before_its_message_may_be_deleted():
    host, told = waiting()
    agent = host.agent
    kept = []
    plain = host.storage.write

    def write(name, data):
        if name == "credit":
            kept.append(list(told))
        plain(name, data)

    host.storage.write = write
    read(agent)
    assert kept and kept[-1] == [] and told == [True]


def test_the_modules_of_a_reading_are_gone_behind_it():
    host, _ = waiting()
    before = set(modules.begin())
    read(host.agent)
    left = set(modules.begin()) - before
    assert not [name for name in left if ".credit." in name or ".operators." in name], left


def asked(host, op, args=None, link="host"):
    """The turns until a request is answered, at an agent that has nothing at hand."""
    frames.put_request(host.writer.begin(ids.FRAME_REQUEST, 9), op, args)
    return answered(host, host.writer.end(), link)


def answered(host, line, link="host"):
    """The turns until what stands in this line is."""
    port = getattr(host.agent, link)
    while port.pending():
        port.take()
    port.feed(line)
    done = []
    while True:
        done.append(turns.Turn(host.agent.step))
        while port.pending():
            for frame in FrameReader().feed(port.take()):
                if frame.type == ids.FRAME_RESPONSE:
                    return done
        assert len(done) < STAGES_MAX, "nobody answers"


def forget(*heads):
    for name in [name for name in sys.modules if name.startswith(heads)]:
        modules._forget(name)


@pytest.mark.parametrize("link", ["host", "app"])
def test_a_message_that_is_handed_in_holds_no_turn_for_long(link):
    host = WholeHost()
    forget(*RARE_TOO)
    done = asked(host, ids.OP_SUBMIT_COMMIT, {0: 1, 1: 0}, link)
    assert len(done) > 4, "nothing was loaded"
    assert max(len(turn.modules) for turn in done) <= MODULES_MAX
    assert max(turn.about_ms() for turn in done) <= ABOUT_MS_MAX
    left = [name for name in modules.begin() if name.startswith(RARE_TOO)]
    assert not left and not modules._ahead, left


def test_an_answer_and_what_follows_from_it_are_turns_of_their_own():
    host = WholeHost()
    host.agent.sim_news = True
    host.agent.identity = {"imsi": "460001234567890", "iccid": ""}
    host.agent.running = None
    done = asked(host, ids.OP_STATUS)
    assert host.agent.sim_news and not any("operators" in str(turn.modules) for turn in done)


def test_a_request_that_proves_the_key_holds_no_turn_for_long():
    host = WholeHost()
    forget(*RARE_TOO, "posproto.cose", "posproto.keyed")
    request = {ids.RQ_NONCE: bytes(16), ids.RQ_COSE: b"", ids.RQ_OP: ids.OP_LOCK}
    writer = host.writer.begin(ids.FRAME_REQUEST, 9)
    writer.value({ids.RQ_OP: ids.OP_CHALLENGE})
    done = answered(host, host.writer.end())
    forget(*RARE_TOO, "posproto.cose", "posproto.keyed")
    host.writer.begin(ids.FRAME_REQUEST, 10).value(request)
    done += answered(host, host.writer.end())
    assert "posproto.cose" in str([turn.modules for turn in done])
    assert max(len(turn.modules) for turn in done) <= MODULES_MAX
    assert max(turn.about_ms() for turn in done) <= ABOUT_MS_MAX


def test_what_an_answer_needs_is_not_loaded_twice_where_a_request_comes_between():
    """A turn of half a second: the request's end had dropped what was loaded for the answer."""
    host = WholeHost()
    forget(*RARE_TOO, *ANSWERS)
    host.agent.settlement.over = True
    done = asked(host, ids.OP_QUERY, {0: 1})
    while host.agent.settlement.over:
        done.append(turns.Turn(host.agent.step))
        assert len(done) < STAGES_MAX
    loaded = [name for turn in done for name in turn.modules]
    assert set(ANSWERS) < set(loaded) and len(loaded) == len(set(loaded))
    assert max(len(turn.modules) for turn in done) <= MODULES_MAX
    assert not [name for name in modules.begin() if name.startswith(RARE_TOO + ANSWERS)]


def test_what_the_card_says_of_its_operator_is_loaded_in_turns():
    host = WholeHost()
    agent = host.agent
    agent.identity = {"imsi": "460001234567890", "iccid": ""}
    agent.running, agent.sim_news = None, True
    done = []
    while agent.sim_news:
        done.append(turns.Turn(agent.step))
        assert len(done) < STAGES_MAX
    assert "posagent.core.credit.operators" in str([turn.modules for turn in done])
    assert max(turn.about_ms() for turn in done) <= ABOUT_MS_MAX


@pytest.mark.parametrize("news", [True, False])
def test_what_a_duty_loads_ahead_is_not_dropped_by_the_requests_between(news):
    """An agent that was asked twice a second loaded the same module for ever, until its watch on
    the report bit.
    """
    host = WholeHost()
    agent = host.agent
    agent.identity = {"imsi": "460001234567890", "iccid": ""}
    agent.running, agent.sim_news = None, news
    loaded = []
    for number in range(20):
        frames.put_request(host.writer.begin(ids.FRAME_REQUEST, number), ids.OP_SETTLEMENT)
        agent.host.feed(host.writer.end())
        while agent.host.held:
            loaded += turns.Turn(agent.step).modules
        agent.event(ids.E_SIGNAL, ids.SEV_INFO)
        for _ in range(6):
            loaded += turns.Turn(agent.step).modules
    assert not agent.sim_news and agent.next is None
    ours = [name for name in loaded if ".credit." in name or ".bringup" in name]
    assert len(ours) == len(set(ours)), ours


def test_a_self_test_that_comes_while_a_duty_is_loaded_for_keeps_the_report_going():
    agent = WholeHost().agent
    agent.next = schedule.look
    agent.running = waiting  # nobody's: it does not end
    before = agent.status_s
    for _ in range(80):
        agent.clock.advance(agent.clock.ms + 1000)
        agent.step()
    assert agent.status_s > before + 60


def test_events_that_come_together_all_leave_before_anything_else_is_done():
    """Of three lines that a lost network sends at once the third was told behind a write of the
    log.
    """
    host, _ = waiting()
    agent = host.agent
    while agent.host.pending() or agent.news or agent.telling:
        agent.step()
        agent.host.take()
    lines = b"\r\n+CREG: 1\r\n\r\n+CGREG: 1\r\n\r\n+CEREG: 1\r\n"
    agent.feed_modem(bytearray(lines), len(lines))
    heard = 0
    for _ in range(3):  # as the loop: a line each turn
        turn = turns.Turn(agent.step)
        assert not turn.modules and turn.result == 0 and agent.log._fresh
        for frame in FrameReader().feed(agent.host.take()):
            heard += frames.parse(frame)[0].get(ids.EV_ID) == ids.E_REGISTRATION
    assert heard == 3


def test_a_first_probe_over_tls_is_loaded_in_turns():
    agent = WholeHost().agent
    agent.config["tls"] = True
    agent.engine.family = agent.modems.load("quectel")
    assert agent.settlement.path.proof_due()
    names = schedule._loads(agent, schedule._keep_proven).split(" ")
    assert names == ["settlement.proof", "posagent.modems.quectel_tls"]
    agent.engine.family = agent.modems.load("generic")
    assert schedule._loads(agent, schedule._send) == "settlement.connection"


@pytest.mark.parametrize("prefix", ["bin2", "none"])
def test_a_message_that_is_handed_in_does_not_wait_for_what_frames_it(prefix):
    framing = "posproto.iso8583." + ("bare" if prefix == "none" else "framing")
    modules.dialect(["posproto.iso8583.cup", framing])
    assert framing not in modules._before("settlement.submit")
    assert "posproto.iso8583.cup" in modules._before("settlement.submit")
    assert framing in modules._before("settlement.connection")


def at_rest():
    """An agent that has nothing to do for a while."""
    agent = WholeHost().agent
    agent.running = waiting  # nobody's: it does not end
    for _ in range(80):
        if agent.step():
            return agent
        agent.host.take()
    raise AssertionError("it never rests")


def asking(text):
    yield Command(text, 30000)


@pytest.mark.parametrize(("text", "owes"), [(b"+CFUN?", True), (b"+CGACT=1,1", False)])
def test_only_an_answer_that_takes_no_time_is_waited_for_second_by_second(text, owes):
    """A module that was connecting, or read all its channels, cost a whole turn each second."""
    agent = at_rest()
    agent.engine.start("asking", asking(text))
    waits = {agent.step() for _ in range(3)} - {0}
    assert waits and all((ms <= 1000) == owes for ms in waits), waits


def test_the_record_of_an_event_needs_no_whole_turn_of_its_own():
    agent = at_rest()
    agent.event(ids.E_CONTEXT_UP, ids.SEV_INFO)
    whole = []
    plain = agent.log.poll
    agent.log.poll = lambda: whole.append(1) or plain()
    count = 1
    while not agent.step():
        agent.host.take()
        count += 1
        assert count < 20
    assert len(whole) == 1 and not agent.log._fresh
