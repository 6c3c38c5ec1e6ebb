"""Gives CPython the `cryptolib` that MicroPython has: the agent seals its messages with it.

Imported before the agent, which looks for the module when it starts.
"""

from __future__ import annotations

import sys
import types

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

_CBC = 2


class aes:  # noqa: N801 - cryptolib's name
    """MicroPython's cryptolib.aes, in its one mode that the agent uses."""

    def __init__(self, key: bytes, mode: int, iv: bytes) -> None:
        if mode != _CBC:
            raise ValueError("mode")
        cipher = Cipher(algorithms.AES(bytes(key)), modes.CBC(bytes(iv)))
        self.encrypt = cipher.encryptor().update
        self.decrypt = cipher.decryptor().update


_module = types.ModuleType("cryptolib")
_module.aes = aes  # type: ignore[attr-defined]
sys.modules.setdefault("cryptolib", _module)
