"""The three languages spoken here: our frames, the modem's AT, the acquirer's ISO 8583.

Pure: no I/O, no clock. The same files run on MicroPython and on CPython.
"""

try:
    from micropython import const
except ImportError:

    def const(value):
        """CPython's stand-in; MicroPython's compiler folds const() away by name."""
        return value


VERSION = "0.1.0"
