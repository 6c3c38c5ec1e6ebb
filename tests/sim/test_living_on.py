"""A board of version 0.1 flashed to this program, its power cut at any write: each of them in
`make soak`, some otherwise.
"""

import base64
from types import SimpleNamespace

import cbor2
import pytest

import living_on
from memory_storage import MemoryStorage
from posagent.core.life import crash
from posagent.core.life.eventlog import EventLog, next_boot
from posagent.core.network import sim_pin
from posproto import ids
from posproto.at.result import OK


def test_a_board_of_version_0_1_loses_nothing_and_sends_nothing_twice(whole, seed):
    total = living_on.play().changes
    step = 1 if whole else total // 6
    cuts = range(1 if whole else 1 + seed % step, total + 1, step)
    for cut in cuts:
        living_on.play(cut)
    print(f"cut at {len(cuts)} of {total} changes of flash: nothing lost, nothing sent twice")


def rare():
    """The flash of a board of version 0.1 with what the life of living_on did not come to."""
    flash = MemoryStorage()
    files = living_on.LEFT["rare"]["files"]
    flash.files = {name: base64.b64decode(text) for name, text in files.items()}
    return flash


def test_a_log_of_two_segments_of_version_0_1_is_read_and_gone_on_with():
    flash, counters = rare(), [0] * 64
    clock = SimpleNamespace(s=0, unix_s=0)
    log = EventLog(flash, clock, next_boot(flash), counters, 4096, living_on.KEY)
    assert log.boot == 2 and not log.damaged
    log.add(ids.E_REGISTRATION, ids.SEV_INFO, {ids.A_CAUSE: 99})
    log.flush()
    numbers, at = [], 0
    while True:
        page, at, _ = log.read(at, 100)
        if not page:
            break
        numbers += [cbor2.loads(record)[ids.EV_SEQUENCE] for record in page]
    old = living_on.LEFT["rare"]["numbers"]
    assert numbers[:-1] == old and numbers[-1] > old[-1] and len(old) > 40


def test_crashes_of_version_0_1_are_told_once_and_counted_in_their_row():
    flash = rare()
    assert crash.row(flash) == 2 and len(crash.records(flash)) == 2
    told = crash.tell(flash)
    assert told[ids.A_TEXT] == "engine:7 feed" and told[ids.A_REASON] == "ValueError"
    assert crash.tell(flash) is None
    crash.add(flash, 2, 5, 0, "ValueError", "agent:1 step", 100)
    assert crash.row(flash) == 3 and len(crash.records(flash)) == 3


@pytest.mark.parametrize("pin, is_sent", [("1234", False), ("4321", True)])
def test_a_pin_that_the_card_refused_under_version_0_1_is_not_sent_again(pin, is_sent):
    """One more wrong try and the card asks for its PUK."""
    agent = SimpleNamespace(
        storage=rare(),
        counters=[0] * 64,
        event=lambda *_: None,
        card={"sim_pin": pin},
        config={"sim2": False, "sim_pin": pin, "sim2_pin": ""},
        pin_refused=False,
    )
    procedure = sim_pin.enter(agent, b"8986001234567890123")
    sent, reply = [], None
    while True:
        try:
            command = procedure.send(reply)
        except StopIteration:
            break
        sent.append(bytes(command.text))
        lines = [b"+CPINR: SIM PIN,2,3"] if command.text == b"+CPINR" else []
        reply = SimpleNamespace(result=OK, code=0, lines=lines)
    assert any(text.startswith(b"+CPIN=") for text in sent) == is_sent
    assert agent.pin_refused != is_sent
