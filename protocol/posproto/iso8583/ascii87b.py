"""ISO 8583:1987 as text with raw bitmaps and raw binary fields, as many switches speak it.

A TPDU before it is skipped by the setting skip_bytes.
"""

from .ascii87 import TABLE as _TEXT

SKIP = 0  # bytes before the message
HEADER = -1


def _raw():
    table = bytearray(_TEXT)
    table[0] = 0x6D
    for n in (52, 64, 96, 128):
        table[n] //= 2  # two characters there are one byte here
    table[65] = 1
    return bytes(table)


TABLE = _raw()
