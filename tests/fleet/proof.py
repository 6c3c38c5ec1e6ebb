"""Ten thousand real agents through real brokers and stores, while everything is killed.

    python tests/fleet/proof.py [--terminals N] [--minutes N] [--store sqlite|postgresql|both]
                                [--broker mosquitto|nats|both]

What the agents sign is recorded once; then it is published through mosquitto with TLS, doubled,
shuffled and with yesterday's replayed, into two collectors side by side, while collectors, bridge
and broker die by SIGKILL three times each; and the same through three nodes of NATS, where the one
that leads dies. Judged: the stored set is the sent set, each once; no status goes back; what is
confirmed is stored. Prints what was objected to; 1 where anything was.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import random
import struct
import sys
import tempfile
import threading
import time
from pathlib import Path

import cbor2

if __name__ == "__main__":
    _ROOT = Path(__file__).resolve().parents[2]
    for _folder in ("protocol", "host_tools", "tests", "tests/fleet"):
        sys.path.insert(0, str(_ROOT / _folder))

import recorded
from brokers import Child, OneMosquitto, ThreeNats
from posfleet.store.database import open_database
from posfleet.store.migrate import migrate
from posfleet.wire.signed import key_id
from posproto import ids
from waiting import HUNG_S

FLEET = recorded.FLEET
KILLS = 3


def digest(raw):
    return int.from_bytes(hashlib.sha256(raw).digest()[:8], "big", signed=True)


def sent_of(frames):
    """(events, statuses, the newest status' (boot, uptime)) of one terminal, read by other means
    than the collector's."""
    events, statuses = set(), set()
    for frame in frames:
        payload = cbor2.loads(frame)[2]
        kind, raw = struct.unpack(">B", payload[:1])[0], payload[6:]
        record = cbor2.loads(raw)
        if kind == ids.FRAME_STATUS:
            statuses.add((record[0], record[1], digest(raw)))
        else:
            events.add((record[0], record[5], digest(raw)))
    return events, statuses, max((status[:2] for status in statuses), default=(-1, -1))


class Proof:
    """One store: run() gives the objections. `kill_s`: between two kills; `between`: what stands
    between bridge and collectors."""

    def __init__(self, found, url, folder, kill_s=4.0, seed=1, between=OneMosquitto):
        self.found, self.url, self.folder = found, url, Path(folder)
        self.between = between
        self.kill_s = kill_s
        self.chance = random.Random(seed)
        self.objections = []
        self.figures = {}
        self.database = open_database(url)
        migrate(self.database)
        self.expected = {name: sent_of(frames) for name, _, frames in found}
        self.numbers = self._enrol()

    def _enrol(self):
        with self.database.writing() as work:
            work.many(
                "INSERT INTO device (fleet, name, carrier) VALUES (?,?,?)",
                [(FLEET, name, "CMCC") for name, _, _ in self.found],
            )
            numbers = dict(work.rows("SELECT name, device FROM device"))
            work.many(
                "INSERT INTO report_key (device, key_id, report_key, since_s) VALUES (?,?,?,0)",
                [(numbers[name], key_id(key), key) for name, key, _ in self.found],
            )
        return numbers

    def run(self):
        broker = self.between(self.folder, FLEET)
        secret = self.folder / "secret"
        secret.write_text("c\n")
        secret.chmod(0o600)
        with (self.folder / "children.log").open("wb") as log:
            collectors = [
                Child(
                    *(sys.executable, "-m", "posfleet", "collect", "--store", self.url),
                    *("--broker", broker.url, "--fleet", FLEET, "--user", "collector"),
                    *("--password-file", str(secret), "--ca", str(broker.ca)),
                    *("--name", f"collector-{n}", "--keep-days", "5", *broker.options),
                    log=log,
                )
                for n in range(2)
            ]
            frames = self.folder / "frames.cbor"
            frames.write_bytes(cbor2.dumps(self.found))
            here = Path(__file__).parent
            bridge = Child(
                *(sys.executable, str(here / "publish.py"), str(frames), broker.mqtt_url),
                *(str(broker.ca), str(self.chance.randrange(10**6))),
                log=log,
            )
            began = time.monotonic()
            watching = threading.Event()
            watcher = threading.Thread(target=self._watch, args=(watching,), daemon=True)
            watcher.start()
            try:
                self._kill_all(collectors, bridge, broker)
                self._finish(bridge, began + HUNG_S + self._reports() / 200)
            finally:
                watching.set()
                watcher.join()
                for child in (*collectors, bridge):
                    child.kill()
                broker.stop()
        self.figures["seconds"] = round(time.monotonic() - began, 1)
        self._judge()
        self.database.close()
        return self.objections

    def _reports(self):
        return sum(len(frames) for _, _, frames in self.found)

    def _kill_all(self, collectors, bridge, broker):
        """Three times each, in a random order, some together."""
        victims = [0, 1, 2] * KILLS
        self.chance.shuffle(victims)
        for victim in victims:
            time.sleep(self.chance.uniform(self.kill_s / 2, self.kill_s))
            if victim == 0:
                self.chance.choice(collectors).again()
            elif victim == 1 and bridge.process.poll() is None:
                bridge.again()
                self.figures["under load"] = self.figures.get("under load", 0) + 1
            elif victim == 2:
                broker.strike()
        self.figures["kills"] = len(victims)

    def _finish(self, bridge, until):
        """The bridge ends by itself when all is confirmed to it."""
        while bridge.process.poll() is None and time.monotonic() < until:
            time.sleep(0.2)
        if bridge.process.poll() != 0:
            log = (self.folder / "children.log").read_bytes()[-2000:].decode("utf-8", "replace")
            self.objections.append(f"not all was confirmed: {bridge.process.poll()}\n{log}")

    def _watch(self, ended):
        """While it runs: no status goes back, and what is confirmed is stored, in one snapshot."""
        before = {}
        looks = 0
        while not ended.wait(0.5):
            with self.database.reading() as work:
                latest = work.rows("SELECT device, boot, uptime_s FROM latest")
                some = self.chance.sample(self.found, min(20, len(self.found)))
                for name, _, frames in some:
                    device = self.numbers[name]
                    rows = work.rows(
                        "SELECT contiguous FROM arrived WHERE device = ? AND era = 1", (device,)
                    )
                    upto = rows[0][0] if rows else 0
                    stored = work.rows(
                        "SELECT boot, sequence, digest FROM event WHERE device = ?", (device,)
                    )
                    wanted = sent_of(frames[:upto])[0]
                    if not wanted <= set(stored):
                        self.objections.append(f"{name}: confirmed to {upto}, not stored")
            for device, *place in latest:
                if place < before.get(device, place):
                    self.objections.append(f"device {device}: status went back to {place}")
                before[device] = place
            looks += 1
        self.figures["looks"] = looks

    def _judge(self):
        names = {device: name for name, device in self.numbers.items()}
        events = {name: [] for name in self.numbers}
        statuses = {name: [] for name in self.numbers}
        with self.database.reading() as work:
            for device, *key in work.rows("SELECT device, boot, sequence, digest FROM event"):
                events[names[device]].append(tuple(key))
            for device, *key in work.rows("SELECT device, boot, uptime_s, digest FROM status"):
                statuses[names[device]].append(tuple(key))
            latest = {
                names[d]: (b, u)
                for d, b, u in work.rows("SELECT device, boot, uptime_s FROM latest")
            }
            arrived = {
                names[d]: n
                for d, n in work.rows("SELECT device, contiguous FROM arrived WHERE era = 1")
            }
            ahead = work.rows("SELECT COUNT(*) FROM ahead WHERE era = 1")[0][0]
            tally = dict(work.rows("SELECT what, SUM(count) FROM tally GROUP BY what"))
        for name, _, frames in self.found:
            wanted_events, wanted_statuses, newest = self.expected[name]
            for what, stored, wanted in (
                ("events", events[name], wanted_events),
                ("statuses", statuses[name], wanted_statuses),
            ):
                if len(stored) != len(set(stored)) or set(stored) != wanted:
                    missing, more = len(wanted - set(stored)), len(stored) - len(wanted)
                    self.objections.append(f"{name}: {what}: {missing} missing, {more} too many")
            if frames and latest.get(name, (-1, -1)) != newest:
                self.objections.append(f"{name}: shows {latest.get(name)}, newest is {newest}")
            if frames and arrived.get(name) != len(frames):
                self.objections.append(f"{name}: {arrived.get(name)} of {len(frames)} contiguous")
        if ahead:
            self.objections.append(f"{ahead} numbers beyond a gap")
        self.figures |= {
            "terminals": len(self.found),
            "reports": self._reports(),
            "again": int(tally.get("events_again", 0) + tally.get("statuses_again", 0)),
            "refused": int(sum(n for what, n in tally.items() if what.startswith("refused"))),
        }


def prove(found, url, **more):
    with tempfile.TemporaryDirectory(prefix="posfleet-proof-") as folder:
        proof = Proof(found, url or f"sqlite:///{folder}/fleet.db", folder, **more)
        objections = proof.run()
    return objections, proof.figures


def prove_all(found, brokers, stores, seed):
    """Each broker with each store; returns how many objections there were."""
    bad = 0
    for name, between in brokers.items():
        for kind in stores:
            server = None
            if kind == "postgresql":
                from servers import Postgres

                server = Postgres()
            try:
                url = server.url if server else ""
                objections, figures = prove(found, url, kill_s=8.0, seed=seed, between=between)
            finally:
                if server:
                    server.stop()
            print(name, kind, figures, f"{len(objections)} objections", flush=True)
            for text in objections[:20]:
                print("   ", text)
            bad += len(objections)
    return bad


def main(arguments):
    brokers = {"mosquitto": OneMosquitto, "nats": ThreeNats}
    stores = ("sqlite", "postgresql")
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("--terminals", type=int, default=10_000)
    parser.add_argument("--minutes", type=int, default=60)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--store", choices=(*stores, "both"), default="both")
    parser.add_argument("--broker", choices=(*brokers, "both"), default="both")
    asked = parser.parse_args(arguments)
    began, cpu = time.monotonic(), sum(os.times()[:4])
    found = recorded.record(asked.seed, asked.terminals, asked.minutes)
    cpu = sum(os.times()[:4]) - cpu
    print(f"recorded in {time.monotonic() - began:.0f} s, {cpu:.0f} s of CPU", flush=True)
    chosen = {k: v for k, v in brokers.items() if asked.broker in (k, "both")}
    kinds = [kind for kind in stores if asked.store in (kind, "both")]
    return 1 if prove_all(found, chosen, kinds, asked.seed) else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
