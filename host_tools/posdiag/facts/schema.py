"""A terminal's settings, by the schema that the agent has, too.

What the agent would refuse is refused here first, by the same names of reasons.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from difflib import get_close_matches
from typing import Any

from posproto.iso8583 import responses
from posproto.settings import ACQUIRER, PICO_BYTES, SCHEMA, too_much

from ..show.i18n import Texts

# What belongs together, in the order in which somebody sets a terminal up.
GROUPS = {
    "terminal": ("device_id", "status_s", "log_level", "log_bytes", "watchdog_s"),
    "network": (
        *("apn", "apn_user", "apn_password", "apn_auth", "pdp_type", "sim_pin"),
        *("sim2", "sim2_pin", "sim2_apn", "sim2_apn_user", "sim2_apn_password"),
        *("sim2_after_min",),
        *("roaming", "roaming_list", "family", "heal", "busy_from_h", "busy_to_h"),
    ),
    "acquirer": (
        *("host", "port", "host2", "port2", "tls", "tls_undated", "tls_suite"),
        *("closed_apn", "opaque_open"),
        *("connect_timeout_s", "answer_timeout_s", "settle_timeout_s", "linger_s"),
    ),
    "messages": (
        *("dialect", "prefix", "skip_bytes", "header_at", "fields", "f39_groups", "match", "echo"),
        *("retry_s", "retry_max_s", "attempts_max", "reversal_hold_h", "pending_s"),
        *("pending_down_s", "unsettled_h", "outbox_records", "outbox_bytes", "message_bytes"),
        *("paid_after_days", "paid_on", "cut_off_h", "helpdesk"),
    ),
    "credit": (
        *("operator", "currency", "balance_every_h", "balance_by", "balance_to", "balance_text"),
        *("balance_low_minor", "balance_warn_days", "balance_paid_month", "plan_warn_days"),
        *("quota_warn_percent", "sms_delete"),
    ),
    "reports": ("fleet", "report_host", "report_port", "report_tls", "report_closed"),
    "wiring": (
        *("uart", "baud", "tx_pin", "rx_pin", "rts_pin", "cts_pin"),
        *("power_pin", "pwrkey_pin", "pwrkey_level", "pwrkey_ms"),
        *("reset_pin", "reset_level", "reset_ms", "status_pin"),
    ),
}

_KINDS = {"t": "text", "s": "secret", "i": "number", "b": "switch", "c": "choice", "p": "pairs"}


@dataclass(frozen=True)
class Setting:
    """One key: `kind` text, secret, number, switch, choice or pairs; `words` as the schema has."""

    name: str
    kind: str
    words: tuple[str, ...]

    @property
    def is_secret(self) -> bool:
        return self.kind == "secret"

    @property
    def default(self) -> Any:
        if self.kind == "switch":
            return self.words[0] == "1"
        if self.kind == "number":
            return int(self.words[2])
        if self.kind == "choice":
            return self.words[0]
        return self.words[1] if len(self.words) > 1 else ""

    def refusal(self, value: Any) -> str | None:
        """Why the agent would refuse `value`: type, range, choice, too long, character, pairs."""
        if self.kind == "switch":
            return None if isinstance(value, bool) else "type"
        if self.kind == "number":
            if isinstance(value, bool) or not isinstance(value, int):
                return "type"
            return None if int(self.words[0]) <= value <= int(self.words[1]) else "range"
        if not isinstance(value, str):
            return "type"
        if self.kind == "choice":
            return None if value in self.words else "choice"
        if len(value) > int(self.words[0]):
            return "too long"
        if any(not " " <= char <= "~" or char == '"' for char in value):
            return "character"
        if self.kind == "pairs":
            for pair in value.split():
                code, _, meaning = pair.partition("=")
                if not code or "=" in meaning or not 1 <= len(meaning) <= 3:
                    return "pairs"
                if self.name.endswith("f39_groups") and not _is_meaning(meaning):
                    return "meaning"
        return None

    def parse(self, text: str) -> Any:
        """A word of the command line as a value of this kind; what does not fit stays a text."""
        if self.kind == "switch" and text.lower() in ("true", "false", "1", "0", "yes", "no"):
            return text.lower() in ("true", "1", "yes")
        if self.kind == "number":
            try:
                return int(text)
            except ValueError:
                return text
        return text

    def wanted(self, texts: Texts) -> str:
        """What a right value is, in words."""
        words = self.words
        least, most = words[:2] if self.kind == "number" else ("", words[0])
        return texts.get(
            "config_kind", self.kind, least=least, most=most, choices=", ".join(words)
        )


def _is_meaning(name: str) -> bool:
    """Has posproto.iso8583.responses a group of this letter, or words for this meaning? A letter
    that it does not have would take an approval for a refusal.
    """
    group = responses.group("??", {"??": name})
    return group in ("A", "R", "T", "C", "P", "M") and (len(name) == 1 or group != "M")


_FURTHER = re.compile(r"acquirer\.([2-4])\.(\w+)")


class _Settings(dict[str, Setting]):
    """By name, in the schema's order. Those of further acquirers (acquirer.2.host) are found by
    their names, and not listed.
    """

    def __contains__(self, name: object) -> bool:
        return dict.__contains__(self, name) or base_of(str(name)) is not None

    def __missing__(self, name: str) -> Setting:
        found = base_of(name)
        if found is None:
            raise KeyError(name)
        return replace(self[found[1]], name=name)


def base_of(name: str) -> tuple[int, str] | None:
    """(number, the first one's name) of a further acquirer's setting, else None."""
    found = _FURTHER.fullmatch(name)
    if found is None or found[2] not in ACQUIRER.split():
        return None
    return int(found[1]), found[2]


SETTINGS = _Settings(
    (words[0], Setting(words[0], _KINDS[words[1]], tuple(words[2:])))
    for words in (row.split(" ") for row in SCHEMA.splitlines())
)


def purpose(texts: Texts, name: str) -> str:
    """What a setting is for."""
    found = base_of(name)
    if found is None:
        return texts.get("config", name)
    return texts.get("say", "config_acquirer", n=found[0], words=texts.get("config", found[1]))


def _named(values: Mapping[str, Any]) -> list[str]:
    return [*SETTINGS, *sorted(name for name in values if base_of(name))]


def by_group(names: Iterable[str]) -> Iterator[tuple[str, list[str]]]:
    """(group, its members among `names`), none empty, in the order of GROUPS; last the rest."""
    wanted = set(names)
    for group, members in GROUPS.items():
        if found := [name for name in members if name in wanted]:
            yield group, found
            wanted -= set(found)
    if wanted:
        yield "other", sorted(wanted)


def refusals(values: Mapping[str, Any]) -> list[tuple[str, str]]:
    """[(name, reason)] of what the agent would refuse; reason "unknown" for a name it lacks."""
    found = []
    for name in _named(values):
        if name in values and (reason := SETTINGS[name].refusal(values[name])):
            found.append((name, reason))
    return found + [(name, "unknown") for name in sorted(values) if name not in SETTINGS]


# Bytes of heap of boards that have little; the others hold whatever the schema allows.
HEAPS = {"rpi_pico": PICO_BYTES}


def for_memory(values: Mapping[str, Any], board: str | None) -> list[tuple[str, str]]:
    """[(name, reason)] of what a board has no memory for; the agent there would refuse it, too."""
    if board not in HEAPS or refusals(values):
        return []
    return [(name, f"memory {most}") for name, most in too_much(values, HEAPS[board])]


def refusal_words(texts: Texts, name: str, reason: str) -> str:
    """One refusal as a sentence."""
    return f"{name}: {reason_words(texts, name, reason)}"


def reason_words(texts: Texts, name: str, reason: str) -> str:
    """Why a setting was refused."""
    wanted = SETTINGS[name].wanted(texts) if name in SETTINGS else ""
    reason, most = reason.split(" ") if reason.startswith("memory ") else (reason, "")
    return texts.get("config_reason", reason, wanted=wanted, near=near(name), most=most)


def near(name: str) -> str:
    """Settings of a similar name; "" where there is none."""
    return "" if name in SETTINGS else ", ".join(get_close_matches(name.lower(), SETTINGS, 2))


def place(text: str, name: str) -> tuple[int, int] | None:
    """(line, column) at which a JSON text sets `name`, counted from 1; the last one counts."""
    found = list(re.finditer(rf"{re.escape(json.dumps(name))}\s*:", text))
    if not found:
        return None
    at = found[-1].start()
    return text.count("\n", 0, at) + 1, at - text.rfind("\n", 0, at)


def differing(values: Mapping[str, Any]) -> dict[str, Any]:
    """What of `values` is not the default, in the schema's order."""
    return {
        name: values[name]
        for name in _named(values)
        if name in values and values[name] != SETTINGS[name].default
    }


def as_file(values: Mapping[str, Any]) -> bytes:
    """The file of these settings as the agent stores it."""
    return (json.dumps(differing(values), indent=1, ensure_ascii=True) + "\n").encode("ascii")
