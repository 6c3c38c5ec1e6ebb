"""Gives CPython a cryptolib for as long as a test runs: the agent seals its messages with it.

Imported before the agent, which looks for the module when it starts.
"""

import sys

import soft_aes

sys.modules.setdefault("cryptolib", soft_aes)
