"""The modem said that the line was lost, and the host heard of it a tenth of a second later: what
stands between a line of the modem and its event, counted; in a board's own time it is measured by
`make emulate`.
"""

from __future__ import annotations

import sys

import turns
from posagent.core import modules
from posproto import frames, ids
from posproto.link import FrameReader
from whole_host import WholeHost


def quiet():
    """An agent that has told all it had to tell."""
    agent = WholeHost().agent
    while agent.host.pending() or agent.news or agent.telling:
        agent.step()
        agent.host.take()
    return agent


def says(agent, *stats):
    for stat in stats:
        line = b"\r\n+C%sREG: %d\r\n" % (b"E" if len(stats) == 1 else b"G", stat)
        agent.feed_modem(bytearray(line), len(line))


def test_what_is_said_while_an_event_is_told_leaves_before_the_log_has_its_turn():
    """A line that was lost came back at once: its third event stood behind three records of the
    log, and a collection of memory among them.
    """
    agent = quiet()
    agent.event(ids.E_SIGNAL, ids.SEV_INFO)
    agent.step()
    agent.host.take()
    lines = b"\r\n+CREG: 1\r\n\r\n+CGREG: 1\r\n\r\n+CEREG: 1\r\n"
    agent.feed_modem(bytearray(lines), len(lines))
    heard, fresh = 0, len(agent.log._fresh)
    for _ in range(3):
        turn = turns.Turn(agent.step)
        assert not turn.modules and turn.result == 0 and len(agent.log._fresh) == fresh
        for frame in FrameReader().feed(agent.host.take()):
            heard += frames.parse(frame)[0].get(ids.EV_ID) == ids.E_REGISTRATION
    assert heard == 3


def test_a_network_that_never_rests_keeps_nothing_else_from_its_turn():
    agent = quiet()
    whole = []
    plain = agent.engine.poll
    agent.engine.poll = lambda: whole.append(1) or plain()
    for n in range(400):
        says(agent, n % 2)
        agent.step()
        agent.host.take()
    assert len(whole) >= 10


def test_no_collection_stands_between_a_line_and_its_event(monkeypatch):
    """Each late event had one before it: 25 ms, brought about by the line itself."""
    asked = []
    monkeypatch.setattr(modules, "_threshold", asked.append)
    agent = quiet()
    agent.clock.advance(agent.clock.ms + 3000)
    asked.clear()
    says(agent, 1)
    while agent.host.pending() or agent.news:
        assert agent.step() == 0
        agent.host.take()
    assert set(asked) == {modules.LATER}
    while agent.telling:  # then it comes at once: the next line finds it done
        agent.step()
    assert asked[-1] < modules.LATER
    modules.collect_each(modules.LATER)
    monkeypatch.delitem(sys.modules, "posagent.core.life.rot", raising=False)
    modules.call("life.rot", "whole", b"")  # code needs long free stretches
    assert asked[-1] < modules.LATER


def test_what_the_modem_says_within_a_turn_is_heard_before_a_status_is_made():
    agent = quiet()
    agent.changed, agent.unread = True, lambda: True
    count = 0
    while not agent.host.pending():
        assert agent.step() == 0 or agent.host.pending()
        count += 1
        assert count < 40, "a modem that never ends keeps the agent from its report"
    assert count > 8 and not agent.changed
