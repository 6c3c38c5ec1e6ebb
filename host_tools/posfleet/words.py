"""The fleet's own words beside posdiag's: one table per language, a missing key shows itself."""

from __future__ import annotations

import sys
from functools import lru_cache
from importlib import resources
from typing import Any

from posdiag.show.i18n import Texts, fill

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib


@lru_cache(maxsize=4)
def load(lang: str) -> dict[str, dict[str, Any]]:
    text = (resources.files(__package__) / "texts" / f"{lang}.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


class Words:
    """`words("page", "silent", n=3)`; `words.diag` has posdiag's texts of the same language."""

    def __init__(self, lang: str) -> None:
        self.diag = Texts(lang)
        self.lang = self.diag.lang
        self._tables = load(self.lang)

    def __call__(self, table: str, key: str, /, **values: object) -> str:
        template = self._tables.get(table, {}).get(key)
        return key if template is None else fill(template, values)


@lru_cache(maxsize=4)
def words(lang: str) -> Words:
    return Words(lang)
