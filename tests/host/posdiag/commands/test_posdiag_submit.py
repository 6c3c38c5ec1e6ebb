"""`posdiag submit` where the answer is slow: a message is handed in once, whatever a shop does."""

import re

import pytest

from frame_device import Device
from posdiag.errors import EXIT_REFUSED, EXIT_USAGE
from posdiag.link.handed import Ledger
from posdiag_cli import run
from posproto import ids


@pytest.fixture(autouse=True)
def english(monkeypatch, tmp_path):
    monkeypatch.setenv("POSDIAG_LANG", "en")
    monkeypatch.setenv("POSDIAG_STATE_DIR", str(tmp_path))


@pytest.fixture
def device():
    with Device() as found:
        yield found


def test_submit_hands_in_and_reports_the_end(device, capsys, tmp_path):
    message = tmp_path / "settle.hex"
    message.write_text("0500 2020")
    device.values[ids.OP_SUBMIT_COMMIT] = {ids.MSG_ID: 5, ids.MSG_STATE: ids.MS_READY}
    acknowledged = {ids.MSG_STATE: ids.MS_ACKNOWLEDGED, ids.MSG_MTI: 500, ids.MSG_F39: "00"}
    device.values[ids.OP_QUERY] = acknowledged
    status, out, _ = run(capsys, "submit", device.path, "-m", message, "--record-id", "5")
    assert status == 0
    assert "safe in the terminal (record 5)" in out
    assert "0500 (settlement), acknowledged, 00 (approved)" in out
    (commit,) = [r for _, r in device.requests if r[ids.RQ_OP] == ids.OP_SUBMIT_COMMIT]
    assert commit[ids.RQ_ARGS][ids.SUB_BYTES] == bytes.fromhex("05002020")


@pytest.fixture
def sale(tmp_path):
    """A message in a file that nobody handed in before."""
    file = tmp_path / "sale.hex"
    file.write_text("0200" + tmp_path.name.encode().hex())
    return file


def commits(device):
    return [r[ids.RQ_ARGS] for _, r in device.requests if r[ids.RQ_OP] == ids.OP_SUBMIT_COMMIT]


def test_a_sale_whose_answer_was_slow_is_not_booked_twice(device, capsys, sale):
    device.values[ids.OP_SUBMIT_COMMIT] = {ids.MSG_STATE: ids.MS_READY}
    argv = ("submit", device.path, "-m", sale, "--wait", "0")
    device.deaf_to = {ids.OP_SUBMIT_COMMIT}
    status, out, err = run(capsys, *argv, "--timeout", "1")
    assert (status, out) == (EXIT_REFUSED, "")
    number = int(re.search(r"Record (\d+)\.", err)[1])  # known before anything was sent
    assert f"--record-id {number} --query" in err and "Try again" not in err
    assert f"--message {sale} --record-id {number}" in err
    device.deaf_to = set()
    before = len(commits(device))
    status, _, err = run(capsys, *argv)
    assert status == EXIT_REFUSED and f"as record {number}, to terminal POS-00042" in err
    assert len(commits(device)) == before  # nothing was sent
    status, out, _ = run(capsys, *argv, "--record-id", number)
    assert status == 0 and f"(record {number})" in out
    assert {args[ids.SUB_ID] for args in commits(device)} == {number}
    assert run(capsys, *argv, "--again")[0] == 0  # somebody really wants a second one
    assert len({args[ids.SUB_ID] for args in commits(device)}) == 2


def test_what_became_of_a_record_can_be_asked(device, capsys):
    device.values[ids.OP_QUERY] = {ids.MSG_STATE: ids.MS_ACKNOWLEDGED, ids.MSG_MTI: 200}
    argv = ("submit", device.path, "--record-id", "5", "--query", "--wait", "0")
    status, out, _ = run(capsys, *argv)
    assert status == 0 and "acknowledged" in out
    assert not commits(device)
    device.results[ids.OP_QUERY] = ids.R_NOT_FOUND
    status, _, err = run(capsys, *argv)
    assert status == EXIT_REFUSED and "does not know record 5" in err


def test_a_record_is_asked_about_by_its_number(device, capsys):
    status, _, err = run(capsys, "submit", device.path, "--query")
    assert status == EXIT_USAGE and "--record-id is missing" in err


def test_a_day_later_the_same_bytes_may_be_another_sale(tmp_path):
    ledger = Ledger(tmp_path / "handed-in.json")
    ledger.note(b"sale", 7, "POS-1", 1_000_000)
    assert [item.record for item in ledger.lately(b"sale", 1_000_000 + 86_399)] == [7]
    assert ledger.lately(b"sale", 1_000_000 + 86_400) == []
    assert ledger.lately(b"other", 1_000_001) == []
    (tmp_path / "handed-in.json").write_text("{")
    assert ledger.lately(b"sale") == []  # a damaged list stops nobody
