"""`posdiag config`: a terminal's settings - shown, changed, compared, and checked in a file."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

from posproto import ids

from ..command import app_of, json_option, named, option
from ..completing import settings
from ..errors import (
    EXIT_DIFFERS,
    EXIT_FILE,
    EXIT_USAGE,
    BadFile,
    RequestFailed,
    UnknownName,
)
from ..facts import schema
from ..facts.model import as_map
from ..facts.schema import SETTINGS
from ..keys.device_key import read_key
from ..link.client import Client
from ..link.session import SourceArgs, open_client
from ..show.console import App
from ..show.status_lines import rows
from ..show.words import noted

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
@click.argument("words", nargs=-1, shell_complete=settings)
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
        return _validate(app, words, as_json)
    port, rest = split_port(words, action)
    source = SourceArgs(port=port, baud=baud)
    if action == "set":
        return _set(app, source, rest, key_file, restart)
    with open_client(app, source) as client:
        values = ask_values(client)
        if action == "diff":
            return _diff(app, values, rest, as_json)
        show = _get_json if as_json else _get
        return show(app, values, ask_values(client, after_restart=True), rest)


def split_port(words: tuple[str, ...], action: str) -> tuple[str | None, tuple[str, ...]]:
    """The port, where the first word is one: no setting, no NAME=VALUE, and no file for diff."""
    if not words or words[0] in SETTINGS or words[0] in schema.GROUPS or "=" in words[0]:
        return None, words
    if action == "diff" and len(words) == 1:
        return None, words
    return words[0], words[1:]


def _is_port(word: str) -> bool:
    return "/" in word or word.upper().startswith("COM")


def ask_values(client: Client, after_restart: bool = False) -> dict[str, Any]:
    """What differs from the defaults; a secret that is set is true."""
    args = {1: True} if after_restart else None
    value: dict[Any, Any] = dict(as_map(client.request(ids.OP_CONFIG_GET, args).value))
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
    """All, a group's or those that are named: what each is for."""
    if names and _is_port(names[0]):
        raise UnknownName(key="list_without_port", port=names[0])
    groups = list(schema.by_group(_members(names) if names else SETTINGS))
    if as_json:
        app.json(
            [_listed(app, group, name) for group, found in groups for name in found], indent=2
        )
        return 0
    for group, found in groups:
        app.say(app.t("config_group", group), "bold cyan")
        for name in found:
            setting = SETTINGS[name]
            wanted = setting.wanted(app.texts)
            app.say(f"  {name}", "bold")
            app.say("    " + schema.purpose(app.texts, name))
            default = _shown(setting, setting.default)
            app.say("    " + app.t("say", "config_default", wanted=wanted, default=default))
    return 0


def _members(names: tuple[str, ...]) -> list[str]:
    """Each setting named, or in a group named."""
    return [one for name in names for one in schema.GROUPS.get(name) or (_setting(name).name,)]


def _listed(app: App, group: str, name: str) -> dict[str, Any]:
    setting = SETTINGS[name]
    return {
        "name": name,
        "group": group,
        "kind": setting.kind,
        "default": None if setting.is_secret else setting.default,
        "help": schema.purpose(app.texts, name),
    }


def _get(app: App, now: dict[str, Any], then: dict[str, Any], names: tuple[str, ...]) -> int:
    """What is in force, and beside it what will be after a restart."""
    changed = {name for name in {*now, *then} if now.get(name) != then.get(name)}
    chosen = _members(names) if names else [*now, *changed]
    if not chosen:
        app.say(app.t("say", "config_all_default"))
    for group, found in schema.by_group(chosen):
        app.say(app.t("config_group", group), "bold cyan")
        pairs = []
        for name in found:
            setting = SETTINGS[name]
            words = _shown(setting, now.get(name, setting.default))
            if name in changed:
                later = _shown(setting, then.get(name, setting.default))
                words = noted(app.texts, words, app.t("say", "config_later", value=later))
            pairs.append((name, words))
        for line in rows(app, pairs):
            app.say(line)
        if names:
            for name in found:
                app.say(f"  {name}: {app.t('config', name)}", "dim")
    if changed:
        app.say(app.t("say", "config_waits"), "warning")
    return 0


def _get_json(app: App, now: dict[str, Any], then: dict[str, Any], names: tuple[str, ...]) -> int:
    chosen = _members(names) if names else [*SETTINGS]

    def shown(values: dict[str, Any]) -> dict[str, Any]:
        found = {
            name: values.get(name, SETTINGS[name].default)
            for name in chosen
            if names or name in values
        }
        return {name: bool(v) if _is_secret(name) else v for name, v in found.items()}

    app.json({"in_force": shown(now), "after_restart": shown(then)}, indent=2)
    return 0


def _is_secret(name: str) -> bool:
    return name in SETTINGS and SETTINGS[name].is_secret


def _set(
    app: App, source: SourceArgs, words: tuple[str, ...], key_file: str | None, restart: bool
) -> int:
    values = parse_words(app, words)
    if refused := schema.refusals(values):
        status = _refused(app, refused)
        return EXIT_USAGE if any(reason == "unknown" for _, reason in refused) else status
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
        if name not in SETTINGS:
            values[name] = text  # told with whatever else is wrong
            continue
        setting = SETTINGS[name]
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


Refused = list[tuple[tuple[int, int], str, str]]  # where in its file, name, reason


def _placed(refused: list[tuple[str, str]], path: str) -> Refused:
    """In the file's order; without a file all stand at (0, 0)."""
    text = Path(path).read_text(encoding="utf-8-sig") if path else ""
    placed = [(schema.place(text, name) or (0, 0), name, reason) for name, reason in refused]
    return sorted(placed) if path else placed


def _refused(app: App, refused: list[tuple[str, str]], path: str = "") -> int:
    """Say all refusals at once; those of a file with line and column."""
    for (line, column), name, reason in _placed(refused, path):
        where = f"{path}:{line}:{column}: " if line else ""
        app.say(where + schema.refusal_words(app.texts, name, reason), "error")
    return EXIT_FILE


def _validate(app: App, files: tuple[str, ...], as_json: bool) -> int:
    if not files:
        raise UnknownName(key="file_needed")
    found = {path: schema.refusals(read_settings(path)) for path in files}
    if as_json:
        rows = [
            {"file": path, "name": name, "reason": reason, "line": line, "column": column}
            for path, refused in found.items()
            for (line, column), name, reason in _placed(refused, path)
        ]
        app.json({"files": list(files), "refused": rows}, indent=2)
    for path in () if as_json else files:
        if found[path]:
            _refused(app, found[path], path)
        else:
            app.say(app.t("say", "config_right", file=path), "ok")
            for name, reason in schema.for_memory(read_settings(path), "rpi_pico"):
                words = schema.refusal_words(app.texts, name, reason)
                app.say(app.t("say", "config_on_pico", words=words), "warning")
    return EXIT_FILE if any(found.values()) else 0


def _diff(app: App, values: dict[str, Any], files: tuple[str, ...], as_json: bool) -> int:
    if len(files) != 1:
        raise UnknownName(key="file_needed")
    wanted = read_settings(files[0])
    if refused := schema.refusals(wanted):
        return _refused(app, refused, files[0])
    differences: list[dict[str, Any]] = []
    for name in wanted:  # a profile says nothing about the rest
        setting = SETTINGS[name]
        here, there = values.get(name, setting.default), wanted[name]
        if setting.is_secret:  # the terminal tells only whether there is one
            here, there = bool(here), bool(there)
        if here != there:
            differences.append({"name": name, "terminal": here, "file": there})
    if as_json:
        app.json({"file": files[0], "differences": differences}, indent=2)
    for one in () if as_json else differences:
        setting = SETTINGS[one["name"]]
        app.say(f"- {one['name']} = {_shown(setting, one['terminal'])}", "error")
        app.say(f"+ {one['name']} = {_shown(setting, one['file'])}", "ok")
    if not as_json and not differences:
        app.say(app.t("say", "config_same"), "ok")
    return EXIT_DIFFERS if differences else 0
