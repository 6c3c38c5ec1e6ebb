"""One terminal's odd numbers and texts, well signed, and a broker that lies: what becomes of the
page of all others, of what a bridge keeps, of the store's size."""

import csv
import io
import random
import threading
import time
from types import SimpleNamespace

import cbor2
import pytest
from starlette.testclient import TestClient

from posfleet.bridge.kept import _KEPT_BYTES, Store
from posfleet.bridge.sender import Sender
from posfleet.broker import parse
from posfleet.collect import records
from posfleet.collect.allowance import SHUT_S, Allowance
from posfleet.collect.collector import Collector
from posfleet.collect.mqtt import BATCH_MAX, MqttCollector
from posfleet.page import people
from posfleet.page.app import build
from posfleet.store import days
from posfleet.store.database import open_database
from posfleet.wire import acks, envelope, topics
from posproto import ids
from rig import FLEET, NOW_S, Terminal, counted, enrol, rows
from waiting import HUNG_S, wait

SIGN_IN = "correct horse battery"
PATHS = ("/", "/terminals", "/terminals.csv", "/calendar", "/settlements", "/audit", "/metrics")
HUGE = (1 << 60, (1 << 64) - 1, -(1 << 60), -1)


def browser(database):
    people.add(database, "ann", SIGN_IN, "manage", (FLEET,), NOW_S)
    client = TestClient(build(database, secure=False, clock=lambda: NOW_S + 60))
    client.post("/login", data={"name": "ann", "password": SIGN_IN})
    return client


def pages(database, *more):
    """{address: its text} of each page, in both languages; none may fail."""
    client = browser(database)
    found = {}
    for path in (*PATHS, *more):
        for lang in ("en", "zh"):
            answer = client.get(path, params={"lang": lang})
            assert answer.status_code == 200, path
            found[path, lang] = answer.text
    return found


def status_map(terminal, **also):
    known = {0: terminal.boot, 1: terminal.uptime_s, 2: NOW_S, 3: ids.V_DENIED, 6: [1, 1, 1]}
    return {**known, **{int(key[1:]): value for key, value in also.items()}}


def test_one_terminals_odd_numbers_take_no_page_from_the_others(database, collector):
    """An uptime of 2^60 s made the verdict begin before all calendars: the list as CSV, and the
    calendar, could not be had of the whole fleet."""
    odd, well = Terminal("POS-1"), Terminal("POS-2")
    enrol(database, odd, well)
    collector.collect([well.message(well.status()), odd.message(odd.status())])
    messages = []
    for key in (1, 5, 8, 10, 11, 12, 14, 15, 16, 17, 18, 21, 22, 23, 26, 27, 28):
        for number in HUGE:
            odd.uptime_s += 1
            record = status_map(odd, **{f"k{key}": number})
            messages.append(odd.message(odd.sign(ids.FRAME_STATUS, record)))
    for key in (1, 4, 5):
        for number in HUGE:
            odd.sequence += 1
            record = {0: odd.boot, 1: odd.uptime_s, 3: ids.E_VERDICT, 4: 2, 5: odd.sequence}
            messages.append(odd.message(odd.log(cbor2.dumps({**record, key: number}))))
    collector.collect(messages)
    client = browser(database)
    for number in HUGE:
        for day in ({10: number, 7: 3}, {7: number}, {9: [number, number]}, {1: number, 2: "CNY"}):
            answer = odd.answer({0: 1, **day}), ids.OP_CREDIT
            collector.collect([odd.message(answer)])
            assert client.get("/calendar").status_code == 200
    found = pages(database, "/t/north/POS-1", "/t/north/POS-2")
    assert "POS-2" in found["/terminals.csv", "en"]


def test_a_terminal_that_counts_beyond_all_starts_does_not_stay_the_newest(database, collector):
    terminal = Terminal("POS-1")
    enrol(database, terminal)
    for boot, uptime_s in ((1 << 40, 5), (3, 1 << 40)):
        record = {0: boot, 1: uptime_s, 3: ids.V_ALL_CLEAR}
        collector.collect([terminal.message(terminal.sign(ids.FRAME_STATUS, record))])
    collector.collect([terminal.message(terminal.status(ids.V_DENIED))])
    assert rows(database, "SELECT verdict FROM latest") == [(ids.V_DENIED,)]
    assert counted(database)["refused_form"] == 2


def test_texts_of_a_terminal_run_nowhere_and_turn_no_line_around(database, collector):
    odd = "<script>x</script>\x1b]52;c;x\x07\u202egnp\x9b2J"
    terminal = Terminal("POS-1")
    facts = dict.fromkeys(("site", "region", "reseller", "acquirer", "carrier"), odd)
    enrol(database, terminal, **facts)
    collector.collect([terminal.message(terminal.status(ids.V_DENIED, also={25: odd, 13: odd}))])
    for event in sorted(v for name, v in vars(ids).items() if name.startswith("E_")):
        record = terminal.event(event, args=dict.fromkeys(range(1, 34), odd))
        collector.collect([terminal.message(terminal.log(record))])
    for (path, _), text in pages(database, "/t/north/POS-1").items():
        assert "<script" not in text or path in ("/terminals.csv", "/metrics")
        assert not any(char in text for char in "\x1b\x07\u202e\x9b")


def test_a_cell_that_is_empty_stays_so_and_none_is_a_formula(database, collector):
    """Each absent signal and balance stood as an apostrophe in the list."""
    terminals = [Terminal(f"POS-{n}") for n in range(4)]
    sites = ("", "=1+1", "\uff1dcmd|x", "\n@sum")
    for terminal, site in zip(terminals, sites):
        enrol(database, terminal, site=site)
    collector.collect([terminal.message(terminal.status()) for terminal in terminals])
    text = pages(database)["/terminals.csv", "en"]
    listed = sorted(csv.reader(io.StringIO(text.lstrip("\ufeff"))))
    assert [row[2] for row in listed if row[1][:3] == "POS"] == [
        "",
        "'=1+1",
        "'\uff1dcmd|x",
        ".@sum",
    ]
    assert not any(cell == "'" for row in listed for cell in row)


# A stolen board's key


def test_a_device_that_floods_is_shut_told_and_slows_nobody(database):
    """Well signed, each one new: the store grew for as long as it wished."""
    thief, honest = Terminal("POS-1"), Terminal("POS-2")
    enrol(database, thief, honest)
    now_s = NOW_S
    collector = Collector(database, (FLEET,), lambda: now_s, allowance=Allowance(20_000, 20_000))

    def flood(count=50):
        messages = []
        for _ in range(count):
            thief.uptime_s += 1
            thief.era += 1  # a row of its own each
            messages.append(thief.message(thief.status(), thief.log(thief.event())))
        return messages

    def stored(device):
        return len(rows(database, "SELECT 1 FROM status WHERE device = ?", device))

    for _ in range(6):
        honest.uptime_s += 60
        acked = [
            topic for topic, _ in collector.collect(flood() + [honest.message(honest.status())])
        ]
        assert topics.topic(FLEET, "POS-2", topics.ACK) in acked
    first = stored(1)
    assert 10 < first < 40 and stored(2) == 6
    assert counted(database)["refused_flood"] == 300 - first
    told = rows(database, "SELECT name, reason FROM apart")
    assert told == [("POS-1", "flood")], "once, for whoever reads the audit"
    now_s += SHUT_S
    collector.collect(flood())
    assert stored(1) == first, "nothing has come back yet"
    now_s += days.DAY_S // 2
    acked = collector.collect(flood())
    assert first < stored(1) < first + 20, "half a day's is there again, and no more"
    assert acked, "and what is stored is confirmed"
    assert rows(database, "SELECT COUNT(*) FROM arrived WHERE device = 1")[0][0] < 60


def test_a_bridge_that_comes_back_after_half_a_year_is_no_flood():
    """It brings all that it kept at once, in statuses of an agent's usual size."""
    allowance, status, taken = Allowance(), 109, 0
    while taken < _KEPT_BYTES // status:
        assert allowance.spend(1, 32 * status, NOW_S), taken
        allowance.took(1, 32)
        taken += 32


def test_an_allowance_fills_again_slowly_and_no_clock_shuts_for_ever():
    allowance = Allowance(1000, 86_400)
    assert allowance.spend(1, 1000, 500) and not allowance.spend(1, 1, 500)
    assert allowance.is_shut(1, 500 + SHUT_S - 1) and not allowance.is_shut(1, 500 + SHUT_S)
    assert not allowance.is_shut(2, 500)
    assert not allowance.is_shut(1, 500 - 1000), "a clock that was set back"
    assert not allowance.spend(1, 200, 600) and allowance.spend(1, 100, 660)


def test_of_what_one_device_is_refused_a_little_is_kept_apart(database, collector):
    """A flood of forged reports pushed all other evidence out."""
    terminal, other = Terminal("POS-1"), Terminal("POS-2")
    enrol(database, terminal, other)
    forged = [terminal.message(terminal.status(key=b"x" * 32)) for _ in range(500)]
    collector.collect([*forged, other.message(other.status(key=b"x" * 32))])
    kept = [name for (name,) in rows(database, "SELECT name FROM apart")]
    assert kept.count("POS-1") == 16 and kept.count("POS-2") == 1
    assert counted(database)["refused_key_unknown"] == 501


def test_one_odd_report_holds_up_no_other_whatever_the_store_says(
    database, collector, monkeypatch
):
    """A state of credit beyond its column: PostgreSQL refused the batch, the broker brought it
    again, and nothing of the whole fleet was stored any more."""
    odd, well = Terminal("POS-1"), Terminal("POS-2")
    enrol(database, odd, well)
    beyond = odd.answer({ids.CRD_STATE: 1 << 60, ids.CRD_BALANCE_MINOR: 5}), ids.OP_CREDIT
    collector.collect([odd.message(beyond), well.message(well.status())])
    assert rows(database, "SELECT state, balance_minor FROM credit") == [(0, 5)]
    # The next one that nobody thought of.
    monkeypatch.setattr(records, "small", lambda value: 1 << 70)
    messages = [well.message(well.status(unix_s=NOW_S + n)) for n in range(20)]
    well.uptime_s += 1
    messages.insert(7, well.message(well.status(ids.V_DENIED)))
    messages.insert(11, odd.message(odd.log(odd.event())))
    acked = {topic for topic, _ in collector.collect(messages)}
    assert acked == {topics.topic(FLEET, "POS-2", topics.ACK)}
    assert rows(database, "SELECT verdict FROM latest") == [(ids.V_DENIED,)]
    assert counted(database)["refused_fault"] == 1
    monkeypatch.undo()
    again = odd.message(odd.status())
    assert collector.collect([again]) == [] and counted(database)["refused_flood"] == 1
    later = Collector(database, (FLEET,), lambda: NOW_S + 60)
    assert later.collect([again])


def mutated(chance, terminal):
    """A report of the terminal's own, well signed, some of its values odd."""
    odd = (None, True, -1, 0, 1 << 31, 1 << 62, (1 << 64) - 1, -(1 << 64), 1.5, float("nan"))
    odd += (
        "",
        "x" * 500,
        "\x00",
        "\ud7ff",
        "\U0010ffff",
        b"",
        b"\xff" * 300,
        [],
        [[]],
        {},
        {1: {}},
    )
    odd += (cbor2.CBORTag(1, 1 << 70), [1] * 300, cbor2.undefined, 1 << 80)

    def some(keys):
        return {key: chance.choice(odd) for key in chance.sample(keys, chance.randint(1, 4))}

    kind = chance.randrange(5)
    terminal.uptime_s += 1
    if kind == 0:
        return terminal.sign(ids.FRAME_STATUS, {**status_map(terminal), **some(range(45))})
    if kind == 1:
        terminal.sequence += 1
        record = {0: terminal.boot, 1: terminal.uptime_s, 3: 2, 4: 2, 5: terminal.sequence}
        return terminal.sign(ids.FRAME_EVENT, {**record, **some(range(9))})
    if kind == 2:
        return terminal.log(cbor2.dumps(chance.choice(odd)), terminal.event(args=some(range(34))))
    op = ids.OP_CREDIT if kind == 3 else ids.OP_SETTLEMENT
    return terminal.answer({0: 1, **some(range(30))}), op


def test_whatever_a_terminal_signs_its_neighbours_are_stored_and_pages_open(
    database, collector, seed, whole
):
    """Seeded, on each kind of store: PostgreSQL refuses texts and numbers that SQLite takes."""
    chance = random.Random(seed)
    odd, well = Terminal("POS-1"), Terminal("POS-2")
    enrol(database, odd, well)
    rounds = 2000 if whole else 60
    for n in range(rounds):
        well.uptime_s += 60
        found = [odd.message(mutated(chance, odd)) for _ in range(10)]
        found.insert(chance.randrange(10), well.message(well.status()))
        collector.collect(found)
        assert len(rows(database, "SELECT 1 FROM status WHERE device = 2")) == n + 1, (seed, n)
    pages(database, "/t/north/POS-1", "/t/north/POS-2")
    counts = counted(database)
    assert counts["refused_form"] and not counts.get("refused_fault"), counts


# A broker that lies


def test_a_broker_that_renumbers_an_old_report_has_nothing_confirmed(
    tmp_path, database, collector
):
    """Numbers stood outside every MAC: with a recorded report under a higher number the fleet
    confirmed what it never got, and the bridge forgot it."""
    terminal = Terminal("POS-1")
    enrol(database, terminal)
    topic, recorded = terminal.message(terminal.log(terminal.event()))
    assert len(collector.collect([(topic, recorded)])) == 1
    ((_, signed, op),) = envelope.unpack(recorded).reports
    tag = recorded[-8:]
    for era, base, first in ((7, 50, 50), (7, 2, 2), (8, 1, 1)):
        body = cbor2.dumps([envelope.VERSION, era, base, first, [[NOW_S, signed, op]]])
        for forged in (body + tag, body + bytes(8), body):
            assert collector.collect([(topic, forged)]) == []
    assert rows(database, "SELECT contiguous FROM arrived") == [(1,)]


def test_a_broker_that_brings_yesterdays_report_again_makes_no_dead_terminal_heard(database):
    bridged, alone = Terminal("POS-1"), Terminal("POS-2")
    enrol(database, bridged, alone)
    topic = topics.topic(FLEET, "POS-2", topics.STATUS)
    messages = [bridged.message(bridged.status(unix_s=None)), (topic, alone.status(unix_s=None))]
    for days_later in (0, 3, 9):
        now_s = NOW_S + days_later * days.DAY_S
        Collector(database, (FLEET,), lambda now_s=now_s: now_s).collect(messages)
        assert rows(database, "SELECT received_s FROM latest") == [(NOW_S,), (NOW_S,)]
    alone.uptime_s += 60
    Collector(database, (FLEET,), lambda: now_s).collect([(topic, alone.status(unix_s=None))])
    assert sorted(rows(database, "SELECT received_s FROM latest")) == [(NOW_S,), (now_s,)]


def test_a_broker_that_sends_more_than_it_may_waits_in_its_own_memory():
    def collect(messages):
        raise OSError("the store is away")

    stub = SimpleNamespace(collect=collect)
    runner = MqttCollector(stub, parse("mqtt://x"), (FLEET,), "c", str)
    import queue

    arrived = queue.Queue(2 * BATCH_MAX)
    taken = []

    def flood():
        for n in range(3 * BATCH_MAX):
            runner._take(
                arrived, SimpleNamespace(topic="t", payload=bytes(1 << 20 if n == 1 else 1))
            )
            taken.append(n)

    thread = threading.Thread(target=flood, daemon=True)
    thread.start()
    wait("as many as it holds", lambda: len(taken) >= 2 * BATCH_MAX)
    time.sleep(0.1)  # would there be one more?
    assert len(taken) == 2 * BATCH_MAX and arrived.qsize() == 2 * BATCH_MAX
    assert max(len(message.payload) for message in arrived.queue) == envelope.SIZE_MAX + 1
    runner.stop()
    thread.join(HUNG_S)
    assert not thread.is_alive()


def test_a_confirmation_as_long_as_a_film_is_not_kept(tmp_path):
    store = Store(str(tmp_path / "bridge.db"))
    sender = Sender(parse("mqtt://127.0.0.1:9"), FLEET, "POS-1", store, b"k" * 32)
    for size in (acks.ACK_MAX + 1, 1 << 20):
        sender._heard(None, None, SimpleNamespace(payload=bytes(size)))
    assert sender._acks == [] and sender.bad_acks == 2
    store.close()


# The store's size


def test_a_bridge_that_begins_anew_at_each_start_leaves_a_few_eras(database, collector):
    terminal = Terminal("POS-1")
    enrol(database, terminal)
    for era in range(360, 400):
        terminal.era, terminal.number = era, 0
        late = Collector(database, (FLEET,), lambda era=era: NOW_S + era)
        late.collect(
            [terminal.message(terminal.status()), terminal.message(terminal.status())][::-1]
        )
        terminal.number += 3  # a gap that is never filled
        late.collect([terminal.message(terminal.status())])
    days.forget(database, NOW_S + 500, 90)
    assert rows(database, "SELECT era FROM arrived ORDER BY era") == [
        (n,) for n in range(384, 400)
    ]
    assert len(rows(database, "SELECT 1 FROM ahead")) == 16
    days.forget(database, NOW_S + 91 * days.DAY_S, 90)
    assert rows(database, "SELECT 1 FROM arrived UNION SELECT 1 FROM ahead") == []
    terminal.era, terminal.number = 399, 7  # its bridge had lain in a drawer
    ((_, payload),) = collector.collect([terminal.message(terminal.status(), base=8)])
    assert acks.read(payload, "POS-1", acks.ack_key(terminal.key)).number == 8


def test_a_store_that_is_away_once_does_not_end_its_tidying(tmp_path):
    said = []
    days.look_after(open_database(f"sqlite:///{tmp_path / 'no' / 'such'}"), NOW_S, 90, said.append)
    assert len(said) == 1 and "store" in said[0]


@pytest.mark.parametrize("card", ["8986001234567890123", "0123"])
def test_of_two_cards_the_platform_speaks_of_the_one_that_it_names(card):
    """Its number went no further than the bridge: arrears of the card in the drawer were taken for
    those of the card in use."""
    key = b"k" * 32
    plan = {ids.PLAN_STATE: ids.PLATFORM_ARREARS, ids.PLAN_CARD: card}
    assert acks.read(acks.write(acks.Ack(1, 2, 3, plan), "POS-1", key), "POS-1", key).plan == plan
    for odd in ("", "123", "8986x", "1" * 23, 8986, b"8986", "\u0661\u0662\u0663\u0664"):
        plan[ids.PLAN_CARD] = odd
        taken = acks.read(acks.write(acks.Ack(1, 2, 3, plan), "POS-1", key), "POS-1", key).plan
        assert ids.PLAN_CARD not in taken
