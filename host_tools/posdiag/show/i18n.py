"""Texts for people: TOML files per language, keyed by the names of posproto/ids.py. en.toml is the
tool's own; at_en.toml and iso8583_en.toml explain the modem's and the acquirer's numbers,
money_en.toml says where the money is, config_en.toml what each setting is for, page_en.toml and
report_en.toml label what a browser shows.

A part of a sentence in square brackets is left out when one of its placeholders has no value:
`"Denied[, cause {cause}]"`. Every language has the same keys and placeholders (a test).
"""

from __future__ import annotations

import os
import re
import sys
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from typing import Any

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

LANGUAGES = ("en", "zh")
_OPTIONAL = re.compile(r"\[([^\[\]]*)\]")
_PLACEHOLDER = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True)
class VerdictText:
    """What a verdict means for the shop, what to do now, and what to tell the help desk."""

    title: str
    meaning: str
    do: str
    helpdesk: str


def default_language(environ: dict[str, str] | None = None) -> str:
    """`zh` or `en`: from POSDIAG_LANG, then the locale's variables, then Windows' own setting."""
    env = os.environ if environ is None else environ
    for name in ("POSDIAG_LANG", "LC_ALL", "LC_MESSAGES", "LANG"):
        value = env.get(name, "")
        if value:
            return "zh" if value.lower().startswith("zh") else "en"
    if sys.platform == "win32":
        import ctypes

        # The low ten bits are the primary language; 4 is Chinese.
        return "zh" if ctypes.windll.kernel32.GetUserDefaultUILanguage() & 0x3FF == 4 else "en"
    return "en"


@lru_cache(maxsize=4)
def load(lang: str) -> dict[str, dict[str, Any]]:
    """All tables of one language; where two files have a table, the tool's own counts."""
    folder = resources.files("posdiag") / "texts"
    tables: dict[str, dict[str, Any]] = {}
    for part in ("", "at_", "iso8583_", "money_", "config_", "page_", "report_"):
        text = (folder / f"{part}{lang}.toml").read_text(encoding="utf-8")
        for table, entries in tomllib.loads(text).items():
            tables.setdefault(table, entries)
    return tables


def fill(template: str, values: dict[str, object]) -> str:
    """`template` with its placeholders filled; optional parts without a value are left out."""

    def known(text: str) -> bool:
        return all(values.get(name) not in (None, "") for name in _PLACEHOLDER.findall(text))

    def put(match: re.Match[str]) -> str:
        value = values.get(match.group(1))
        return "?" if value is None else str(value)

    kept = _OPTIONAL.sub(lambda match: match.group(1) if known(match.group(1)) else "", template)
    return _PLACEHOLDER.sub(put, kept)


class Texts:
    """The texts of one language. A missing text shows its key: never an error in a shop."""

    def __init__(self, lang: str) -> None:
        self.lang = lang if lang in LANGUAGES else "en"
        self._tables = load(self.lang)

    def has(self, table: str, key: str) -> bool:
        return key in self._tables.get(table, {})

    def get(self, table: str, key: str, /, **values: object) -> str:
        template = self._tables.get(table, {}).get(key)
        return key if template is None else fill(template, values)

    def template(self, table: str, key: str) -> str:
        """The text with its placeholders, for who fills them himself."""
        return str(self._tables.get(table, {}).get(key, key))

    def verdict(self, name: str, /, **values: object) -> VerdictText:
        """Texts of the verdict with that name; of `unknown` where a newer agent says more."""
        verdicts = self._tables["verdict"]
        entry = verdicts.get(name)
        if entry is None:
            entry = verdicts["unknown"]
            values.setdefault("number", name.rpartition("_")[2])
        return VerdictText(**{part: fill(text, values) for part, text in entry.items()})
