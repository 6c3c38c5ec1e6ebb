"""What a broker, a bridge and a stranger do to the collector: doubled, shuffled, forged."""

import random
import threading

import cbor2
import pytest
from cwt import COSE, COSEKey

from posfleet.collect.collector import Collector
from posfleet.store import days
from posfleet.store.database import open_database
from posfleet.store.migrate import HEAD, migrate
from posfleet.wire import acks, envelope, signed, topics
from posproto import ids
from rig import FLEET, NOW_S, Terminal, counted, enrol, rows
from source_files import ROOT

STEPS = ROOT / "host_tools" / "posfleet" / "store" / "versions"


def acked(collector, terminal, messages):
    """The number that the terminal's bridge hears of, after these messages."""
    number = None
    for topic, payload in collector.collect(messages):
        if topic == topics.topic(terminal.fleet, terminal.name, topics.ACK):
            number = acks.read(payload, terminal.name, acks.ack_key(terminal.key)).number
    return number


def test_what_came_twice_shuffled_and_again_a_day_later_is_stored_once(database, collector):
    terminal = Terminal("POS-1")
    enrol(database, terminal)
    messages, sent = [], set()
    for n in range(200):
        terminal.uptime_s += 7
        event = terminal.event(unix_s=NOW_S + n if n % 3 else None)
        sent.add(terminal.sequence)
        messages.append(terminal.message(terminal.log(event), terminal.status(unix_s=NOW_S + n)))
    chance = random.Random(1)
    stream = messages + chance.sample(messages, 20)
    chance.shuffle(stream)
    for at in range(0, len(stream), 17):
        collector.collect(stream[at : at + 17])
    later = Collector(database, (FLEET,), lambda: NOW_S + days.DAY_S)
    assert acked(later, terminal, messages) == 400
    stored = [number for (number,) in rows(database, "SELECT sequence FROM event")]
    assert sorted(stored) == sorted(sent)
    assert len(rows(database, "SELECT 1 FROM status")) == 200
    assert rows(database, "SELECT 1 FROM ahead") == []


def test_a_gap_is_not_acknowledged_before_it_is_filled(database, collector):
    terminal = Terminal("POS-1")
    enrol(database, terminal)
    one, two, three, four = [terminal.message(terminal.log(terminal.event())) for _ in range(4)]
    assert acked(collector, terminal, [one]) == 1
    assert acked(collector, terminal, [four, three]) == 1
    assert acked(collector, terminal, [two]) == 4


def test_a_bridge_that_gave_up_on_its_oldest_says_so_and_is_not_stuck(database, collector):
    terminal = Terminal("POS-1")
    enrol(database, terminal)
    for _ in range(3):
        terminal.message(terminal.log(terminal.event()))
    last = terminal.message(terminal.log(terminal.event()), base=4)
    assert acked(collector, terminal, [last]) == 4


def test_a_bridge_with_an_empty_store_begins_a_new_era(database, collector):
    terminal = Terminal("POS-1")
    enrol(database, terminal)
    first = [terminal.message(terminal.log(terminal.event())) for _ in range(9)]
    assert acked(collector, terminal, first) == 9
    terminal.era, terminal.number = 8, 0
    again = terminal.message(terminal.log(terminal.event()))
    assert acked(collector, terminal, [again]) == 1


def test_a_late_status_never_replaces_a_newer_one(database, collector):
    terminal = Terminal("POS-1")
    enrol(database, terminal)
    old = terminal.message(terminal.status(ids.V_DENIED))
    terminal.uptime_s += 60
    new = terminal.message(terminal.status(ids.V_ALL_CLEAR, unix_s=NOW_S + 60))
    for stream in ([new], [old], [old, new], [new, old]):
        collector.collect(stream)
        assert rows(database, "SELECT verdict FROM latest") == [(ids.V_ALL_CLEAR,)]
    assert len(rows(database, "SELECT 1 FROM status")) == 2


def test_a_terminal_that_lost_its_flash_counts_from_one_and_is_believed(database, collector):
    terminal = Terminal("POS-1")
    enrol(database, terminal)
    collector.collect([terminal.message(terminal.status(), terminal.log(terminal.event()))])
    before = terminal.boot, terminal.sequence
    terminal.boot, terminal.uptime_s, terminal.sequence = 1, 5, terminal.sequence - 1
    again = terminal.message(
        terminal.status(ids.V_DENIED, unix_s=NOW_S + 50),
        terminal.log(terminal.event(args={0: ids.V_DENIED})),
    )
    collector.collect([again])
    assert terminal.sequence == before[1]
    assert rows(database, "SELECT verdict FROM latest") == [(ids.V_DENIED,)]
    assert len(rows(database, "SELECT 1 FROM event")) == 2


def test_a_report_made_by_other_hands_verifies(database, collector):
    terminal = Terminal("POS-1")
    enrol(database, terminal)
    payload = b"\x02\x02\0\0\0\x05" + cbor2.dumps({0: 3, 1: 9, 3: ids.V_DENIED})
    key = COSEKey.from_symmetric_key(terminal.key, alg="HMAC 256/64", kid=terminal.key_id)
    message = COSE.new(alg_auto_inclusion=True, kid_auto_inclusion=True).encode_and_mac(
        payload, key
    )
    assert acked(collector, terminal, [terminal.message(message)]) == 1
    assert rows(database, "SELECT verdict FROM latest") == [(ids.V_DENIED,)]


@pytest.mark.parametrize("size", [0, 6, 23, 24, 255, 256, 65535, 65536])
def test_our_signature_is_read_by_other_hands(size):
    report = b"r" * size
    message = signed.closed(report, b"k" * 32, b"aad")
    key = COSEKey.from_symmetric_key(b"k" * 32, alg="HMAC 256/64", kid=signed.key_id(b"k" * 32))
    tagged = cbor2.dumps(cbor2.CBORTag(17, cbor2.loads(message)))
    assert COSE.new().decode(tagged, key, external_aad=b"aad") == report


def forged(terminal):
    """What strangers send, by the word under which it is counted."""
    other = Terminal("POS-2")
    good = terminal.status()
    _, payload = terminal.message(good)
    own = topics.topic(FLEET, "POS-1", "e")
    flipped = bytearray(good)
    flipped[-1] ^= 1
    cut = cbor2.loads(good)
    cut[3] = cut[3][:4]
    cut[0] = cbor2.dumps({1: 4})
    bare = cbor2.dumps({0: 3, 1: 100, 3: ids.OP_STATUS, 4: {}})
    wrap = lambda one, op=0: terminal.pack(1, 500, [(NOW_S, one, op)])
    tail = bytes(8)
    bridge = acks.ack_key(terminal.key)
    return [
        ("mac_wrong", own, wrap(bytes(flipped))),
        ("key_unknown", own, wrap(terminal.status(key=b"x" * 32))),
        ("key_unknown", own, wrap(other.status())),
        ("algorithm", own, wrap(cbor2.dumps(cut))),
        ("unsigned", own, wrap(bare)),
        ("unsigned", own, wrap(b"")),
        ("unsigned", own, wrap(b"\x9f" * 400)),
        ("form", own, wrap(terminal.sign(ids.FRAME_STATUS, [1, 2]))),
        ("form", own, wrap(terminal.sign(ids.FRAME_STATUS, b""))),
        ("form", own, wrap(terminal.sign(ids.FRAME_STATUS, {0: -1, 3: "x"}))),
        ("form", own, wrap(terminal.sign(ids.FRAME_EVENT, {0: 1, 1: 1 << 63, 3: 2, 5: 4}))),
        ("form", own, wrap(terminal.sign(ids.FRAME_REQUEST, {0: 1}))),
        ("form", own, wrap(terminal.sign(ids.FRAME_RESPONSE, {0: ids.R_BUSY}), ids.OP_LOG)),
        ("form", own, wrap(terminal.answer({0: [b"\xff"]}), ids.OP_LOG)),
        ("form", own, wrap(terminal.answer(7), ids.OP_CREDIT)),
        ("device_unknown", topics.topic(FLEET, "POS-9", "e"), payload),
        ("fleet", topics.topic("south", "POS-1", "e"), payload),
        ("topic", "posma/1/north/POS+1/e", payload),
        ("topic", "posma/1/north/#/e", payload),
        ("topic", "posma/1/north/a/b/e", payload),
        ("topic", "posma/1/north/../e", payload),
        ("topic", topics.topic(FLEET, "POS-1", "a"), payload),
        ("envelope_too_long", own, b"\x00" * (10 << 20)),
        ("envelope_no_cbor", own, b"\x85\x01" + tail),
        ("envelope_version", own, cbor2.dumps([1, 1, 1, 1, [[1, b""]]]) + tail),
        ("envelope_number", own, cbor2.dumps([2, 1, 2, 1, [[1, b""]]]) + tail),
        ("envelope_number", own, cbor2.dumps([2, True, 1, 1, [[1, b""]]]) + tail),
        ("envelope_reports", own, cbor2.dumps([2, 1, 1, 1, [[1, "text"]]]) + tail),
        ("envelope_reports", own, cbor2.dumps([2, 1, 1, 1, [[1, b""]] * 300]) + tail),
        ("envelope_mac_wrong", own, wrap(good)[:-8] + tail),
        ("envelope_mac_wrong", own, envelope.pack(7, 1, 1, [(1, good, 0)], "POS-2", bridge)),
        ("envelope_mac_wrong", own, envelope.pack(7, 1, 1, [(1, good, 0)], "POS-1", other.key)),
    ]


def test_what_strangers_send_is_refused_counted_and_kept_apart(database, collector):
    terminal = Terminal("POS-1")
    enrol(database, terminal)
    found = forged(terminal)
    expected = {}
    for word, topic, payload in found:
        expected[f"refused_{word}"] = expected.get(f"refused_{word}", 0) + 1
        assert collector.collect([(topic, payload)]) == [], word
    assert counted(database) == expected
    kept = rows(database, "SELECT reason, size, head FROM apart ORDER BY apart")
    assert [reason for reason, _, _ in kept] == [word for word, _, _ in found]
    assert max(size for _, size, _ in kept) == 10 << 20
    assert max(len(head) for _, _, head in kept) <= 64
    for table in ("status", "event", "latest", "arrived"):
        assert rows(database, f"SELECT 1 FROM {table}") == []


def test_one_forged_report_does_not_take_its_neighbours_with_it(database, collector):
    terminal = Terminal("POS-1")
    enrol(database, terminal)
    message = terminal.message(terminal.status(), b"forged", terminal.log(terminal.event()))
    assert acked(collector, terminal, [message]) == 1
    assert len(rows(database, "SELECT 1 FROM event")) == 1


def test_a_clock_of_2099_is_counted_and_not_believed(database, collector):
    terminal = Terminal("POS-1")
    enrol(database, terminal)
    wrong_s = 4_070_908_800
    event = terminal.event(unix_s=wrong_s)
    messages = [terminal.message(terminal.status(unix_s=wrong_s), terminal.log(event))]
    assert acked(collector, terminal, messages) == 2
    assert rows(database, "SELECT at_s, unix_s FROM latest") == [(NOW_S, None)]
    assert rows(database, "SELECT at_s, day FROM event") == [(NOW_S, 0)]
    assert counted(database)["refused_clock"] == 2


def test_a_clock_that_stopped_years_ago_loses_no_record(database, collector):
    terminal = Terminal("POS-1")
    enrol(database, terminal)
    event = terminal.event(unix_s=NOW_S - 400 * days.DAY_S)
    assert acked(collector, terminal, [terminal.message(terminal.log(event))]) == 1
    assert rows(database, "SELECT at_s, day FROM event") == [(NOW_S, 0)]
    assert counted(database)["refused_clock"] == 1


def test_a_terminal_without_a_clock_is_placed_by_its_uptime(database, collector):
    terminal = Terminal("POS-1")
    enrol(database, terminal)
    event = terminal.event(unix_s=None)
    terminal.uptime_s += 600
    collector.collect([terminal.message(terminal.status(unix_s=None), terminal.log(event))])
    assert rows(database, "SELECT at_s FROM event") == [(NOW_S - 600,)]


def test_what_is_older_than_the_fleet_keeps_is_acknowledged_and_left(database, collector):
    terminal = Terminal("POS-1")
    enrol(database, terminal)
    old_s = NOW_S - 400 * days.DAY_S
    old = terminal.log(terminal.event(unix_s=old_s))
    assert acked(collector, terminal, [terminal.message(old, at_s=old_s)]) == 1
    assert rows(database, "SELECT 1 FROM event") == []
    assert counted(database)["refused_too_old"] == 1


def test_days_go_one_by_one_and_the_state_stays(database, collector):
    terminal = Terminal("POS-1")
    enrol(database, terminal)
    days.prepare(database, NOW_S, 5)
    events = [terminal.event(unix_s=NOW_S - n * days.DAY_S) for n in range(5)]
    events.append(terminal.event(unix_s=None))
    collector.collect([terminal.message(terminal.status(), terminal.log(*events))])
    days.prepare(database, NOW_S + days.DAY_S, 5)
    assert days.forget(database, NOW_S, 2)
    assert len(rows(database, "SELECT 1 FROM event")) == 4
    days.forget(database, NOW_S + 9 * days.DAY_S, 2)
    assert rows(database, "SELECT 1 FROM event") == []
    assert len(rows(database, "SELECT 1 FROM latest")) == 1


def test_postgresql_counts_what_the_page_reads_when_a_collector_starts(postgres_url):
    database = open_database(postgres_url)
    migrate(database)
    enrol(database, *(Terminal(f"POS-{n}") for n in range(3)))
    days.prepare(database, NOW_S, 5)
    assert rows(database, "SELECT reltuples FROM pg_class WHERE relname = 'device'") == [(3,)]
    database.close()


def test_collectors_side_by_side_store_once_and_agree_on_how_far(database):
    terminals = [Terminal(f"POS-{n}") for n in range(8)]
    enrol(database, *terminals)
    messages = []
    for terminal in terminals:
        messages += [terminal.message(terminal.log(terminal.event())) for _ in range(60)]
    random.Random(2).shuffle(messages)
    failures = []

    def work(mine):
        collector = Collector(database, (FLEET,), lambda: NOW_S)
        try:
            for at in range(0, len(mine), 10):
                collector.collect(mine[at : at + 10])
        except Exception as error:
            failures.append(error)

    # Each message goes to one of them, every fifth to a second one as well.
    shares = [messages[n::3] + messages[n::5] for n in range(3)]
    threads = [threading.Thread(target=work, args=(share,)) for share in shares]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert len(rows(database, "SELECT 1 FROM event")) == 480
    assert rows(database, "SELECT DISTINCT contiguous FROM arrived") == [(60,)]
    assert rows(database, "SELECT 1 FROM ahead") == []


def test_a_store_that_fails_has_taken_nothing(database, collector, monkeypatch):
    terminal = Terminal("POS-1")
    enrol(database, terminal)
    message = terminal.message(terminal.status(), terminal.log(terminal.event()))
    from posfleet.store import rows as sql

    monkeypatch.setattr(sql, "TALLY", "INSERT INTO nowhere VALUES (?,?,?)")
    with pytest.raises(Exception, match="nowhere"):
        collector.collect([message])
    monkeypatch.undo()
    assert rows(database, "SELECT 1 FROM event") == []
    assert acked(collector, terminal, [message]) == 2


def test_many_processes_that_start_at_once_migrate_once(database):
    threads = [threading.Thread(target=migrate, args=(database,)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(rows(database, "SELECT version_num FROM alembic_version")) == 1


def test_a_store_of_any_version_before_is_brought_up_to_date_with_what_it_holds(bare):
    steps = sorted(path.stem[:4] for path in STEPS.glob("0*.py"))
    assert steps[-1] == HEAD
    for step in steps[:-1]:
        migrate(bare, step)
        assert rows(bare, "SELECT version_num FROM alembic_version") == [(step,)]
        with bare.writing() as work:
            work.run("INSERT INTO device (fleet, name) VALUES ('north', ?)", (f"POS-{step}",))
            work.run(
                "INSERT INTO latest (device, fleet, boot, uptime_s, at_s, received_s, verdict,"
                " severity, since_s, registered, flags, record) SELECT device, fleet, 1, 1, 1, 1,"
                " 1, 1, 1, 1, 1, ? FROM device WHERE name = ?",
                (b"r", f"POS-{step}"),
            )
            who = f"INSERT INTO account (name, password, role, fleets, made_s) VALUES ('{step}'"
            work.run(who + ", '', 'view', 'north', 1)")
            for account, about in ((step, ""), ("", step), ("nobody", "")):
                work.run(
                    "INSERT INTO audit (at_s, account, what, about) VALUES (1, ?, 'note', ?)",
                    (account, about),
                )
    migrate(bare)
    assert len(rows(bare, "SELECT 1 FROM latest WHERE cell = ''")) == len(steps) - 1
    fleets = [of for (of,) in rows(bare, "SELECT fleets FROM audit ORDER BY audit")]
    assert fleets == ["north", "north", ""] * (len(steps) - 1)


def test_an_acknowledgement_by_strangers_makes_nobody_drop_anything():
    key = acks.ack_key(b"r" * 32)
    good = acks.write(acks.Ack(7, 9, NOW_S), "POS-1", key)
    assert acks.read(good, "POS-1", key) == acks.Ack(7, 9, NOW_S)
    for message, name, by in (
        (good, "POS-2", key),
        (good, "POS-1", acks.ack_key(b"s" * 32)),
        (good[:-1] + b"x", "POS-1", key),
        (b"", "POS-1", key),
    ):
        with pytest.raises(signed.Refused):
            acks.read(message, name, by)
