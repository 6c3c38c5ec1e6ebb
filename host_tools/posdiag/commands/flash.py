"""`posdiag flash`: the agent onto a board, so that a cut at any point leaves one that runs."""

from __future__ import annotations

from pathlib import Path

import click

from posbuild import program
from posproto import ids

from ..board import entry, install
from ..board.building import building
from ..command import app_of, named, option
from ..completing import boards, ports
from ..errors import BoardRefused, UnknownName
from ..facts import names
from ..facts.findings import at_a_glance
from ..keys.device_key import read_key
from ..link.client import Client
from ..link.session import find_port
from ..show.console import App
from ..show.status_lines import print_status
from ..show.words import table_words


@named("flash", "posdiag flash COM5 --board rpi_pico")
@click.argument("port", required=False, shell_complete=ports)
@option("--board", help="opt_board", shell_complete=boards)
@option("--baud", type=int, default=115200, help="opt_baud")
@option("--key-file", type=click.Path(dir_okay=False), help="opt_key_file")
@option("--source", type=click.Path(file_okay=False), help="opt_source")
@option("--force", is_flag=True, help="opt_force")
@click.pass_context
def command(
    ctx: click.Context,
    port: str | None,
    board: str | None,
    baud: int,
    key_file: str | None,
    source: str | None,
    force: bool,
) -> None:
    app = app_of(ctx)
    root = Path(source) if source else program.ROOT
    name = port or find_port(app, baud)
    client = entry.ask(name, baud)
    try:
        with building("flash"):
            built = program.build(board or _board_of(client, root), root)
        fresh = client is not None and entry.is_locked(client)
        key = read_key(key_file) if fresh else b""
    except BaseException:
        if client is not None:
            client.close()
        raise
    if client is not None and fresh:
        app.note(app.t("say", "flash_maintenance"))
        entry.maintenance(client, key)
    elif client is not None:
        client.close()
    if slot := _install(app, name, baud, built, fresh, force, key_file):
        app.note(app.t("say", "flash_restart"))
        _show(app, name, baud, slot)


def _board_of(client: Client | None, root: Path) -> str:
    """The board's name as the agent says it. Raises UnknownName where nobody does."""
    known = program.boards(root)
    if client is not None and client.hello is not None and client.hello.board in known:
        return client.hello.board
    raise UnknownName(key="board_needed", known=", ".join(known))


def _install(
    app: App,
    port: str,
    baud: int,
    built: program.Program,
    fresh: bool,
    force: bool,
    key_file: str | None,
) -> str:
    """The slot that was written, or "". The board restarts in any case."""
    slot = ""
    with entry.at_prompt(port, baud, fresh=fresh) as prompt:
        board = install.look(prompt)
        key = _key_of(board, key_file) if board.locked else None
        install.check(board, built, key)
        current = install.is_current(board, built)
        if current and not force:
            app.say(app.t("say", "flash_current"))
        else:
            version = ".".join(map(str, board.version))
            values = {"version": version, "platform": board.platform, "slot": board.target}
            app.note(app.t("say", "flash_plan", free=board.free // 1024, **values))
            slot = install.write(prompt, board, built, _Progress(app), key)
            app.note(app.t("say", "flash_verified"), "ok")
            if board.trusted:
                app.note(app.t("say", "flash_trial"))
    return slot


def _key_of(board: install.Board, key_file: str | None) -> bytes:
    key = read_key(key_file)
    return key if isinstance(key, bytes) else key(board.device_id)


class _Progress:
    """A line that is rewritten on a terminal, one for each tenth elsewhere."""

    def __init__(self, app: App) -> None:
        self._app = app
        self._tenth = -1

    def __call__(self, what: str, done: int, total: int) -> None:
        percent = done * 100 // max(total, 1)
        text = self._app.t("say", "flash_file", percent=percent, file=what)
        if self._app.is_live:
            self._app.err.print(text.ljust(70)[:70], end="\n" if not what else "\r")
        elif percent // 10 != self._tenth:
            self._tenth = percent // 10
            self._app.note(text)


def _show(app: App, port: str, baud: int, slot: str) -> None:
    client, _ = entry.first_status(port, baud, key="no_start")
    try:
        print_status(app, client, at_a_glance(client), client.ask_counters())
        refused = entry.told_now(client, ids.E_PROGRAM_REFUSED)
    finally:
        client.close()
    if refused is not None:
        why = table_words(app.texts, "program", names.PROGRAMS, refused.args.get("reason"))
        raise BoardRefused(str(refused.args), key="flash_given_up", slot=slot, why=why)
