"""`posdiag provision`: device id, key, acquirer's settings and SIM PIN into a terminal."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from posproto import ids

from ..board.repl import require_mpremote
from ..command import app_of, named, option
from ..completing import ports
from ..errors import EXIT_FILE, BadFile, KeyNeeded
from ..facts import schema
from ..keys import key_store
from ..keys.device_key import read_key
from ..keys.key_derivation import device_key
from ..keys.provisioning import Order, check, provision
from ..link.session import find_port
from ..link.transports import open_transport
from ..show.console import App
from .config import read_settings

_PEM = b"-----BEGIN CERTIFICATE-----"


@named(
    "provision",
    "posdiag provision COM5 --device-id POS-0042 --fleet north --profile shop.json --sim-pin",
)
@click.argument("port", required=False, shell_complete=ports)
@option("--device-id", required=True, help="opt_device_id")
@option("--fleet", required=True, help="opt_fleet")
@option("--new-fleet", is_flag=True, help="opt_new_fleet")
@option("--profile", type=click.Path(dir_okay=False), help="opt_profile")
@option("--sim-pin", is_flag=True, help="opt_sim_pin")
@option("--ca", type=click.Path(dir_okay=False), help="opt_ca")
@option(
    "--acquirer-ca",
    type=(click.IntRange(2, ids.ACQUIRERS_MAX), click.Path(dir_okay=False)),
    multiple=True,
    metavar="N FILE",
    help="opt_acquirer_ca",
)
@option("--report-ca", type=click.Path(dir_okay=False), help="opt_report_ca")
@option("--key-file", type=click.Path(dir_okay=False), help="opt_old_key_file")
@option("--baud", type=int, default=115200, help="opt_baud")
@click.pass_context
def command(
    ctx: click.Context,
    port: str | None,
    device_id: str,
    fleet: str,
    new_fleet: bool,
    profile: str | None,
    sim_pin: bool,
    ca: str | None,
    acquirer_ca: tuple[tuple[int, str], ...],
    report_ca: str | None,
    key_file: str | None,
    baud: int,
) -> int:
    app = app_of(ctx)
    settings: dict[str, Any] = read_settings(profile) if profile else {}
    settings["device_id"] = device_id
    if sim_pin:
        settings["sim_pin"] = click.prompt(app.t("say", "ask_sim_pin"), hide_input=True, err=True)
    if settings.get("report_host"):
        settings.setdefault("fleet", fleet)
    certificate = _read_certificate(ca) if ca else None
    further = {number: _read_certificate(path) for number, path in acquirer_ca}
    broker = _read_certificate(report_ca) if report_ca else None
    if refused := check(Order(device_id, settings)):
        for name, reason in refused:
            app.say(schema.refusal_words(app.texts, name, reason), "error")
        return EXIT_FILE
    name = port or find_port(app, baud)
    require_mpremote("provision")
    open_transport(name, baud).close()  # what is wrong with the port is said before a key is made
    chest = key_store.open_safe()
    key = device_key(key_store.fleet_key(chest, fleet, create=new_fleet), device_id)
    if new_fleet:
        app.note(app.t("say", "fleet_made", fleet=fleet, place=chest.place), "ok")
    order = Order(device_id, settings, key, certificate, broker, further)
    lacking = provision(name, baud, order, _old_key(key_file))
    key_store.remember(device_id, fleet)
    _say_done(app, device_id, fleet)
    for one in lacking:
        told = "no_authority" if one.is_sure else "needs_authority"
        app.say(app.t("say", told, host=one.host, option=one.option), "warning")
    return 0


def _read_certificate(path: str) -> bytes:
    try:
        data = Path(path).read_bytes()
    except OSError as error:
        raise BadFile(repr(error), file=path) from error
    if _PEM not in data:
        raise BadFile("no certificate in PEM", file=path)
    return data


def _old_key(key_file: str | None) -> bytes | Callable[[str], list[bytes]]:
    """The key that a locked terminal has now: as told, or those that may be derived."""
    try:
        found = read_key(key_file)
    except KeyNeeded:
        return key_store.keys_of
    return found if isinstance(found, bytes) else key_store.keys_of


def _say_done(app: App, device_id: str, fleet: str) -> None:
    app.say(app.t("say", "provisioned", device=device_id, fleet=fleet), "ok")
