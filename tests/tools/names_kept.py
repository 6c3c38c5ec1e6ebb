"""How many names MicroPython keeps, before and after texts of ever other characters came.

    MICROPYPATH=protocol:firmware micropython tests/tools/names_kept.py

A name stays for ever, and what chr(), an index or a loop makes of a text is one. Prints
`qstr_info()` twice.
"""

import micropython

from posagent.core.credit import menu, operators
from posagent.core.credit.text import letters
from posproto import cbor
from posproto.at import charset

WIDTH = 24


def characters(n):
    """As UTF-16, and as text made without a name: Chinese, Korean, Cyrillic and signs in turn."""
    out = bytearray()
    for i in range(WIDTH):
        at = n * WIDTH + i
        first = (0x4E00, 0xAC00, 0x0400, 0x2100)[n % 4]
        code = first + at % (256 if first < 0x4E00 else 9000)
        out.append(code >> 8)
        out.append(code & 255)
    return out


def heard(profile, n):
    odd = charset.ucs2_text(characters(n))
    text = odd + "1,您的话费余额是" + odd[3:6] + "50.00元。" + odd + "截至2026年" + odd[1:4] + "10"
    text += odd[5:8] + "日【" + odd[:4] + "】\n1>" + odd + "(" + odd[:2] + "\n2." + odd
    profile.read(text, 20000)
    letters.mask(text)
    menu.items(letters.normal(text))
    cbor.decode(cbor.encode({1: text}))


def main():
    profile = operators.load("46000", "", "")
    for n in range(4):
        heard(profile, n)
    micropython.qstr_info()
    for n in range(4, 60):
        heard(profile, n)
    micropython.qstr_info()


main()
