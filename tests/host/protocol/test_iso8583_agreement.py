"""The walker and an independent codec agree on generated messages of every dialect.

ISO_MESSAGES=10000 runs the full count; without it a slice.
"""

import os
import random
import re

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dual import vectors
from posproto.iso8583 import ascii87, ascii87b, cup, nac, walker
from posworld.acquirer import specs

MESSAGES = int(os.environ.get("ISO_MESSAGES", "250"))
MTIS = (100, 110, 120, 130, 200, 210, 220, 230, 320, 330, 400, 410, 420, 430, 500, 510, 620)
MTIS += (630, 800, 810, 820, 830, 201, 221, 401, 411, 421)
TABLES = {"cup": cup, "nac": nac, "ascii87": ascii87, "ascii87b": ascii87b}
FIELDS = {
    "cup": re.findall(r"(\d+) ([nzabx])(\.{0,3})(\d+)", specs.UNIONPAY),
    "nac": re.findall(r"(\d+) ([nzabx])(\.{0,3})(\d+)", specs.ISO_1987),
}
FIELDS["ascii87"] = FIELDS["ascii87b"] = FIELDS["nac"]
PRINTABLE = "".join(chr(c) for c in range(32, 127))
ANY = "".join(chr(c) for c in range(256))


def value(rng, dialect, number, kind, dots, size):
    """A random value of a field, often at the ends of its lengths."""
    packed = dialect in ("cup", "nac")
    if dots:
        size = rng.choice((0, 1, size - 1, size, rng.randrange(size + 1)))
    if kind in "nz":
        text = "".join(rng.choice("0123456789") for _ in range(size))
        if kind == "z" and size > 2:
            text = text[: size // 2] + "D" + text[size // 2 + 1 :]
        return text
    if kind == "x":
        sign = "43" if packed else "C"
        return sign + "".join(rng.choice("0123456789") for _ in range(size))
    if kind == "b":
        return "".join(rng.choice("0123456789ABCDEF") for _ in range(size * 2))
    if number == 60 and rng.random() < 0.5:
        return f"{rng.randrange(1000000):06}"
    kept = number in (37, 39, 41, 42)
    return "".join(rng.choice(PRINTABLE if kept or not packed else ANY) for _ in range(size))


def message(dialect, mti, chosen, seed):
    """Fields for the codec."""
    rng = random.Random(seed)
    doc = {"t": f"{mti:04}", "h": "%022x" % rng.getrandbits(88)}
    doc["h"] = doc["h"][: specs.DIALECTS[dialect].header_bytes * 2].upper()
    for i in chosen:
        number, kind, dots, size = FIELDS[dialect][i % len(FIELDS[dialect])]
        doc[number] = value(rng, dialect, int(number), kind, dots, int(size))
    return doc


def expected(dialect, doc):
    """What the walker has to keep of a message that the codec has read."""
    want = {f"f{n}": doc.get(str(n)) for n in (3, 4, 7, 11, 12, 13, 15, 37, 39, 41, 42, 70)}
    want |= {"mti": int(doc["t"]), "order": 0, "flags": None}
    want |= {"f60_1": None, "f60_2": None, "f60_3": None}
    batch = doc.get("60", "")
    if dialect == "cup":
        want["order"] = int(doc["h"][15], 16)
        if len(batch) >= 8:
            want |= {"f60_1": batch[:2], "f60_2": batch[2:8]}
        if len(batch) >= 11:
            want["f60_3"] = batch[8:11]
        totals = doc.get("48", "")
        if doc["t"][:3] == "051" and len(totals) == 62:
            want["flags"] = (int(totals[30]), int(totals[61]))
    elif re.fullmatch("[0-9]{6}", batch):
        want["f60_2"] = batch
    return want


@pytest.mark.parametrize("dialect", ["cup", "nac", "ascii87", "ascii87b"])
def test_walker_agrees_with_pyiso8583(dialect):
    codec = specs.DIALECTS[dialect]
    device = TABLES[dialect]

    @settings(
        max_examples=MESSAGES, deadline=None, database=None, suppress_health_check=HealthCheck
    )
    @given(
        st.sampled_from(MTIS),
        st.sets(st.integers(0, len(FIELDS[dialect]) - 1)),
        st.integers(0, 2**32 - 1),
    )
    def agree(mti, chosen, seed):
        frame = codec.encode(message(dialect, mti, chosen, seed))
        walked = walker.walk(frame, device.TABLE, device.SKIP, device.HEADER)
        decoded = codec.decode(frame)
        want = expected(dialect, decoded)
        assert {key: getattr(walked, key) for key in want} == want
        kept = repr(vars(walked))
        for secret in ("2", "34", "35", "36", "45", "48", "52", "55", "61", "62", "102"):
            text = decoded.get(secret, "")
            assert len(text) < 13 or text not in kept, secret
        for hurt in (frame[:-1], frame + b"0"):
            with pytest.raises(walker.Unparsed):
                walker.walk(hurt, device.TABLE, device.SKIP, device.HEADER)

    agree()


def test_worked_frames_are_reproduced_by_the_codec():
    for row in vectors("iso8583/frames.json"):
        codec = specs.DIALECTS[row["dialect"]]
        frame = bytes.fromhex(row["frame"])[2:]
        assert codec.encode(codec.decode(frame)) == frame, row["name"]
