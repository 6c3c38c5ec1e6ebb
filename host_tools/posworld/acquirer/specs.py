"""Dialects of the acquirer, as field lists from which pyiso8583's specs are made.

A field reads as in the standards: `n6` six digits, `n..19` up to 19 digits behind a length of two
digits, `n...322` behind three; `a` text, `b` bytes, `x` a sign and digits.
A `>` pads on the right.
"""

from __future__ import annotations

import hmac
import re
from dataclasses import dataclass
from typing import Any

import iso8583

UNIONPAY = """
2 n..19  3 n6  4 n12  11 n6  12 n6  13 n4  14 n4  15 n4  22 n3>  23 n3  25 n2  26 n2  32 n..11
35 z..37  36 z...104  37 a12  38 a6  39 a2  41 a8  42 a15  43 a40  44 a..25  48 n...322  49 a3
52 b8  53 n16  54 a...20  55 b...255  58 a...100  59 a...600  60 n...17  61 n...29  62 b...512
63 a...163  64 b8
"""

ISO_1987 = """
2 n..19  3 n6  4 n12  5 n12  6 n12  7 n10  8 n8  9 n8  10 n8  11 n6  12 n6  13 n4  14 n4  15 n4
16 n4  17 n4  18 n4  19 n3  20 n3  21 n3  22 n3  23 n3  24 n3  25 n2  26 n2  27 n1  28 x8  29 x8
30 x8  31 x8  32 n..11  33 n..11  34 a..28  35 z..37  36 a...104  37 a12  38 a6  39 a2  40 a3
41 a8  42 a15  43 a40  44 a..25  45 a..76  46 a...999  47 a...999  48 a...999  49 a3  50 a3  51 a3
52 b8  53 n16  54 a...120  55 a...999  56 a...999  57 a...999  58 a...999  59 a...999  60 a...999
61 a...999  62 a...999  63 a...999  64 b8  66 n1  67 n2  68 n3  69 n3  70 n3  71 n4  72 n4  73 n6
74 n10  75 n10  76 n10  77 n10  78 n10  79 n10  80 n10  81 n10  82 n12  83 n12  84 n12  85 n12
86 n16  87 n16  88 n16  89 n16  90 n42  91 a1  92 a2  93 a6  94 a7  95 a42  96 b16  97 x16  98 a25
99 n..11  100 n..11  101 a..17  102 a..28  103 a..28  104 a...100  105 a...999  106 a...999
107 a...999  108 a...999  109 a...999  110 a...999  111 a...999  112 a...999  113 a...999
114 a...999  115 a...999  116 a...999  117 a...999  118 a...999  119 a...999  120 a...999
121 a...999  122 a...999  123 a...999  124 a...999  125 a...999  126 a...999  127 a...999  128 b8
"""

_FIELD = re.compile(r"(\d+) ([nzabx])(\.{0,3})(\d+)(>?)")


def _field(kind: str, dots: str, size: int, right: bool, packed: bool) -> dict[str, Any]:
    length = len(dots)
    out: dict[str, Any] = {"desc": kind + dots + str(size), "len_enc": "ascii"}
    if not packed:
        size = {"b": size * 2, "x": size + 1}.get(kind, size)
        return out | {"data_enc": "ascii", "len_type": length, "max_len": size}
    out |= {"len_enc": "bcd", "len_type": (length + 1) // 2}
    if kind == "a":
        return out | {"data_enc": "latin-1", "max_len": size}
    if kind == "b":
        return out | {"data_enc": "b", "max_len": size}
    if kind == "x":
        return out | {"data_enc": "b", "max_len": size // 2 + 1}
    pad = {"right_pad": "0"} if length or right else {"left_pad": "0"}
    return out | {"data_enc": "b", "len_count": "nibbles", "max_len": size} | pad


def make_spec(fields: str, packed: bool, header_bytes: int) -> dict[str, dict[str, Any]]:
    """A spec for pyiso8583 out of a field list."""
    fixed: dict[str, Any] = {"len_enc": "ascii", "len_type": 0, "desc": ""}
    raw = "b" if packed else "ascii"
    bitmap = fixed | {"data_enc": raw, "max_len": 8 if packed else 16}
    spec = {
        "h": fixed | {"data_enc": "b", "max_len": header_bytes},
        "t": fixed | {"data_enc": raw, "max_len": 2 if packed else 4},
        "p": bitmap,
        "1": bitmap,
    }
    for number, kind, dots, size, right in _FIELD.findall(fields):
        spec[number] = _field(kind, dots, int(size), bool(right), packed)
    return spec


def with_raw_bitmaps(spec: dict[str, dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """A text spec whose bitmaps and binary fields are bytes."""
    raw = {}
    for name in ("p", "1", "52", "64", "65", "96", "128"):
        if name in spec:
            raw[name] = spec[name] | {"data_enc": "b", "max_len": spec[name]["max_len"] // 2}
    return spec | raw


@dataclass(frozen=True)
class Dialect:
    """How one acquirer writes its messages; `order_at` is the header's order byte."""

    name: str
    spec: dict[str, dict[str, Any]]
    header_bytes: int
    order_at: int | None = None

    def decode(self, frame: bytes) -> dict[str, str]:
        """Fields of a frame without its length prefix; ValueError where it is not readable."""
        try:
            return iso8583.decode(frame, self.spec)[0]
        except KeyError as missing:
            raise ValueError(f"field {missing} is not of the dialect {self.name}") from None

    def encode(self, fields: dict[str, str]) -> bytes:
        """The frame without its length prefix."""
        return bytes(iso8583.encode(dict(fields), self.spec)[0])

    def mac(self, key: bytes, frame: bytes) -> str:
        """F64 of a frame that has one: a keyed hash over MTI to F63, as hexadecimal digits.

        It stands in for the bank's X9.19 MAC: any changed byte shows.
        """
        size = self.spec["64"]["max_len"]
        digest = hmac.digest(key, frame[self.header_bytes : -size], "sha256")
        return digest[:8].hex().upper()

    def seal(self, key: bytes, frame: bytes) -> bytes:
        """The frame with its F64 computed."""
        mac = self.mac(key, frame)
        size = self.spec["64"]["max_len"]
        return frame[:-size] + (bytes.fromhex(mac) if size == 8 else mac.encode())


DIALECTS = {
    "cup": Dialect("cup", make_spec(UNIONPAY, True, 11), 11, 7),
    "nac": Dialect("nac", make_spec(ISO_1987, True, 5), 5),
    "ascii87": Dialect("ascii87", make_spec(ISO_1987, False, 0), 0),
    "ascii87b": Dialect("ascii87b", with_raw_bitmaps(make_spec(ISO_1987, False, 0)), 0),
}
