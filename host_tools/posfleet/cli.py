"""`posfleet`: the collector, the page and what an operator does with a fleet's store."""

from __future__ import annotations

import json
import os
import signal
import socket
import sys
import threading
import time
from collections.abc import Callable
from typing import Any

import click

from posdiag.show.click_words import speak
from posdiag.show.i18n import default_language

from .words import Words

_W = Words(default_language())
speak(_W.diag)
_F = Callable[..., Any]
KEEP_DAYS = 90


def _h(key: str) -> str:
    return _W("help", key)


def _store_option(function: _F) -> _F:
    return click.option(
        *("--store", "url"),
        envvar="POSFLEET_STORE",
        default="sqlite:///posfleet.db",
        show_default=True,
        help=_h("store"),
    )(function)


def _opened(url: str) -> Any:
    from .store.database import open_database
    from .store.migrate import migrate

    try:
        database = open_database(url)
        migrate(database)
    except ValueError as error:
        raise click.UsageError(_W("say", "store_url", url=url)) from error
    return database


@click.group(help=_h("posfleet"))
def cli() -> None:
    """Commands are below."""


@cli.command(help=_h("collect"))
@_store_option
@click.option("--broker", required=True, metavar="URL", help=_h("broker"))
@click.option("--fleet", "fleets", multiple=True, required=True, help=_h("fleet"))
@click.option("--user", default="", help=_h("user"))
@click.option("--password-file", type=click.Path(exists=True), help=_h("password_file"))
@click.option("--ca", default="", type=click.Path(), help=_h("ca"))
@click.option("--name", default=f"collector-{socket.gethostname()}", help=_h("name"))
@click.option("--no-share", is_flag=True, help=_h("no_share"))
@click.option("--replicas", default=1, show_default=True, help=_h("replicas"))
@click.option("--keep-days", default=KEEP_DAYS, show_default=True, help=_h("keep_days"))
def collect(
    url: str,
    broker: str,
    fleets: tuple[str, ...],
    user: str,
    password_file: str | None,
    ca: str,
    name: str,
    no_share: bool,
    replicas: int,
    keep_days: int,
) -> None:
    from .broker import parse, read_secret
    from .collect.collector import Collector
    from .collect.mqtt import MqttCollector
    from .store import days

    where = parse(broker, user, read_secret(password_file) if password_file else "", ca)
    database = _opened(url)
    collector = Collector(database, fleets, lambda: int(time.time()), keep_days)
    runner: Any
    if where.scheme in ("nats", "tls"):
        from .collect.jetstream import JetStreamCollector

        runner = JetStreamCollector(collector, where, fleets, _say, replicas)
    else:
        runner = MqttCollector(collector, where, fleets, name, _say, share=not no_share)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: runner.stop())

    def housekeeping() -> None:
        while True:
            days.look_after(database, int(time.time()), keep_days, _say)
            time.sleep(3600)

    days.prepare(database, int(time.time()), keep_days)
    threading.Thread(target=housekeeping, daemon=True).start()
    runner.run()


def _say(text: str) -> None:
    click.echo(text, err=True)


@cli.command(help=_h("serve"))
@_store_option
@click.option("--listen", default="127.0.0.1:8780", show_default=True, help=_h("listen"))
@click.option("--insecure-cookie", is_flag=True, help=_h("insecure_cookie"))
@click.option("--oidc", default="", envvar="POSFLEET_OIDC", metavar="FILE", help=_h("oidc"))
def serve(url: str, listen: str, insecure_cookie: bool, oidc: str) -> None:
    import uvicorn

    from .judge.watch import Watch
    from .page.app import build

    database = _opened(url)
    watch = Watch(database)
    threading.Thread(target=watch.run, daemon=True).start()
    host, _, port = listen.rpartition(":")
    app = build(database, secure=not insecure_cookie, oidc_file=oidc)
    _say(_W("say", "listening", url=f"http://{listen}/"))
    uvicorn.run(app, host=host or "127.0.0.1", port=int(port), log_level="warning")


@cli.group(help=_h("enrol"))
def enrol() -> None:
    """Devices and their keys."""


@enrol.command("add", help=_h("enrol_add"))
@_store_option
@click.argument("file", type=click.File(encoding="utf-8-sig"))
def enrol_add(url: str, file: Any) -> None:
    from . import keys

    try:
        count = keys.enrol(_opened(url), file)
    except keys.BadList as error:
        raise click.ClickException(str(error)) from error
    _say(_W("say", "enrolled", n=count))


def _own(fleet: str) -> dict[str, bytes]:
    """Device keys of a fleet that was provisioned on this computer, by name."""
    from posdiag.keys import key_store
    from posdiag.keys.key_derivation import device_key

    secret = key_store.fleet_key(key_store.open_safe(), fleet)
    return {n: device_key(secret, n) for n, f in sorted(key_store.fleets().items()) if f == fleet}


@enrol.command("export", help=_h("enrol_export"))
@click.argument("fleet")
def enrol_export(fleet: str) -> None:
    from . import keys

    click.echo("fleet,device,report_key")
    for name, key in _own(fleet).items():
        click.echo(f"{fleet},{name},{keys.report_key(key).hex()}")


@enrol.command("credentials", help=_h("enrol_credentials"))
@click.argument("fleet")
@click.argument("devices", nargs=-1)
@click.option("--device-key", "may_apply", is_flag=True, help=_h("device_key"))
def enrol_credentials(fleet: str, devices: tuple[str, ...], may_apply: bool) -> None:
    from . import keys
    from .wire.acks import ack_key

    found = {
        name: {
            "fleet": fleet,
            "password": keys.password(key),
            "ack_key": ack_key(keys.report_key(key)).hex(),
            **({"device_key": key.hex()} if may_apply else {}),
        }
        for name, key in _own(fleet).items()
        if not devices or name in devices
    }
    click.echo(json.dumps(found, indent=1))


@enrol.command("passwords", help=_h("enrol_passwords"))
@click.argument("fleet")
def enrol_passwords(fleet: str) -> None:
    from . import keys
    from .mosquitto import password_line

    for name, key in _own(fleet).items():
        click.echo(password_line(name, keys.password(key), os.urandom(12)))


@cli.group(help=_h("users"))
def users() -> None:
    """Who may sign in."""


@users.command("add", help=_h("users_add"))
@_store_option
@click.argument("name")
@click.option("--role", type=click.Choice(["view", "manage"]), default="view", help=_h("role"))
@click.option("--fleet", "fleets", multiple=True, required=True, help=_h("user_fleet"))
@click.option("--password-file", type=click.Path(exists=True), help=_h("user_password"))
def users_add(
    url: str, name: str, role: str, fleets: tuple[str, ...], password_file: str | None
) -> None:
    from .broker import read_secret
    from .page import people

    if password_file:
        secret = read_secret(password_file)
    else:
        secret = click.prompt(_W("say", "password"), hide_input=True, confirmation_prompt=True)
    if len(secret) < people.PASSWORD_MIN:
        raise click.ClickException(_W("say", "password_short", n=people.PASSWORD_MIN))
    people.add(_opened(url), name, secret, role, fleets, int(time.time()))
    _say(_W("say", "user_added", name=name))


@users.command("remove", help=_h("users_remove"))
@_store_option
@click.argument("name")
def users_remove(url: str, name: str) -> None:
    from .page import people

    people.remove(_opened(url), name, int(time.time()))


@cli.command(help=_h("platforms"))
@_store_option
@click.option("--config", "file", required=True, type=click.Path(exists=True), help=_h("config"))
@click.option("--every", default=0, metavar="SECONDS", help=_h("every"))
def platforms(url: str, file: str, every: int) -> None:
    from .platforms.run import ask_all

    database = _opened(url)
    while True:
        for line in ask_all(database, file, int(time.time())):
            _say(line)
        if not every:
            return
        time.sleep(every)


def main() -> int:
    cli.main(prog_name="posfleet")
    return 0


if __name__ == "__main__":
    sys.exit(main())
