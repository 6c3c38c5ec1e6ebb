"""Gives CPython the `cryptolib` that MicroPython has: the agent seals its messages with it.

Imported before the agent, which looks for the module when it starts.
"""

from __future__ import annotations

import sys
import types

from . import soft_aes

_module = types.ModuleType("cryptolib")
_module.aes = soft_aes.aes  # type: ignore[attr-defined]
sys.modules.setdefault("cryptolib", _module)
