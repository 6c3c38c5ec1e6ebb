"""The SIM card's account in a technician's hands: asked now, its plan told, a platform's word."""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from typing import Any

import pytest

if sys.platform == "win32":
    pytest.skip("no ptys here", allow_module_level=True)

from field import Terminal

QUIET = {"device_id": "pos-e2e", "balance_every_h": 24}
MACHINE = {"imsi": "460041234567890", "iccid": "89860425128306012474"}


@pytest.fixture
def key_file(tmp_path: Path) -> Path:
    return tmp_path / "order.key"


def keep_key(shop: Terminal, file: Path) -> str:
    file.touch(0o600)
    file.write_text(shop.key.hex())
    return str(file)


def credit(shop: Terminal) -> dict[str, Any]:
    shown: dict[str, Any] = json.loads(shop.posdiag("credit", "{port}", "--json").stdout)
    return shown


def test_a_balance_that_is_asked_for_now_is_read_and_not_asked_again_at_once(
    new_terminal, key_file
):
    shop = new_terminal(account={"balance_minor": 3345}, agent=QUIET)
    shop.start()
    shop.shows("the first balance", lambda status: status.balance_minor == 3345)
    shop.settled()
    key = keep_key(shop, key_file)
    held = shop.posdiag("credit", "{port}", "--ask", "--key-file", key)
    assert re.search("asks by itself in [5-9] min", held.stdout), held.stdout
    shop.until(1200)
    shop.do("balance", minor=2718)
    shop.posdiag("credit", "{port}", "--ask", "--key-file", key)
    shop.run()
    shop.shows("the balance of now", lambda status: status.balance_minor == 2718)
    shop.hold()
    assert credit(shop)["balance_minor"] == 2718
    shown = shop.posdiag("credit", "{port}").stdout
    assert "CNY 27.18" in shown and "Next question" in shown
    assert "27.18元" in shop.posdiag("credit", "{port}", "--lang", "zh").stdout


def test_a_machines_card_is_told_its_plan_and_what_the_platform_says(new_terminal, key_file):
    shop = new_terminal(sim=MACHINE, agent=QUIET)
    shop.start()
    shop.settled()
    key = keep_key(shop, key_file)
    assert "this card answers no text or code" in shop.posdiag("credit", "{port}").stdout
    done = shop.posdiag("credit", "{port}", "--ask", "--key-file", key, status=9)
    assert "cannot be asked for its balance" in done.stderr
    plan = [
        "--begin",
        "2025-05-01",
        "--months",
        "12",
        "--quota-mb",
        "30",
        "--reseller",
        "Nord IoT",
    ]
    shop.posdiag("plan", "set", "{port}", *plan, "--key-file", key)
    assert credit(shop)["plan"]["quota_kb"] == 30720
    shop.posdiag(
        "plan", "push", "{port}", "--state", "欠费停机", "--used-mb", "29.5", "--key-file", key
    )
    told = credit(shop)
    assert (told["state"], told["plan"]["used_kb"]) == ("suspended", 30208)
    shown = shop.posdiag("credit", "{port}").stdout
    assert "Nord IoT" in shown and "2026-04-30" in shown
    assert "stopped, unpaid" in shown and "whether this card is paid and active" in shown
    shop.posdiag(
        "plan", "push", "{port}", "--state", "active", "--used-mb", "1", "--key-file", key
    )
    assert credit(shop)["state"] == "unknown"
    shop.settled()
