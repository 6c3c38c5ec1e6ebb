"""`posdiag config`: a terminal's settings - shown, changed, compared, and checked in a file."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

from posproto import ids

from ..command import app_of, json_option, named, option
from ..errors import EXIT_DIFFERS, EXIT_FILE, BadFile, RequestFailed, UnknownName
from ..facts import schema
from ..facts.model import as_map
from ..facts.schema import SETTINGS
from ..keys.device_key import read_key
from ..link.client import Client
from ..link.session import SourceArgs, open_client
from ..show.console import App
from ..show.status_lines import rows

_ACTIONS = ("list", "get", "set", "validate", "diff")


@named(
    "config",
    "posdiag config list",
    "posdiag config get COM5 apn",
    "posdiag config set COM5 apn=cmnet port=8583 --key-file device.key",
    "posdiag config validate shop.json",
    "posdiag config diff COM5 shop.json",
)
@click.argument("action", type=click.Choice(_ACTIONS))
@click.argument("words", nargs=-1)
@option("--baud", type=int, default=115200, help="opt_baud")
@option("--key-file", type=click.Path(dir_okay=False), help="opt_key_file")
@option("--restart", is_flag=True, help="opt_restart")
@json_option()
@click.pass_context
def command(
    ctx: click.Context,
    action: str,
    words: tuple[str, ...],
    baud: int,
    key_file: str | None,
    restart: bool,
    as_json: bool,
) -> int:
    app = app_of(ctx)
    if action == "list":
        return _list(app, words, as_json)
    if action == "validate":
        return _validate(app, words)
    port, rest = split_port(words, action)
    source = SourceArgs(port=port, baud=baud)
    if action == "set":
        return _set(app, source, rest, key_file, restart)
    with open_client(app, source) as client:
        values = ask_values(client)
        if action == "diff":
            return _diff(app, values, rest)
        return _get(app, values, rest, as_json)


def split_port(words: tuple[str, ...], action: str) -> tuple[str | None, tuple[str, ...]]:
    """The port, where the first word is one: no setting, no NAME=VALUE, and no file for diff."""
    if not words or words[0] in SETTINGS or "=" in words[0]:
        return None, words
    if action == "diff" and len(words) == 1:
        return None, words
    return words[0], words[1:]


def ask_values(client: Client) -> dict[str, Any]:
    """What differs from the defaults; a secret that is set is true."""
    value: dict[Any, Any] = dict(as_map(client.request(ids.OP_CONFIG_GET).value))
    return {name: value[name] for name in value if isinstance(name, str)}


def read_settings(path: str) -> dict[str, Any]:
    """The JSON object in a file. Raises BadFile."""
    try:
        values = json.loads(Path(path).read_text(encoding="utf-8-sig"))
    except json.JSONDecodeError as error:
        at = {"line": str(error.lineno), "column": str(error.colno)}
        raise BadFile(repr(error), key="not_json", file=path, what=error.msg, **at) from error
    except (OSError, ValueError) as error:
        raise BadFile(repr(error), file=path) from error
    if not isinstance(values, dict):
        raise BadFile("no JSON object", file=path)
    return values


def _setting(name: str) -> schema.Setting:
    if name not in SETTINGS:
        raise UnknownName(key="unknown_setting", name=name, near=schema.near(name))
    return SETTINGS[name]


def _shown(setting: schema.Setting, value: Any) -> str:
    if setting.is_secret:
        return "***" if value else '""'
    return json.dumps(value, ensure_ascii=False)


def _list(app: App, names: tuple[str, ...], as_json: bool) -> int:
    chosen = [_setting(name) for name in names] or list(SETTINGS.values())
    if as_json:
        for setting in chosen:
            app.json(
                {
                    "name": setting.name,
                    "kind": setting.kind,
                    "default": None if setting.is_secret else setting.default,
                    "help": app.t("config", setting.name),
                }
            )
        return 0
    for setting in chosen:
        wanted = setting.wanted(app.texts)
        app.say(setting.name, "bold")
        app.say("  " + app.t("config", setting.name))
        default = _shown(setting, setting.default)
        app.say("  " + app.t("say", "config_default", wanted=wanted, default=default))
    return 0


def _get(app: App, values: dict[str, Any], names: tuple[str, ...], as_json: bool) -> int:
    if as_json:
        chosen = {name: values.get(name, _setting(name).default) for name in names} or values
        app.json({name: True if _is_secret(name) else chosen[name] for name in chosen}, indent=1)
        return 0
    if not names:
        if not values:
            app.say(app.t("say", "config_all_default"))
        pairs = [(n, _shown(SETTINGS[n], values[n])) for n in SETTINGS if n in values]
        for line in rows(app, pairs):
            app.say(line)
        return 0
    for name in names:
        setting = _setting(name)
        app.say(f"{name} = {_shown(setting, values.get(name, setting.default))}", "bold")
        app.say("  " + app.t("config", name))
    return 0


def _is_secret(name: str) -> bool:
    return name in SETTINGS and SETTINGS[name].is_secret


def _set(
    app: App, source: SourceArgs, words: tuple[str, ...], key_file: str | None, restart: bool
) -> int:
    values = parse_words(app, words)
    if refused := schema.refusals(values):
        return _refused(app, refused)
    key = read_key(key_file)
    with open_client(app, source) as client:
        try:
            client.request_keyed(ids.OP_CONFIG_SET, values, key)
        except RequestFailed as error:
            told = as_map(error.value).get(0) if isinstance(error.value, dict) else None
            if not told:
                raise
            return _refused(app, [(str(name), str(reason)) for name, reason in told])
        if restart:
            client.request_keyed(ids.OP_RESTART, None, key)
        app.say(app.t("say", "done" if restart else "config_after_restart"), "ok")
    return 0


def parse_words(app: App, words: tuple[str, ...]) -> dict[str, Any]:
    """NAME=VALUE words as values; a secret is asked for, never taken from the command line."""
    values: dict[str, Any] = {}
    for word in words:
        name, given, text = word.partition("=")
        setting = _setting(name)
        if setting.is_secret:
            if text:
                raise UnknownName(key="secret_on_command_line", name=name)
            values[name] = click.prompt(name, hide_input=True, err=True, default="")
        elif not given:
            raise UnknownName(key="value_needed", name=name)
        else:
            values[name] = setting.parse(text)
    if not values:
        raise UnknownName(key="value_needed", name="NAME")
    return values


def _refused(app: App, refused: list[tuple[str, str]], path: str = "") -> int:
    """All of them at once; those of a file with line and column, in the file's order."""
    text = Path(path).read_text(encoding="utf-8-sig") if path else ""
    placed = [(schema.place(text, name) or (0, 0), name, reason) for name, reason in refused]
    for (line, column), name, reason in sorted(placed) if path else placed:
        where = f"{path}:{line}:{column}: " if line else ""
        app.say(where + schema.refusal_words(app.texts, name, reason), "error")
    return EXIT_FILE


def _validate(app: App, files: tuple[str, ...]) -> int:
    if not files:
        raise UnknownName(key="file_needed")
    status = 0
    for path in files:
        if refused := schema.refusals(read_settings(path)):
            status = _refused(app, refused, path)
        else:
            app.say(app.t("say", "config_right", file=path), "ok")
    return status


def _diff(app: App, values: dict[str, Any], files: tuple[str, ...]) -> int:
    if len(files) != 1:
        raise UnknownName(key="file_needed")
    wanted = read_settings(files[0])
    if refused := schema.refusals(wanted):
        return _refused(app, refused, files[0])
    status = 0
    for name in wanted:  # a profile says nothing about the rest
        setting = SETTINGS[name]
        here, there = values.get(name, setting.default), wanted[name]
        if setting.is_secret:  # the terminal tells only whether there is one
            here, there = bool(here), bool(there)
        if here != there:
            status = EXIT_DIFFERS
            app.say(f"- {name} = {_shown(setting, here)}", "error")
            app.say(f"+ {name} = {_shown(setting, there)}", "ok")
    if not status:
        app.say(app.t("say", "config_same"), "ok")
    return status
