"""click, with help in the user's language: commands and options name a text, not a sentence.

The text of command `status` is `[help] status` in texts/*.toml; an option's `help` is a key there.
"""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import click

from . import exits
from .completing import ports
from .show.console import App
from .show.help_format import Formatter
from .show.i18n import LANGUAGES

Decorator = Callable[[Callable[..., Any]], Callable[..., Any]]


def app_of(ctx: click.Context) -> App:
    """The run's App; made here when a library user calls a command directly."""
    return ctx.ensure_object(App)


def _translate(ctx: click.Context, key: str | None) -> str:
    return app_of(ctx).t("help", key) if key else ""


class Option(click.Option):
    """An option whose help is a key of `[help]`."""

    def get_help_record(self, ctx: click.Context) -> tuple[str, str] | None:
        shown = copy.copy(self)
        shown.help = _translate(ctx, self.help)
        return click.Option.get_help_record(shown, ctx)

    def make_metavar(self, ctx: click.Context | None = None) -> str:
        words = super().make_metavar(*(() if ctx is None else (ctx,)))  # click 8.1 hands in none
        return words if ctx is None else app_of(ctx).texts.template("click", words)


def _set_language(ctx: click.Context, _param: click.Parameter, value: str | None) -> None:
    app = app_of(ctx)
    if value and value != app.texts.lang:
        app.set_language(value)


def _add_verbose(ctx: click.Context, _param: click.Parameter, value: int) -> None:
    app_of(ctx).verbose += value


def common_options() -> list[click.Parameter]:
    """Options that stand before or behind the command's name."""
    return [
        Option(
            ["--lang"],
            type=click.Choice(LANGUAGES),
            expose_value=False,
            is_eager=True,
            callback=_set_language,
            help="opt_lang",
        ),
        Option(
            ["-v", "--verbose"],
            count=True,
            expose_value=False,
            callback=_add_verbose,
            help="opt_verbose",
        ),
    ]


class _Context(click.Context):
    formatter_class = Formatter


class _Helped:
    """Help from the texts, for commands and groups alike."""

    context_class: type[click.Context] = _Context

    name: str | None
    examples: tuple[str, ...]

    def _text(self, ctx: click.Context) -> str:
        return _translate(ctx, (self.name or "").replace("-", "_"))

    def get_help_option(self, ctx: click.Context) -> click.Option | None:
        option = super().get_help_option(ctx)  # type: ignore[misc]
        if option is not None:
            option = copy.copy(option)
            option.help = _translate(ctx, "opt_help")
        return option

    def collect_usage_pieces(self, ctx: click.Context) -> list[str]:
        pieces = super().collect_usage_pieces(ctx)  # type: ignore[misc]
        return [app_of(ctx).texts.template("click", piece) for piece in pieces]

    def format_help_text(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        formatter.write_paragraph()
        with formatter.indentation():
            formatter.write_text(self._text(ctx))

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        if self.examples:
            with formatter.section(_translate(ctx, "examples")):
                for line in self.examples:
                    formatter.write(f"{'':>{formatter.current_indent}}{line}\n")
        rows = [(span, app_of(ctx).t("exit", key)) for span, key in self.exits()]
        with formatter.section(_translate(ctx, "exits")):
            formatter.write_dl(rows)

    def exits(self) -> list[tuple[str, str]]:
        """(status, key of `[exit]`) of all that a script has to expect."""
        params: list[click.Parameter] = self.params  # type: ignore[attr-defined]
        return exits.of(self.name or "", {param.name or "" for param in params})


class Command(_Helped, click.Command):
    """A command with the common options and examples (which a test runs)."""

    def __init__(self, *args: Any, examples: tuple[str, ...] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.examples = examples
        self.params.extend(common_options())

    def short_text(self, ctx: click.Context) -> str:
        """The first sentence of the help, for the list of commands."""
        text = self._text(ctx)
        for stop in (". ", "。"):
            if stop in text:
                return text.split(stop)[0] + stop.strip()
        return text


def named(name: str, *examples: str) -> Callable[[Callable[..., Any]], Command]:
    """Decorator: the function becomes the command `name`; `examples` stand in its help."""
    return click.command(name, cls=Command, examples=examples)


def option(*names: str, **attributes: Any) -> Decorator:
    """Decorator: an option whose `help` is a key of `[help]`."""
    return click.option(*names, cls=Option, **attributes)


def json_option() -> Decorator:
    return option("--json", "as_json", is_flag=True, help="opt_json")


def port_and_file(file: str) -> Decorator:
    """Decorator: `[PORT] FILE`, PORT first as everywhere; the function gets `words`."""
    return click.argument(
        "words", nargs=-1, required=True, metavar=f"[PORT] {file}", shell_complete=ports
    )


def source_options(replay: bool = True, file: str = "") -> Decorator:
    """Decorator: PORT and how to reach it, `file` behind it where the command writes one. The
    function gets `source_args` for session.open_*, and `out`."""

    def decorate(function: Callable[..., Any]) -> Callable[..., Any]:
        @click.pass_context
        def wrapped(ctx: click.Context, /, **kwargs: Any) -> Any:
            from .link.session import SourceArgs, in_order

            if file:
                kwargs["out"], kwargs["port"] = in_order(kwargs.pop("words"))
            kwargs["source_args"] = SourceArgs(
                port=kwargs.pop("port"),
                baud=kwargs.pop("baud"),
                timeout_s=kwargs.pop("timeout"),
                record=kwargs.pop("record"),
                replay=kwargs.pop("replay", None),
            )
            return ctx.invoke(function, **kwargs)

        wrapped.__dict__.update(getattr(function, "__dict__", {}))
        decorated: Callable[..., Any] = wrapped
        path = click.Path(dir_okay=False)
        if replay:
            decorated = option("--replay", type=path, metavar="FILE", help="opt_replay")(decorated)
        decorated = option("--record", type=path, metavar="FILE", help="opt_record")(decorated)
        seconds = click.FloatRange(0.1, 600)
        decorated = option("--timeout", type=seconds, default=3.0, help="opt_timeout")(decorated)
        decorated = option("--baud", type=int, default=115200, help="opt_baud")(decorated)
        if file:
            return port_and_file(file)(decorated)
        return click.argument("port", required=False, shell_complete=ports)(decorated)

    return decorate
