"""The response codes of an acquirer: the group, the words and the advice of each.

The agent tells its dialect and the groups that its settings change. Where a code means something
else than in the common tables only its group's words hold.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from posproto.iso8583 import responses

from ..show.i18n import Texts
from ..show.words import f39_words


@dataclass(frozen=True)
class Codes:
    """All response codes of one acquirer; by default UnionPay's."""

    national: bool = True
    overrides: dict[str, str] = field(default_factory=dict)

    @classmethod
    def from_list(cls, value: object) -> Codes:
        """From REP_CODES; what it cannot be leaves the default."""
        if not (isinstance(value, list) and len(value) == 2 and isinstance(value[1], str)):
            return cls()
        pairs = (pair.partition("=") for pair in value[1].split())
        return cls(value[0] == "cup", {code: letter for code, _, letter in pairs})

    def group(self, code: str) -> str:
        return responses.group(code, self.overrides, self.national)

    def accepts(self, code: str) -> bool:
        return self.group(code) == "A"

    def words(self, texts: Texts, code: str) -> str:
        """`00 (approved)`."""
        name = responses.meaning(code, self.overrides, self.national)
        if len(name) > 1 or (not name and self._is_usual(code)):
            return f39_words(texts, code, name)
        return texts.get(
            "unit", "coded", code=code, words=texts.get("f39_group", self.group(code))
        )

    def step(self, texts: Texts, code: str) -> str:
        """The code's own advice, "" where it has none."""
        name = responses.meaning(code, self.overrides, self.national)
        return texts.get("f39_next", name) if len(name) > 1 and texts.has("f39_next", name) else ""

    def _is_usual(self, code: str) -> bool:
        """Has nobody said that it means something else here?"""
        return code not in self.overrides and responses.meaning(code) == ""
