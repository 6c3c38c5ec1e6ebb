"""The questions to each configured platform about each card of its fleet; the answers are kept.

[[platform]]
name = "1nce"                 # as in the devices' column `platform`
kind = "onence"               # onence, onelink or rest
url = "https://..."
secret_file = "1nce.secret"   # readable by its owner only
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ..store.database import Database
from .card import Card, Platform, PlatformError

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

_KEEP = (
    "INSERT INTO platform_state (device, platform, at_s, state, detail, used_kb, quota_kb,"
    " end_day, cell, attempt_s) VALUES (?,?,?,?,?,?,?,?,?,?) ON CONFLICT (device) DO UPDATE SET"
    " platform = excluded.platform, at_s = excluded.at_s, state = excluded.state,"
    " detail = excluded.detail, used_kb = excluded.used_kb, quota_kb = excluded.quota_kb,"
    " end_day = excluded.end_day, cell = excluded.cell, attempt_s = excluded.attempt_s"
)


def opened(settings: dict[str, Any], folder: Path) -> Platform:
    """Raises ValueError for a kind that nobody knows, OSError for a secret that is not there."""
    from ..broker import read_secret
    from . import onelink, onence, rest

    kinds: dict[str, Any] = {
        "onence": onence.OneNce,
        "onelink": onelink.OneLink,
        "rest": rest.Rest,
    }
    kind = kinds.get(settings.get("kind", ""))
    if kind is None:
        raise ValueError(f"kind {settings.get('kind')!r}: one of {', '.join(kinds)}")
    secret = settings.get("secret_file")
    found: Platform = kind(settings, read_secret(str(folder / secret)) if secret else "")
    return found


def ask_all(database: Database, file: str, now_s: int) -> Iterator[str]:
    """A line about each platform: how many cards it told of, or what went wrong."""
    path = Path(file)
    for settings in tomllib.loads(path.read_text(encoding="utf-8")).get("platform", []):
        name = settings["name"]
        with database.reading() as work:
            cards = work.rows(
                "SELECT device, iccid FROM device WHERE platform = ? AND iccid <> ''", (name,)
            )
        told, failed = 0, ""
        try:
            platform = opened(settings, path.parent)
        except (OSError, ValueError) as error:
            yield f"{name}: {error}"
            continue
        for device, iccid in cards:
            try:
                keep(database, device, name, platform.card(iccid), now_s)
                told += 1
            except PlatformError as error:
                failed = str(error)
                if error.is_final:
                    break
        yield f"{name}: {told} of {len(cards)} cards" + (f"; {failed}" if failed else "")


def keep(database: Database, device: int, name: str, card: Card, now_s: int) -> None:
    with database.writing() as work:
        work.run(
            _KEEP,
            (
                *(device, name, now_s, card.state, card.detail[:100].replace("\0", "")),
                *(card.used_kb, card.quota_kb, card.end_day, card.cell, card.attempt_s),
            ),
        )
