"""Terminals as the collector sees them, without an agent: signed reports, made by hand."""

import struct

import cbor2

from posfleet.store.database import open_database
from posfleet.store.migrate import migrate
from posfleet.wire import envelope, signed, topics
from posfleet.wire.acks import ack_key
from posproto import ids

NOW_S = 1_764_400_000
FLEET = "north"


class Terminal:
    """One enrolled device and the bridge's numbering of what it signed."""

    def __init__(self, name, fleet=FLEET, era=7):
        self.name, self.fleet, self.era = name, fleet, era
        self.key = (fleet + name).encode().ljust(32, b".")[:32]
        self.key_id = signed.key_id(self.key)
        self.number = 0
        self.boot, self.uptime_s, self.sequence = 3, 100, 40

    def sign(self, kind, value, key=None, request_id=0):
        """A frame of that kind as the agent signs it; `value` a map, or its bytes."""
        raw = value if isinstance(value, bytes) else cbor2.dumps(value, canonical=True)
        header = struct.pack(">BBHH", kind, 2, request_id, 0)
        return signed.closed(header + raw, key or self.key)

    def answer(self, value):
        return self.sign(ids.FRAME_RESPONSE, {0: ids.R_OK, 1: value}, request_id=9)

    def status(self, verdict=1, unix_s=NOW_S, **more):
        record = {0: self.boot, 1: self.uptime_s, 3: verdict, 6: [1, 1, 1], **more.pop("also", {})}
        if unix_s is not None:
            record[2] = unix_s
        return self.sign(ids.FRAME_STATUS, record, **more)

    def event(self, event_id=ids.E_VERDICT, unix_s=NOW_S, args=None):
        self.sequence += 1
        record = {0: self.boot, 1: self.uptime_s, 3: event_id, 4: 2, 5: self.sequence}
        if unix_s is not None:
            record[2] = unix_s
        if args:
            record[6] = args
        return cbor2.dumps(record, canonical=True)

    def log(self, *events):
        """A page of its log, with the operation that it answers."""
        return self.answer({0: list(events), 1: self.sequence + 1, 2: 0}), ids.OP_LOG

    def message(self, *messages, leaf=topics.RECORDS, at_s=NOW_S, base=1):
        first = self.number + 1
        self.number += len(messages)
        pairs = [m if isinstance(m, tuple) else (m, 0) for m in messages]
        payload = self.pack(base, first, [(at_s, *pair) for pair in pairs])
        return topics.topic(self.fleet, self.name, leaf), payload

    def pack(self, base, first, reports):
        return envelope.pack(self.era, base, first, reports, self.name, ack_key(self.key))


def enrol(database, *terminals, **facts):
    with database.writing() as work:
        for terminal in terminals:
            names = "".join(f", {name}" for name in facts)
            marks = ",?" * len(facts)
            ((number,),) = work.rows(
                f"INSERT INTO device (fleet, name{names}) VALUES (?,?{marks}) RETURNING device",
                (terminal.fleet, terminal.name, *facts.values()),
            )
            work.run(
                "INSERT INTO report_key (device, key_id, report_key, since_s) VALUES (?,?,?,?)",
                (number, terminal.key_id, terminal.key, NOW_S),
            )


def sqlite(folder):
    database = open_database(f"sqlite:///{folder / 'fleet.db'}")
    migrate(database)
    return database


def counted(database):
    with database.reading() as work:
        return {what: n for _, what, n in work.rows("SELECT fleet, what, count FROM tally")}


def rows(database, sql, *values):
    with database.reading() as work:
        return work.rows(sql, values)
