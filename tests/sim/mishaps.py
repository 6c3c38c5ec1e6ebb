"""What befalls a shop: faults of its line and of its host, and bits that turn on a wire."""

from __future__ import annotations

from collections.abc import Iterable

# Per thousand requests.
HOST_FAULTS = {
    "ignore": 50,
    "hang_up": 20,
    "half_close": 10,
    "f39": 50,
    "lose": 50,
    "hang_up_after": 20,
    "reset": 20,
    "echo": 5,
    "reject": 10,
    "garbage": 10,
    "delay": 40,
    "duplicate": 40,
    "keep_alive": 20,
    "pieces": 20,
    "tpdu": 20,
    "origin": 20,
    "stan": 10,
    "short": 15,
    "long_prefix": 10,
}
LINE_FAULTS = (
    *("detach", "end_context", "reset", "resets", "hang", "lose_settings", "path", "half_open"),
    *("mute", "wire", "slow", "no_coverage", "bar_data", "data_mode"),
)
_BITS_MAX = 8


def turned(frame: bytes, sent: Iterable[bytes]) -> bytes | None:
    """The one of `sent` that it is with the fewest bits turned, None where it is none with a few.

    Where bits turned in the length in front of it, it is cut; never is anything behind it or lost
    in it.
    """
    number = int.from_bytes(frame, "big")
    found = [
        ((int.from_bytes(known[: len(frame)], "big") ^ number).bit_count(), known)
        for known in sent
        if len(known) >= len(frame)
    ]
    bits, nearest = min(found, default=(_BITS_MAX + 1, b""))
    return nearest if bits <= _BITS_MAX else None
