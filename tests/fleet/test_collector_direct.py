"""Terminals that report by themselves, without a bridge: what the collector makes of it."""

from posfleet.store import days, reads
from posfleet.wire import envelope, topics
from posproto import ids
from rig import FLEET, NOW_S, Terminal, enrol, rows


def test_a_terminal_that_tells_its_day_by_itself_is_not_silent_for_the_rest_of_it(
    database, collector
):
    terminal = Terminal("POS-1")
    enrol(database, terminal)
    topic = topics.topic(FLEET, "POS-1", topics.STATUS)
    collector.collect([(topic, terminal.status())])
    with database.reading() as work:
        day, over = NOW_S + days.DAY_S, NOW_S + 2 * days.DAY_S
        assert reads.counts(work, (FLEET,), day)[:2] == (1, 0)
        assert reads.counts(work, (FLEET,), over)[:2] == (1, 1)


def test_an_outage_is_drawn_by_the_cells_that_the_terminals_themselves_named(database, collector):
    cells = ((0x1A2B, 0xC0FFEE1), (0x1A2B, 0xC0FFEE1), (0x1A2B, 1 << 35), (None, None))
    terminals = [Terminal(f"POS-{n}") for n in range(4)]
    for n, terminal in enumerate(terminals):
        enrol(database, terminal, carrier="CMCC", region="West", cell="by hand" if n == 3 else "")
    for n, (terminal, (area, cell)) in enumerate(zip(terminals, cells, strict=True)):
        named = {ids.ST_PLMN: "46000", ids.ST_AREA: area, ids.ST_CELL: cell}
        told = {} if cell is None else named
        verdict = ids.V_NO_SIGNAL if n < 2 else ids.V_ALL_CLEAR
        collector.collect([terminal.message(terminal.status(verdict, also=told))])
    with database.reading() as work:
        found = reads.cells(work, FLEET, "carrier", "CMCC", str(ids.V_NO_SIGNAL))
    assert found == [
        ("46000-1A2B-C0FFEE1", 2, 2),
        ("46000-1A2B-800000000", 1, 0),
        ("by hand", 1, 0),
    ]


def test_a_direct_report_on_the_wrong_topic_or_of_another_key_is_kept_apart(database, collector):
    terminal, other = Terminal("POS-1"), Terminal("POS-2")
    enrol(database, terminal, other)
    status, records = (topics.topic(FLEET, "POS-1", leaf) for leaf in "se")
    page, _ = terminal.log(terminal.event())
    collector.collect(
        [
            (records, terminal.status()),  # would not be retained, and is of no event
            (status, page),  # a page of the log is no newest status
            (status, other.status()),
            (records, terminal.sign(ids.FRAME_RESPONSE, {0: ids.R_OK, 1: {0: [b"\xff"]}})),
            (records, page + bytes(envelope.SIZE_MAX)),
            (records, b"\x84" + bytes(40)),
        ]
    )
    reasons = [reason for (reason,) in rows(database, "SELECT reason FROM apart ORDER BY apart")]
    assert reasons == ["topic", "topic", "key_unknown", "form", "too_long", "unsigned"]
    assert rows(database, "SELECT 1 FROM event") == rows(database, "SELECT 1 FROM status") == []
    collector.collect([(status, terminal.status()), (records, page), (records, page)])
    assert len(rows(database, "SELECT 1 FROM event")) == 1
    assert len(rows(database, "SELECT 1 FROM status")) == 1
