"""`posdiag bridge`: sends what terminals say on to their fleet."""

from __future__ import annotations

import os
import signal
from pathlib import Path
from typing import Any

import click

from posdiag.command import app_of, named, option
from posdiag.errors import BadFile, PartMissing
from posdiag.keys import key_store

from .. import keys
from ..broker import parse
from ..wire.acks import ack_key
from .ports import Cables
from .station import Cable, Credential, read_credentials


def _from_safe(name: str) -> Credential | None:
    """The Credential of a terminal that was provisioned on this computer, else None."""
    fleet = key_store.fleets().get(name)
    if fleet is None:
        return None
    key = key_store.key_of(name)
    return Credential(fleet, keys.password(key), ack_key(keys.report_key(key)), key)


def default_store() -> str:
    base = os.environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state"
    return str(Path(base) / "posdiag" / "bridge.db")


@named(
    "bridge",
    "posdiag bridge COM5 --broker mqtts://fleet.example.com --credentials till.json",
    "posdiag bridge /dev/ttyACM0 /dev/ttyACM1 --broker mqtts://fleet.example.com",
)
@click.argument("ports", nargs=-1)
@option("--broker", required=True, metavar="URL", help="opt_broker")
@option("--credentials", type=click.Path(dir_okay=False), metavar="FILE", help="opt_credentials")
@option("--ca", type=click.Path(dir_okay=False), metavar="FILE", default="", help="opt_broker_ca")
@option("--store", type=click.Path(dir_okay=False), metavar="FILE", help="opt_bridge_store")
@option("--baud", type=int, default=115200, help="opt_baud")
@click.pass_context
def command(
    ctx: click.Context,
    ports: tuple[str, ...],
    broker: str,
    credentials: str | None,
    ca: str,
    store: str | None,
    baud: int,
) -> int:
    app = app_of(ctx)
    try:
        from .kept import Store

        where = parse(broker, ca_file=ca)
        import paho.mqtt.client  # noqa: F401
    except ImportError as error:
        raise PartMissing(repr(error), command="bridge", part="paho-mqtt") from error
    except ValueError as error:
        raise click.UsageError(app.t("usage", "broker_url", url=broker)) from error
    known: dict[str, Credential] = {}
    if credentials:
        try:
            known = read_credentials(credentials)
        except (OSError, ValueError, KeyError) as error:
            raise BadFile(repr(error), file=credentials) from error
    path = Path(store or default_store())
    path.parent.mkdir(parents=True, exist_ok=True)
    kept = Store(str(path))

    def credential(name: str) -> Credential | None:
        return known.get(name) or _from_safe(name)

    cables = Cables(lambda port: Cable(port, baud, where, kept, credential, app.note), ports)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: cables.stop())
    cables.run()
    kept.close()
    return 0


def main() -> Any:
    return command()
