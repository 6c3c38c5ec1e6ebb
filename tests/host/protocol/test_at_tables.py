"""Tables of the parsers against the texts that people read: neither knows what the other lacks."""

import inspect
import pkgutil
import re
from binascii import crc32
from importlib import import_module

from posdiag.judge import at_reading
from posdiag.judge.explain import ACCOUNTS, CLASSES, DOMAIN_NUMBERS, TIMERS
from posdiag.show.i18n import load
from posproto import at, ids
from posproto.at import causes, errors, shapes, sim, vendor

ENGLISH = load("en")


def test_every_text_of_the_error_table_gives_its_number():
    kept = 0
    for domain, head in (("cme", b"+CME ERROR: "), ("cms", b"+CMS ERROR: ")):
        for text in ENGLISH[f"cause_{domain}"].values():
            try:
                got = errors.code(head + text.encode())
            except at.Unreadable:
                continue
            kept += 1
            assert got[0] == DOMAIN_NUMBERS[domain]
            same = {int(n) for n, other in ENGLISH[f"cause_{domain}"].items() if other == text}
            assert got[1] in same, text
    assert kept >= 100


def test_every_row_of_the_error_table_has_its_text():
    for table, domain in ((errors._CME, "cme"), (errors._CMS, "cms")):
        hashes = {}
        for text in ENGLISH[f"cause_{domain}"].values():
            letters = re.sub("[^a-z0-9]", "", text.lower())
            hashes[crc32(letters.encode()) & 0xFFFFFF] = text
        for i in range(0, len(table), 4):
            assert int.from_bytes(table[i : i + 3], "big") in hashes, (domain, table[i + 3])


def test_every_judged_cause_has_a_name_and_every_name_is_judged():
    for domain, table in (("emm", causes._EMM), ("esm", causes._ESM)):
        named = set(ENGLISH[f"cause_{domain}"])
        if domain == "emm":
            named |= set(ENGLISH["cause_mm"])
        assert {str(number) for number in table[::3]} <= named
        for number in named:
            assert causes.judge(DOMAIN_NUMBERS[domain], int(number)), (domain, number)


def test_every_class_timer_and_account_has_a_text():
    assert set(CLASSES.values()) == set(ENGLISH["class"]) == set(ENGLISH["retry"])
    assert set(TIMERS.values()) == set(ENGLISH["timer"])
    assert set(ACCOUNTS.values()) == set(ENGLISH["account"])


# TS 24.301, TS 24.008 and TS.34 as rows that a person can check: class, account.
JUDGED = {
    ids.CAUSE_EMM: {
        "permanent": {
            2: "cancelled",
            3: "cancelled",
            5: "device",
            6: "device",
            7: "barred",
            8: "barred",
        },
        "area": {11: "roaming", 12: "region", 13: "roaming", 14: "roaming", 15: "no_plan"}
        | {25: "none", 31: "none", 35: "roaming", 48: "none", 63: "none", 78: "none"},
        "temporary": {4: "none", 9: "none", 10: "none", 16: "none", 17: "none", 18: "none"}
        | {19: "apn", 20: "key", 21: "key", 22: "none", 23: "none", 24: "none", 26: "key"}
        | {34: "none", 38: "none", 39: "none", 40: "none", 42: "none", 95: "none", 111: "none"},
        "change": {32: "none", 33: "no_plan"},
    },
    ids.CAUSE_ESM: {
        "permanent": {
            8: "barred",
            27: "apn",
            29: "apn",
            30: "quota",
            32: "no_plan",
            33: "no_plan",
        },
        "area": {66: "no_plan"},
        "temporary": {25: "none", 26: "none", 31: "none", 34: "none", 35: "none", 36: "quota"}
        | {38: "none", 39: "none", 53: "none", 54: "none", 56: "none", 81: "none", 111: "none"},
        "change": dict.fromkeys(
            (28, 37, 40, 43, 50, 51, 52, 55, 57, 58, 59, 60, 61, 65, 112), "none"
        ),
    },
}


def test_causes_are_judged_as_the_standards_say():
    for domain, groups in JUDGED.items():
        for kind, rows in groups.items():
            for number, account in rows.items():
                got = causes.judge(domain, number)
                assert (CLASSES[got[0]], ACCOUNTS[got[2]]) == (kind, account), (domain, number)
    rows = len(causes._EMM) // 3 + len(causes._ESM) // 3
    extra = {48, 63, 95, 111, 81}  # of ranges
    listed = [n for g in JUDGED.values() for rows_ in g.values() for n in rows_]
    assert len([n for n in listed if n not in extra]) == rows


def test_congestion_waits_for_the_network_and_barring_for_a_person():
    assert causes.judge(ids.CAUSE_EMM, 22)[1] == ids.TIMER_BACK_OFF
    assert causes.judge(ids.CAUSE_ESM, 26)[1] == ids.TIMER_BACK_OFF
    assert causes.judge(ids.CAUSE_EMM, 8)[1] == ids.TIMER_FORGIVEN
    assert causes.judge(ids.CAUSE_ESM, 33)[1] == ids.TIMER_SESSION
    assert causes.judge(ids.CAUSE_EMM, 200) is None
    assert causes.judge(ids.CAUSE_ESM, 7) is None


def test_every_kind_event_and_reason_has_a_text():
    kinds = set(at_reading.KINDS.values()) | {"unknown", "command", "result", "event", "sms"}
    kinds |= {kind for kind, _ in at_reading.BARE.values()}
    assert kinds == set(ENGLISH["kind"])
    news = set(at_reading.EVENTS.values()) | set(at_reading.PACKET_EVENTS[1:])
    assert news == set(ENGLISH["news"])
    assert set(at_reading.CELL_STATES) == set(ENGLISH["cell"])
    assert set(at_reading.OWNERS[1:]) == set(ENGLISH["owner"])
    assert {*at_reading.RESULTS.values(), "done"} == set(ENGLISH["final"])
    source = "".join(
        inspect.getsource(import_module(f"posproto.at.{module.name}"))
        for module in pkgutil.iter_modules(at.__path__)
    )
    reasons = set(re.findall(r'Unreadable\("(\w+)"\)', source)) | {"empty", "unknown"}
    assert reasons - {"long", "concat"} == set(ENGLISH["unreadable"])


def test_every_shape_names_its_fields_once():
    for head, _, kind, fields in shapes.SHAPES:
        names = [name.split(":")[0] for part in fields.split() for name in part.split("|")]
        assert len(names) == len(set(names)), head
        assert kind in ENGLISH["kind"]


def test_sim_states_of_errors_are_those_of_the_ids():
    states = {value for name, value in vars(ids).items() if name.startswith("SIM_")}
    assert {sim.cme_state(number) for number in range(256)} <= states | {None}


def test_vendor_events_are_numbered_once():
    numbers = [v for k, v in vars(vendor).items() if k.isupper() and isinstance(v, int)]
    assert len(numbers) == len(set(numbers))
