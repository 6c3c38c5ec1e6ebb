"""A small fleet on this machine: real agents in simulated worlds, a real broker, the real page.

    python -m posfleet.demo [--port 8780] [--terminals N] [--seconds N]

Each terminal has a modem, an operator and an acquirer of its own and plays a field failure, sixty
times faster than life; a bridge for each sends its signed frames through a broker to a collector,
and the page shows who needs a hand. Everything lies in one temporary folder and goes with it.
"""

from __future__ import annotations

import argparse
import tempfile
import threading
import time
from pathlib import Path
from typing import Any

import uvicorn

from posworld.shell.run import World
from posworld.story import scenario

from . import keys, local
from .bridge.kept import Store
from .bridge.station import Cable, Credential
from .collect.collector import Collector
from .collect.jetstream import JetStreamCollector
from .collect.mqtt import MqttCollector
from .judge.watch import Watch
from .page import people
from .page.app import build
from .store.database import Database, open_database
from .store.migrate import migrate
from .wire.acks import ack_key
from .wire.signed import key_id

FLEET = "demo"
_PLAYS = (
    ("POS-0001", "demo", "Noodle shop"),
    ("POS-0002", "healthy", "Bakery"),
    ("POS-0003", "denied-until-topup", "Fruit stall"),
    ("POS-0004", "paid-but-still-down", "Tea house"),
    ("POS-0005", "healthy", "Pharmacy"),
    ("POS-0006", "daily-disconnect", "Book shop"),
)
_SPEED = 60.0
_PASSWORD = "a small fleet"  # noqa: S105 - of this machine's page, while it runs


def _world(folder: Path, name: str, play: str, seed: int) -> World:
    (folder / name).mkdir()
    found = scenario.load(play)
    found.setdefault("agent", {})["device_id"] = name
    return World(found, seed, _SPEED, str(folder / name))


def _enrol(database: Database, worlds: dict[str, World]) -> dict[str, Credential]:
    """The worlds' own device keys give what collector and bridges hold."""
    known = {}
    with database.writing() as work:
        for at, (name, play, site) in enumerate(_PLAYS[: len(worlds)]):
            key = keys.report_key((worlds[name].directory / "device.key").read_bytes())
            ((device,),) = work.rows(
                "INSERT INTO device (fleet, name, site, reseller, acquirer, carrier, cell)"
                " VALUES (?,?,?,?,?,?,?) RETURNING device",
                (FLEET, name, f"{site} ({play})", f"Reseller {at % 2}", "Acquirer", "CMCC", "1f"),
            )
            work.run(
                "INSERT INTO report_key (device, key_id, report_key, since_s) VALUES (?,?,?,?)",
                (device, key_id(key), key, int(time.time())),
            )
            known[name] = Credential(FLEET, "", ack_key(key))
    return known


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("--port", type=int, default=8780)
    parser.add_argument("--seconds", type=float, help="end by itself")
    parser.add_argument("--terminals", type=int, default=len(_PLAYS), help="the first so many")
    asked = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="posfleet-demo-") as name:
        try:
            broker = local.start(Path(name))
        except local.NoBroker as error:
            print(f"The demo needs a broker: {error}")
            return 1
        try:
            plays = _PLAYS[: max(1, asked.terminals)]
            return _play(Path(name), broker, plays, asked.port, asked.seconds)
        finally:
            broker.stop()


def _collector(database: Database, broker: local.Running) -> Any:
    collector = Collector(database, (FLEET,), lambda: int(time.time()))
    if broker.collectors.scheme == "nats":
        return JetStreamCollector(collector, broker.collectors, (FLEET,), _quiet)
    return MqttCollector(collector, broker.collectors, (FLEET,), "demo", _quiet)


def _play(
    folder: Path,
    broker: local.Running,
    plays: tuple[tuple[str, str, str], ...],
    port: int,
    seconds: float | None,
) -> int:
    database = open_database(f"sqlite:///{folder / 'fleet.db'}")
    migrate(database)
    people.add(database, "demo", _PASSWORD, "manage", (FLEET,), int(time.time()))
    worlds = {
        device: _world(folder, device, play, seed)
        for seed, (device, play, _) in enumerate(plays, 1)
    }
    for world in worlds.values():
        world.agent()
    known = _enrol(database, worlds)
    for world in worlds.values():
        world.start_agent()
        world.start()
    kept = Store(str(folder / "bridge.db"))
    runs: list[Any] = [_collector(database, broker), Watch(database, 5, say=_quiet)]
    for world in worlds.values():
        where = world.ports["host"], 115200, broker.bridges
        runs.append(Cable(*where, kept, known.get, _quiet, (2.0, 20.0)))
    for run in runs:
        threading.Thread(target=run.run, daemon=True).start()
    app = build(database, secure=False)
    server = uvicorn.Server(uvicorn.Config(app, port=port, log_level="warning"))
    if seconds:
        threading.Timer(seconds, lambda: setattr(server, "should_exit", True)).start()
    print(
        f"{len(plays)} terminals over {broker.name}, {_SPEED:.0f} times faster than life;", end=""
    )
    print(" Ctrl-C ends it.")
    print(f"The page: http://127.0.0.1:{port}/   name: demo   password: {_PASSWORD}", flush=True)
    try:
        server.run()
    except KeyboardInterrupt:  # uvicorn ends in order, then raises it again
        pass
    finally:
        for run in runs:
            run.stop()
        time.sleep(1)
        for world in worlds.values():
            world.stop()
        kept.close()
        database.close()
    return 0


def _quiet(_text: str) -> None:
    """What bridges and collector would say to an operator."""


if __name__ == "__main__":
    raise SystemExit(main())
