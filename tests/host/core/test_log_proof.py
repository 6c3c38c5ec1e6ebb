"""The log as evidence: what the agent binds together, judged by other libraries and the tool."""

from __future__ import annotations

import hashlib
import hmac
import json
from binascii import crc32

import cbor2
import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from frame_device import written_key
from memory_storage import MemoryStorage
from posagent.core.life.clock import Clock
from posagent.core.life.eventlog import EventLog, next_boot
from posdiag.errors import OtherSpeech
from posdiag.facts import log_proof
from posdiag.facts.rawlog import RawLog
from posdiag.facts.timeline import stored_events, stored_records
from posdiag.keys import device_key
from posdiag.link import client
from posdiag_cli import run
from posproto import ids

KEY = bytes(range(32))


def _log(storage, key=KEY, segment_bytes=16384):
    boot = next_boot(storage)
    return EventLog(storage, Clock(), boot, [0] * 64, segment_bytes, key)


def _lived(key=KEY, segment_bytes=16384, starts=3, events=20):
    """A log of a few starts; the power takes what was in RAM at the end of each but the last."""
    storage = MemoryStorage()
    for start in range(starts):
        log = _log(storage, key, segment_bytes)
        log.add(ids.E_BOOT, ids.SEV_INFO)
        for n in range(events):
            log.add(ids.E_SIGNAL, ids.SEV_INFO, {ids.A_SIGNAL_DBM: -n})
            if n % 7 == 3:
                log.flush()
                log.add(ids.E_KEY_REFUSED, ids.SEV_WARNING, {ids.A_COUNT: n})
        if start == starts - 1:
            log.flush()
    return storage, log


def _records(log):
    found, at = [], 0
    while True:
        page, at, oldest = log.read(at, 16, 4000)
        if not page:
            return oldest, found
        found += page


def _proof(log, records=None, told=None):
    oldest, all_records = _records(log)
    records = all_records if records is None else records
    return log_proof.prove(records, log_proof.log_key(KEY), oldest, told)


def test_each_record_is_proven_by_the_words_of_the_specification():
    """HKDF by cryptography, CBOR by cbor2, HMAC by Python: nothing of ours."""
    key = HKDF(hashes.SHA256(), 32, None, b"POSMA log 1").derive(KEY)
    before = -1
    for raw in _records(_lived()[1])[1]:
        event = cbor2.loads(raw)
        assert list(event)[-2:] == [ids.EV_STEP, ids.EV_MAC] == [7, 8]
        assert event[8] == hmac.new(key, raw[:-8], hashlib.sha256).digest()[:8]
        assert event[5] - event[7] == before
        before = event[5]


def test_a_log_that_was_left_alone_is_complete_through_starts_and_lost_buffers():
    _, log = _lived()
    proof = _proof(log, told=log.flashed)
    assert not proof.is_broken and not proof.unsigned
    assert (proof.first.sequence, proof.last.sequence) == (0, log.flashed)


def test_a_log_that_went_round_keeps_its_evidence_proven():
    _, log = _lived(segment_bytes=900, events=60)
    proof = _proof(log, told=log.flashed)
    assert not proof.is_broken and proof.evidence > 3
    assert proof.first.sequence == _records(log)[0] > 0


def test_a_power_cut_after_the_evidence_was_kept_leaves_a_log_without_a_gap():
    """Its segment was not replaced yet: what is evidence stands in both places."""
    storage, log = _lived(segment_bytes=900, events=60)
    before = dict(storage.files)
    current = log.current
    while log.current == current:
        log.add(ids.E_KEY_REFUSED, ids.SEV_WARNING, {ids.A_COUNT: 1})
        log.flush()
    old = f"log{log.current}"
    assert storage.files["log3"] != before["log3"]
    storage.files[old] = before[old]
    log = _log(storage, segment_bytes=900)
    proof = _proof(log, told=log.flashed)
    assert proof.evidence and not proof.is_broken


def test_a_record_taken_out_is_missed_wherever_it_stood():
    _, log = _lived()
    records = _records(log)[1]
    numbers = [cbor2.loads(raw)[5] for raw in records]
    for at in range(1, len(records) - 1):
        proof = _proof(log, records[:at] + records[at + 1 :], log.flashed)
        assert proof.missing == [(numbers[at], numbers[at + 1])] and not proof.changed
    proof = _proof(log, records[:-1], log.flashed)
    assert proof.cut == (numbers[-1], numbers[-2])


def test_every_changed_byte_is_found():
    _, log = _lived(starts=1, events=6)
    records = _records(log)[1]
    for at, raw in enumerate(records):
        for place in range(len(raw)):
            forged = bytearray(raw)
            forged[place] ^= 1
            changed = [*records[:at], bytes(forged), *records[at + 1 :]]
            proof = _proof(log, changed, log.flashed)
            # Without its proof the oldest one is told to have none.
            assert proof.is_broken or (at == 0 and proof.unsigned == 1), (at, place)


def test_a_record_put_in_or_written_without_the_key_is_found():
    _, log = _lived()
    records = _records(log)[1]
    event = cbor2.loads(records[5])
    for forged in (
        {**event, 5: event[5], 3: ids.E_UNLOCKED},
        {**event, 5: cbor2.loads(records[-1])[5] + 1},
        {key: event[key] for key in event if key < 7} | {5: cbor2.loads(records[-1])[5] + 1},
    ):
        assert _proof(log, [*records, cbor2.dumps(forged, canonical=True)]).changed


def test_the_proofs_of_an_agents_log_are_no_news_to_whoever_reads_it(tmp_path, capsys):
    storage, log = _lived()
    path = tmp_path / "log0"
    path.write_bytes(storage.files["log0"])
    raw_log = RawLog([str(path)])
    events = list(raw_log.events())
    assert len(events) == len(_records(log)[1]) and not raw_log.says_more
    status, out, err = run(capsys, "log", "--raw-log", str(path), "--lang", "en", "--json")
    assert status == 0 and "does not know" not in err and "unknown" not in out
    newer = cbor2.dumps({0: 1, 1: 1, 3: ids.E_BOOT, 4: 1, 5: 9, 60: 1})
    body = len(newer).to_bytes(2, "big") + newer
    path.write_bytes(body + crc32(body).to_bytes(4, "big"))
    assert "does not know" in run(capsys, "log", "--raw-log", str(path), "--lang", "en")[2]


@pytest.mark.parametrize(
    "odd",
    [
        b"",
        b"\xff",
        b"\x9f" * 300,
        cbor2.dumps(7),
        cbor2.dumps([5, 1]),
        cbor2.dumps({0: 1, 3: 2}),
        cbor2.dumps({5: "nine"}),
        cbor2.dumps({5: True, 7: 1, 8: bytes(8)}),
        cbor2.dumps({5: -1}),
        cbor2.dumps({5: None, 8: 3}),
    ],
)
def test_what_is_no_record_is_told_and_the_others_are_judged_all_the_same(odd):
    _, log = _lived()
    proof = _proof(log, [*_records(log)[1], odd], log.flashed)
    assert proof.foreign == 1 and proof.is_broken
    assert (proof.first.sequence, proof.last.sequence) == (0, log.flashed)


@pytest.mark.parametrize(
    "odd", [{7: "1", 8: bytes(8)}, {7: 1 << 60, 8: 7}, {7: -3, 8: b""}, {8: bytes(9)}]
)
def test_proofs_of_odd_types_and_sizes_prove_nothing(odd):
    _, log = _lived()
    records = _records(log)[1]
    record = cbor2.dumps({**cbor2.loads(records[4]), **odd}, canonical=True)
    number = cbor2.loads(records[4])[5]
    proof = _proof(log, [*records[:4], record, *records[5:]], log.flashed)
    assert proof.changed == [number]


def test_a_number_used_twice_is_judged_in_the_order_of_the_log():
    """Where flash refused the count of the starts, a later start goes on with known numbers."""
    key = log_proof.log_key(KEY)

    def signed(boot, number, step):
        record = {0: boot, 1: 5, 3: ids.E_BOOT, 4: 1, 5: number, 7: step, 8: bytes(8)}
        raw = cbor2.dumps(record, canonical=True)[:-8]
        return raw + hmac.new(key, raw, hashlib.sha256).digest()[:8]

    log = [signed(1, 0, 1), signed(1, 1, 1), *[signed(boot, 1, 0) for boot in range(2, 9)]]
    assert not log_proof.prove(log, key).is_broken


def test_a_log_of_version_0_1_goes_on_and_is_proven_from_the_new_program_on():
    storage, _ = _lived(key=b"")
    log = _log(storage)
    log.add(ids.E_BOOT, ids.SEV_INFO)
    log.flush()
    proof = _proof(log, told=log.flashed)
    assert proof.unsigned > 40 and not proof.is_broken
    assert proof.first.sequence == proof.last.sequence == log.flashed


def test_another_key_proves_nothing():
    _, log = _lived()
    oldest, records = _records(log)
    proof = log_proof.prove(records, log_proof.log_key(bytes(32)), oldest, log.flashed)
    assert len(proof.changed) == len(records) and proof.first is None


def test_what_a_flash_refused_is_missing():
    storage, log = _lived()
    log.add(ids.E_BOOT, ids.SEV_INFO)
    storage.fail_at = 1
    log.flush()
    log.add(ids.E_SIM, ids.SEV_ERROR)
    log.flush()
    assert len(_proof(log, told=log.flashed).missing) == 1


def test_of_copied_files_the_key_is_asked_for_whatever_fleets_this_computer_knows(
    tmp_path, capsys, monkeypatch
):
    path = tmp_path / "log0"
    path.write_bytes(_lived()[0].files["log0"])
    monkeypatch.delenv("POSDIAG_KEY_FILE", raising=False)
    monkeypatch.setattr(device_key.key_store, "fleets", lambda: ["north"])
    status, _, err = run(capsys, "log", "--verify", "--raw-log", str(path), "--lang", "en")
    assert status == 9 and "--key-file" in err and "changes something" not in err
    monkeypatch.setattr(device_key.key_store, "fleets", list)
    monkeypatch.setattr(device_key, "all_served", list)
    assert run(capsys, "log", "--verify", "--raw-log", str(path), "--lang", "en")[2] == err


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_posdiag_says_so_of_files(tmp_path, capsys, lang):
    storage, log = _lived(segment_bytes=900, events=60)
    key = written_key(tmp_path)
    command = ["log", "--verify", "--key-file", str(key), "--lang", lang]
    for name in ("log0", "log1", "log3"):
        (tmp_path / name).write_bytes(storage.files[name])
        command += ["--raw-log", str(tmp_path / name)]
    status, out, err = run(capsys, *command)
    assert status == 0 and f"{log.flashed}" in out, out + err
    found = json.loads(run(capsys, *command, "--json")[1])
    assert found["complete"] and found["evidence"] and found["last"] == log.flashed

    body = b"\0\x01\x07"  # whole by its CRC, and no map
    (tmp_path / "log3").write_bytes(storage.files["log3"] + body + crc32(body).to_bytes(4, "big"))
    assert run(capsys, *command)[0] == 26
    assert json.loads(run(capsys, *command, "--json")[1])["foreign"] == 1
    (tmp_path / "log3").write_bytes(storage.files["log3"])

    whole = storage.files["log%d" % log.current]
    size = 2 + int.from_bytes(whole[:2], "big") + 4
    second = size + 2 + int.from_bytes(whole[size : size + 2], "big") + 4
    (tmp_path / ("log%d" % log.current)).write_bytes(whole[:size] + whole[second:])
    status, out, _ = run(capsys, *command)
    missing = cbor2.loads(whole[size + 2 : second - 4])[5]
    assert status == 26 and f"{missing}" in out
    assert crc32(whole[size : second - 4]).to_bytes(4, "big") == whole[second - 4 : second]


@pytest.mark.parametrize(
    "choice", ["--follow", "--csv", "--count=3", "--since=2h", "--severity=error", "--kind=boot"]
)
def test_the_proof_takes_nothing_that_would_show_a_part(capsys, choice):
    status, out, err = run(capsys, "log", "--verify", choice, "--lang", "en")
    assert (status, out) == (2, "") and choice.split("=")[0] in err and "whole log" in err


def test_a_log_without_an_end_is_not_read_for_ever(monkeypatch):
    class Endless(client.Client):
        def __init__(self):
            self.transport = type("Transport", (), {"name": "COM5"})

        def log_page(self, first, count=16, timeout_s=5.0):
            return client.LogPage((), first + 1, 0, (b"\xa0",) * 16)

    monkeypatch.setattr(client, "_RECORDS_MAX", 1000)
    for read in (stored_records, lambda device: list(stored_events(device))):
        with pytest.raises(OtherSpeech) as found:
            read(Endless())
        assert found.value.key == "log_endless"
