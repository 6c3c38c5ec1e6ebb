"""`posdiag trace`: the last lines between agent and modem, for engineers."""

from __future__ import annotations

from collections.abc import Iterator

import click

from posproto import ids

from ..command import app_of, json_option, named, option, source_options
from ..keys.device_key import read_key
from ..link.client import Client
from ..link.session import SourceArgs, open_client
from ..printable import printable_bytes

_PAGES_MAX = 64
Entry = tuple[int, int, str]  # number, age in milliseconds, line


def entries(client: Client, timeout_s: float) -> Iterator[Entry]:
    """The agent's ring, oldest first; ages are those at the first page's answer, so that they do
    not jump back where the next page begins: each page's own count from its request."""
    behind = 0
    first_s: float | None = None
    before_ms = 0
    for _ in range(_PAGES_MAX):
        page = client.request(ids.OP_TRACE, {0: behind} if behind else None, timeout_s=timeout_s)
        value = page.value if isinstance(page.value, list) else ()
        found = [item for item in value if isinstance(item, list) and _is_entry(*item)]
        if not found or found[-1][0] <= behind:
            return
        now_s = client.now()
        first_s = now_s if first_s is None else first_s
        later_ms = round((now_s - first_s) * 1000)
        for number, age_ms, line in found:
            text = printable_bytes(line) if isinstance(line, bytes) else str(line)
            age_ms -= later_ms
            before_ms = age_ms if number <= behind or not behind else min(age_ms, before_ms)
            yield number, before_ms, text
        behind = found[-1][0]


def _is_entry(number: object = None, age_ms: object = None, *rest: object) -> bool:
    return isinstance(number, int) and isinstance(age_ms, int) and len(rest) == 1


@named("trace", "posdiag trace", "posdiag trace COM5 --json")
@source_options()
@option("--texts", type=click.Choice(["on", "off"]), help="opt_texts")
@option("--key-file", type=click.Path(dir_okay=False), help="opt_key_file")
@json_option()
@click.pass_context
def command(
    ctx: click.Context,
    source_args: SourceArgs,
    texts: str | None,
    key_file: str | None,
    as_json: bool,
) -> None:
    app = app_of(ctx)
    with open_client(app, source_args) as client:
        if texts is not None:
            key = read_key(key_file)
            client.request_keyed(ids.OP_TRACE_TEXTS, {0: texts == "on"}, key)
        shown = 0
        for number, age_ms, line in entries(client, source_args.timeout_s):
            shown += 1
            if as_json:
                app.json({"number": number, "age_ms": age_ms, "line": line})
            else:
                app.say(f"{-age_ms / 1000:10.3f} s  {line}", "bold" if line[:1] == ">" else "")
        if not shown and not as_json:
            app.note(app.t("say", "no_trace"))
