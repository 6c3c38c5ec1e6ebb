"""A terminal's settings, by the schema of firmware/posagent/core/config.py: a test compares them.

What the agent would refuse is refused here first, by the same names of reasons.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from .i18n import Texts

# As in the firmware: name, kind, then what the kind needs.
SCHEMA = """\
device_id t 32 pos
apn t 100
apn_user t 64
apn_password s 64
apn_auth c none pap chap
pdp_type c IP IPV4V6 IPV6
sim_pin s 8
roaming c auto allow deny list
roaming_list t 64
family c auto quectel simcom ublox generic
operator t 16
host t 64
port i 0 65535 0
host2 t 64
port2 i 0 65535 0
closed_apn b 0
tls b 0
dialect c cup nac ascii87
prefix c bin2 bin2-self bcd2 ascii4 ascii4-self hex4 bin2-zero2 none
skip_bytes i -1 255 -1
header_at i -2 255 -2
fields p 64
f39_groups p 128
echo t 400
connect_timeout_s i 10 150 60
answer_timeout_s i 5 300 60
settle_timeout_s i 5 300 90
linger_s i 0 60 10
retry_s i 5 3600 30
retry_max_s i 30 86400 1800
attempts_max i 1 1000 100
outbox_records i 4 64 24
outbox_bytes i 1024 65536 16384
message_bytes i 256 4096 2048
pending_s i 60 86400 600
pending_down_s i 60 86400 3600
unsettled_h i 1 168 24
status_s i 1 3600 30
balance_every_h i 0 720 24
balance_by c auto sms ussd none
balance_to t 20
balance_text t 40
balance_low_minor i 0 1000000 1000
balance_warn_days i 0 30 5
balance_paid_month i 0 1000 31
plan_warn_days i 0 90 14
quota_warn_percent i 1 100 80
sms_delete c own all none
currency t 3
busy_from_h i 0 23 8
busy_to_h i 0 23 22
heal b 1
log_level c info warning error
log_bytes i 4096 65536 16384
uart i 0 9 0
baud i 1200 3000000 115200
tx_pin i -1 99 -1
rx_pin i -1 99 -1
rts_pin i -1 99 -1
cts_pin i -1 99 -1
power_pin i -1 99 -1
pwrkey_pin i -1 99 -1
reset_pin i -1 99 -1
status_pin i -1 99 -1
watchdog_s i 0 8 8
"""
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
                if not code or not 1 <= len(meaning) <= 2:
                    return "pairs"
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


SETTINGS = {
    words[0]: Setting(words[0], _KINDS[words[1]], tuple(words[2:]))
    for words in (row.split(" ") for row in SCHEMA.splitlines())
}


def refusals(values: Mapping[str, Any]) -> list[tuple[str, str]]:
    """[(name, reason)] of what the agent would refuse; reason "unknown" for a name it lacks."""
    found = []
    for name, setting in SETTINGS.items():
        if name in values and (reason := setting.refusal(values[name])):
            found.append((name, reason))
    return found + [(name, "unknown") for name in sorted(set(values) - set(SETTINGS))]


def refusal_words(texts: Texts, name: str, reason: str) -> str:
    """One refusal as a sentence."""
    wanted = SETTINGS[name].wanted(texts) if name in SETTINGS else ""
    return f"{name}: {texts.get('config_reason', reason, wanted=wanted)}"


def differing(values: Mapping[str, Any]) -> dict[str, Any]:
    """What of `values` is not the default, in the schema's order."""
    return {
        name: values[name]
        for name, setting in SETTINGS.items()
        if name in values and values[name] != setting.default
    }


def as_file(values: Mapping[str, Any]) -> bytes:
    """The file of these settings as the agent stores it."""
    return (json.dumps(differing(values), indent=1, ensure_ascii=True) + "\n").encode("ascii")
