"""Which card, which modem: whole numbers with the device's key, their last digits without it."""

from __future__ import annotations

from posproto import ids

from ..errors import KeyNeeded, NoAnswer, NotRecorded, RequestFailed
from ..keys.device_key import Key
from ..link.client import Client
from .model import as_map

# Older agents number the identities, newer ones name them.
_NAMES = ("imei", "iccid", "imsi", "operator", "modem")
# So many digits tell one from another for a help desk, and are no whole number.
LAST = {"iccid": 8, "imei": 8, "imsi": 2}


def masked(identity: dict[str, str]) -> dict[str, str]:
    """Identities as a terminal tells them without its key."""
    return {
        name: "*" * (len(text) - LAST[name]) + text[-LAST[name] :] if name in LAST else text
        for name, text in identity.items()
    }


def ask_identity(client: Client, timeout_s: float, key: Key | None = None) -> dict[str, str]:
    """Identities by name, whole with the key; empty where the agent does not tell."""
    try:
        value = as_map(_ask(client, timeout_s, key))
    except (NoAnswer, NotRecorded, RequestFailed):
        return {}
    found = {}
    for number, text in value.items():
        name = _NAMES[number] if isinstance(number, int) and number < len(_NAMES) else number
        if isinstance(text, str) and text:
            found[str(name)] = text
    return found


def _ask(client: Client, timeout_s: float, key: Key | None) -> object:
    """With a key that is not this terminal's, or that it does not have, what needs none."""
    if key is not None and client.is_live:
        try:
            return client.request_keyed(ids.OP_IDENTITY, None, key, timeout_s=timeout_s).value
        except (NoAnswer, RequestFailed, KeyNeeded):
            pass
    return client.request(ids.OP_IDENTITY, timeout_s=timeout_s).value
