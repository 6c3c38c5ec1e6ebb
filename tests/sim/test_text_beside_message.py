"""A message is handed in while a text with the balance is read."""

import pytest

import cup_frames as cup
import fullest
from posagent.core import schedule
from posproto import ids


@pytest.fixture
def life(monkeypatch):
    """A life in which the operator's answer is being read. `told`: its events from now on;
    `beside`: for each request that is about to be answered, was a text being read, and how often
    it had begun anew.
    """
    life = fullest.Life({})
    life.told, life.beside = [], []
    credit, plain, prepared = life.agent.credit, life.agent.credit.on_event, schedule.prepared

    def noted(event, *more):
        life.told.append(event)
        return plain(event, *more)

    def judged(agent):
        ready = prepared(agent)
        if ready and agent.app.held:
            life.beside.append((credit.reading, credit.waits))
        return ready

    credit.on_event = noted
    monkeypatch.setattr(schedule, "prepared", judged)
    life.until(lambda: credit.reading, 1)
    life.told.clear()
    return life


def test_the_text_gives_way_and_is_told_once_behind_it(life):
    """Both at once took 11 KB more than a Pico should hold, and the till waited for the text."""
    assert life.give(cup.sale, 300).result == ids.R_OK
    assert life.beside[0] == (False, 1)
    assert not any(reading for reading, _ in life.beside)
    life.until(lambda: not life.agent.credit.texts and not life.records()[-1].live())
    assert life.told.count(ids.E_BALANCE) == 1


def test_a_till_that_asks_without_end_does_not_keep_a_text_from_being_read(life):
    for n in range(1000):
        for op, args in fullest.submit.hand_in(n + 1, cup.sale(n + 1)):
            writer = fullest.link.FrameWriter()
            fullest.frames.put_request(writer.begin(ids.FRAME_REQUEST, n + 1), op, args)
            life.agent.app.feed(writer.end())
            life.together.run_ms(5)
        if not life.agent.credit.texts:
            break
    assert life.told.count(ids.E_BALANCE) == 1
    assert max(waits for _, waits in life.beside) == 3
