"""click's own words in the user's language: headings of the help, and what is wrong with a value.

click asks gettext, and gettext reads catalogues from folders only, which a zip file has none of.
So its modules get these two functions in place of gettext's; a sentence that the texts do not have
stays as click says it.
"""

from __future__ import annotations

import sys

import click  # noqa: F401  its modules are looked for below

from .i18n import Texts

_PARTS = ("core", "decorators", "exceptions", "formatting", "parser", "termui", "types", "utils")


def speak(texts: Texts) -> None:
    """From now on click speaks the language of `texts`."""

    def said(message: str) -> str:
        return texts.template("click", message)

    def counted(one: str, many: str, count: int) -> str:
        words = texts.template("click", one)
        return words if words != one else (one if count == 1 else many)

    for part in _PARTS:
        module = sys.modules.get(f"click.{part}")
        for name, function in (("_", said), ("ngettext", counted)):
            if hasattr(module, name):
                setattr(module, name, function)
