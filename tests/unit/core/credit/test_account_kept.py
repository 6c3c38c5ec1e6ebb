"""What a power cut leaves of the account: each field as it was, or nothing of a strange file."""

from binascii import crc32

from memory_storage import MemoryStorage
from posagent.core.credit import account_file
from posproto import cbor

# In the order of the file, which no version may change.
# fmt: off
NAMES = [
    "card", "balance_minor", "currency", "balance_unix_s",
    "said", "said_unix_s", "valid_day", "fee_dom", "fee_minor", "jump_day",
    "alerts", "keyword", "drops", "mute",
    "month", "asked", "paid",
    "left_kb", "period", "module_bytes", "traffic_bytes", "traffic_before",
    "history", "plan", "ask_unix_s", "count_day",
]
# fmt: on
KEPT = {
    "balance_minor": -305,
    "currency": "CNY",
    "left_kb": 2048,
    "traffic_bytes": [1, 2, 3],
    "traffic_before": [4, 5, 6],
    "history": [20000, 500],
    "plan": {1: 3000},
}


class Credit:
    file = "credit"

    def __init__(self, storage):
        self.storage = storage


def kept():
    """A value for each field that no other has."""
    return [KEPT.get(name, 1000 + i) for i, name in enumerate(NAMES)]


def on_flash(values):
    storage = MemoryStorage()
    raw = cbor.encode(values, 1024)
    storage.write("credit", crc32(raw).to_bytes(4, "big") + raw)
    return storage


def loaded(storage):
    credit = Credit(storage)
    account_file.load(credit)
    return {name: getattr(credit, name) for name in NAMES}


def test_after_a_power_cut_each_field_is_what_it_was():
    credit = Credit(MemoryStorage())
    account_file.load(credit)
    for name, value in zip(NAMES, kept()):
        setattr(credit, name, value)
    account_file.save(credit)
    assert loaded(credit.storage) == dict(zip(NAMES, kept()))
    raw = credit.storage.read("credit")
    assert cbor.decode(raw, 4) == [1] + kept(), "the order is the file's"


def test_nothing_is_known_before_the_first_text():
    numbers = dict.fromkeys(NAMES, 0)
    numbers.update(balance_minor=None, left_kb=None, currency="", history=[], plan={})
    numbers.update(traffic_bytes=[0, 0, 0], traffic_before=[0, 0, 0])
    assert loaded(MemoryStorage()) == numbers


def test_an_older_program_kept_fewer_fields_and_a_newer_one_more():
    old = loaded(on_flash([1] + kept()[:20]))
    assert old["module_bytes"] == 1019 and old["traffic_bytes"] == [0, 0, 0] and old["plan"] == {}
    assert loaded(on_flash([1] + kept() + [7, 8])) == dict(zip(NAMES, kept()))


def test_a_file_whose_types_no_program_wrote_counts_as_never_written():
    nothing = loaded(MemoryStorage())
    strange = {int: "7", str: 7, list: {}, dict: []}
    for i, value in enumerate(kept()):
        for wrong in (strange[type(value)], b"7", True):
            values = kept()
            values[i] = wrong
            assert loaded(on_flash([1] + values)) == nothing, (NAMES[i], wrong)
    for whole in (7, {}, [], [2] + kept(), None):
        assert loaded(on_flash(whole)) == nothing, whole


def test_what_may_be_unknown_may_be_nothing_on_flash():
    values = kept()
    for name in ("balance_minor", "left_kb", "currency"):
        values[NAMES.index(name)] = None
    assert loaded(on_flash([1] + values))["said"] == 1004


def test_a_bit_that_turned_on_flash_empties_the_account_and_no_more():
    storage = on_flash([1] + kept())
    raw = bytearray(storage.read("credit"))
    raw[9] ^= 1
    storage.write("credit", bytes(raw))
    assert loaded(storage) == loaded(MemoryStorage())
