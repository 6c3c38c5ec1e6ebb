"""A wrong command line, said in the user's language: click's own words are English."""

from __future__ import annotations

import sys
from difflib import get_close_matches

import click

from .show.console import App


def _commands(context: click.Context | None) -> list[str]:
    group = context.command if context is not None else None
    return group.list_commands(context) if context and isinstance(group, click.Group) else []


def _name(error: click.BadParameter) -> str:
    """The option or argument as it stands on the command line."""
    if error.param is None:
        return ""
    if isinstance(error.param, click.Argument):
        return error.param.make_metavar(error.ctx or click.Context(click.Command("posdiag")))
    return "/".join(error.param.opts)


def say(app: App, error: click.ClickException) -> None:
    """One sentence, and where the help is."""
    words: dict[str, str] = {}
    if type(error).__name__ == "NoArgsIsHelpError":  # of click 8.2 and later: its message is help
        error.show(sys.stderr)
        return
    if isinstance(error, click.NoSuchOption):
        key, words = "no_option", {"name": error.option_name}
        words["near"] = ", ".join(error.possibilities or ())
    elif isinstance(error, click.UsageError) and (
        name := getattr(error, "command_name", "")
    ):  # of click 8.4 and later
        key, words = "no_command", {"name": name}
        words["near"] = ", ".join(get_close_matches(name, _commands(error.ctx)))
    elif isinstance(error, click.MissingParameter):
        key, words = "missing", {"name": _name(error)}
    elif isinstance(error, click.BadParameter):
        key, words = "wrong_value", {"name": _name(error), "details": error.message}
    else:
        key, words = "wrong", {"details": error.format_message()}
    app.note(app.t("usage", key, **words), "error")
    context = getattr(error, "ctx", None)
    path = context.command_path if context is not None else "posdiag"
    app.note(app.t("usage", "help", command=path))
