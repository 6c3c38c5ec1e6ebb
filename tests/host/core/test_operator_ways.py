"""How each operator is asked, and where that is written: vectors/credit/ways.json has every row of
the profiles, its public source where one was found, and what speaks against it.
"""

import importlib
import json

from credit_rig import Books
from source_files import ROOT

WAYS = json.loads((ROOT / "tests/vectors/credit/ways.json").read_text(encoding="utf-8"))


UNSOURCED = {row["operator"] for row in WAYS if not row["source"]}


def rows():
    for region in "2345679":
        table = importlib.import_module(f"posagent.operators.region{region}").ROWS
        for row in filter(None, table.split("\n")):
            operator, _, way = row.split(" ")
            if way != "-":
                assert way.endswith("?") is (operator in UNSOURCED), operator
                yield operator, way.rstrip("?")


def test_every_way_of_asking_says_where_it_stands_or_that_nobody_confirmed_it():
    assert {(row["operator"], row["way"]) for row in WAYS} == set(rows())
    assert all(isinstance(row["source"], str) for row in WAYS)
    confirmed = [row for row in WAYS if row["source"]]
    print(f"{len(confirmed)} of {len(WAYS)} ways have a public source")
    assert len(confirmed) >= 160


def test_nobody_is_asked_in_a_way_without_a_source_unless_the_config_says_how():
    """A card of such an operator, straight from its box and with `balance_by` or a text set."""
    for row in WAYS:
        imsi = row["operator"].partition(",")[0] + "1234567890"
        by = "ussd" if row["way"][0] in "*#" else "sms"
        for config, asked in (
            ({}, bool(row["source"])),
            ({"balance_by": by}, True),
            ({"balance_text": "*100#"}, True),
            ({"balance_by": "none"}, False),
        ):
            way = Books(config, imsi=imsi).credit.way
            assert (way != "-") is asked, (row, config, way)


def test_the_four_operators_of_mainland_china_are_asked_as_somebody_wrote():
    asked = {row["operator"][:5]: row["source"] for row in WAYS if row["operator"][:3] == "460"}
    assert set(asked) == {"46000", "46001", "46003", "46015"}
    assert all(asked[operator] for operator in ("46000", "46001", "46003"))


def test_the_operators_that_nobody_confirmed_are_named_in_the_table():
    table = (ROOT / "tests/vectors/credit/collected.md").read_text(encoding="utf-8")
    table = table[table.index("Nobody confirmed:") :]
    for row in WAYS:
        named = f"{row['operator'].replace(',', '/')} `{row['way']}`" in " ".join(table.split())
        assert named is not bool(row["source"]), row


def test_a_way_that_nobody_confirmed_can_go_to_nobody_but_the_operator():
    """A network refuses a code that it does not know; a wrong number is a stranger's, and paid."""
    senders = {}
    for region in "2345679":
        table = importlib.import_module(f"posagent.operators.region{region}").ROWS
        for row in filter(None, table.split("\n")):
            operator, names, _ = row.split(" ")
            senders[operator] = names.split(",")
    unconfirmed = [row for row in WAYS if not row["source"]]
    assert len(unconfirmed) <= 18
    for row in unconfirmed:
        way = row["way"]
        own = way.partition(":")[0] in senders[row["operator"]]
        assert (way[0] in "*#" and way.rstrip("$").endswith("#")) or own, row
