"""The audit: who did what, which reports were refused; for those who manage the fleets in it.

What is about no fleet (a name that nobody has was tried, a topic that is none) is seen by whoever
manages all of them: else one company would read of another's people.
"""

from __future__ import annotations

from ..judge.causes import placeholders
from ..store.database import Row, Work

_LINES = 200
_REFUSED = 50


def note(
    work: Work, now_s: int, person: str, what: str, about: str = "", fleets: str = ""
) -> None:
    """Write one line; `fleets`: those that it is about, with blanks between them."""
    work.run(
        "INSERT INTO audit (at_s, account, what, about, fleets) VALUES (?,?,?,?,?)",
        (now_s, person[:64], what, about[:200], fleets),
    )


def _manages_all(work: Work, fleets: tuple[str, ...]) -> bool:
    others = f"SELECT 1 FROM device WHERE fleet NOT IN ({placeholders(fleets)}) LIMIT 1"
    return not work.rows(others, fleets)


def listed(work: Work, fleets: tuple[str, ...]) -> list[Row]:
    """(moment, person, what, about), the newest first."""
    # LIKE would read a fleet's underscore as any letter.
    seen = ["REPLACE(' ' || fleets || ' ', ?, '') <> ' ' || fleets || ' '"] * len(fleets)
    if _manages_all(work, fleets):
        seen.append("fleets = ''")
    return work.rows(
        f"SELECT at_s, account, what, about FROM audit WHERE {' OR '.join(seen)}"
        f" ORDER BY audit DESC LIMIT {_LINES}",
        [f" {fleet} " for fleet in fleets],
    )


def refused(work: Work, fleets: tuple[str, ...]) -> list[Row]:
    """(moment, fleet, device, reason, bytes) of reports that were not believed."""
    of = (*fleets, "") if _manages_all(work, fleets) else fleets
    return work.rows(
        f"SELECT at_s, fleet, name, reason, size FROM apart WHERE fleet IN ({placeholders(of)})"
        f" ORDER BY apart DESC LIMIT {_REFUSED}",
        of,
    )
