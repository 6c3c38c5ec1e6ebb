"""Keys: what a wrong one costs, what a replay gets, and orders that change how a device starts."""

from struct import pack

from memory_storage import PowerCutError
from posagent.core.host.device_key import tries
from posproto import auth, cbor, cose, ids
from safe_host import KEY, Host, refusal

WRONG = b"w" * 32
NEW = bytes(range(32, 64))
SALT = b"s" * 16


def events(host):
    """Ids of the events on flash, in their order."""
    host.agent.log.flush()
    return [cbor.decode(record)[ids.EV_ID] for record in host.ask(ids.OP_LOG)[1][0]]


def test_the_right_key_passes_and_the_same_bytes_again_do_not_act_again():
    host = Host()
    assert host.change(ids.OP_LOCK)[0] == ids.R_OK
    line = host.line
    assert host.send(line)[0] == ids.R_OK  # from memory
    assert len(host.agent.pins) == 1


def test_a_captured_request_is_refused_after_its_answer_is_forgotten():
    host = Host()
    assert host.change(ids.OP_LOCK)[0] == ids.R_OK
    line = host.line
    for _ in range(5):
        host.ask(ids.OP_HELLO)
    assert host.send(line)[0] == ids.R_STALE
    host.start()
    assert host.send(line)[0] == ids.R_STALE
    assert host.agent.pins == []


def test_wrong_keys_are_counted_reported_and_slowed_down():
    host = Host()
    for _ in range(3):
        assert host.change(ids.OP_LOCK, key=WRONG)[0] == ids.R_KEY_WRONG
    assert events(host)[-3:] == [ids.E_KEY_REFUSED] * 3
    assert host.ask(ids.OP_COUNTERS)[1][ids.C_KEY_WRONG] == 3
    assert host.change(ids.OP_LOCK, key=WRONG)[:2] == (ids.R_BUSY, 2)
    host.sleep(2)
    assert host.change(ids.OP_LOCK, key=WRONG)[0] == ids.R_KEY_WRONG
    assert host.ask(ids.OP_CHALLENGE)[:2] == (ids.R_BUSY, 4)
    assert host.storage.read("locked") is None


def test_the_wait_has_a_ceiling_and_a_right_key_ends_it():
    host = Host()
    host.storage.write("wrong", bytes([200]))
    assert host.ask(ids.OP_CHALLENGE)[:2] == (ids.R_BUSY, 900)
    host.sleep(900)
    assert host.change(ids.OP_RESTART)[0] == ids.R_OK
    assert tries(host.storage) == 0
    assert host.ask(ids.OP_CHALLENGE)[0] == ids.R_OK


def test_a_restart_forgives_no_try_and_restarts_the_wait():
    host = Host()
    for _ in range(3):
        host.change(ids.OP_LOCK, key=WRONG)
    host.sleep(1)
    host.start()
    assert host.ask(ids.OP_CHALLENGE)[:2] == (ids.R_BUSY, 2)


def test_a_power_cut_right_after_a_guess_was_looked_at_wins_no_try():
    host = Host()
    _, value, _ = host.ask(ids.OP_CHALLENGE)
    host.storage.lose_at = 2  # the count itself is on flash
    try:
        host.keyed(value[0], ids.OP_LOCK, key=WRONG)
    except PowerCutError:
        pass
    host.storage.lose_at = 0
    assert tries(host.storage) == 1


def test_a_flash_that_cannot_count_lets_nobody_in():
    host = Host()
    _, value, _ = host.ask(ids.OP_CHALLENGE)
    host.storage.fail_at = 1
    assert host.keyed(value[0], ids.OP_LOCK)[0] == ids.R_FLASH
    assert host.agent.pins == []


def test_without_a_key_nothing_can_be_changed():
    host = Host(key=b"")
    assert refusal(host.ask(ids.OP_CHALLENGE)) == (ids.R_REFUSED, "no key provisioned")
    assert host.ask(ids.OP_LOCK)[0] == ids.R_KEY_NEEDED
    assert host.keyed(b"n" * 16, ids.OP_LOCK)[0] == ids.R_KEY_NEEDED
    assert host.ask(ids.OP_SIGN, {0: True})[0] == ids.R_REFUSED


def test_junk_costs_no_flash_write():
    host = Host()
    changes = host.storage.changes
    for n in range(20):
        assert host.keyed(bytes([n]) * 16, ids.OP_LOCK)[0] == ids.R_STALE
    assert host.storage.changes == changes


def test_a_nonce_of_ours_without_a_signature_wears_no_flash_and_is_used_up():
    """500 such requests were 1,000 writes, and the nonce lived on."""
    host = Host()
    changes = host.storage.changes
    for n in range(8):
        nonce = host.ask(ids.OP_CHALLENGE)[1][0]
        bare = {ids.RQ_OP: ids.OP_LOCK, ids.RQ_NONCE: nonce}
        assert host.say(bare)[0] == ids.R_KEY_NEEDED
        assert host.keyed(nonce, ids.OP_LOCK)[0] == ids.R_STALE
        assert host.ask(ids.OP_COUNTERS)[1][ids.C_UNKEYED] == n + 1
    assert host.storage.changes == changes
    assert not host.agent.pins


def test_an_old_nonce_wears_no_flash():
    host = Host()
    nonce = host.ask(ids.OP_CHALLENGE)[1][0]
    host.sleep(31)
    changes = host.storage.changes
    assert host.keyed(nonce, ids.OP_LOCK)[0] == ids.R_STALE
    assert host.storage.changes == changes


def test_a_tool_of_version_0_1_is_told_that_it_is_old():
    host = Host()
    nonce = host.ask(ids.OP_CHALLENGE)[1][0]
    changes = host.storage.changes
    old = {ids.RQ_OP: ids.OP_LOCK, ids.RQ_ARGS: b"", ids.RQ_NONCE: nonce, ids.RQ_MAC: b"m" * 32}
    assert host.say(old)[0] == ids.R_OLD
    assert host.storage.changes == changes


def test_who_wants_it_gets_status_and_events_signed():
    host = Host()
    host.lines()
    report_key = auth.derive(KEY, auth.REPORT)
    assert host.ask(ids.OP_SIGN, {0: True})[1] == {0: True, 1: cose.key_id(report_key)}
    host.sleep(30)
    host.agent.event(ids.E_LOCKED, ids.SEV_INFO)
    kinds = []
    while host.agent.host.pending():
        (frame,) = host.reader.feed(host.agent.host.take())
        assert frame.type == ids.FRAME_SIGNED
        message = cbor.decode(frame.payload)
        data = cose.verify(message, report_key, alg=cose.HMAC_256_64)
        assert len(frame.payload) <= len(data) + 27
        inner = cose.inside(frame)
        assert (inner.version, inner.sequence) == (frame.version, frame.sequence)
        kinds.append(inner.type)
        assert inner.payload == data[6:]
    assert ids.FRAME_STATUS in kinds and kinds[-1] == ids.FRAME_EVENT
    result, page, _ = host.ask(ids.OP_LOG)  # what nobody heard is proven, too
    (frame,) = host.signed
    inner = cose.verify(cbor.decode(frame.payload), report_key, alg=cose.HMAC_256_64)
    assert result == ids.R_OK and inner[2:4] == pack(">H", frame.request_id)
    assert cbor.decode(inner[6:])[ids.RS_VALUE] == page and page[0]
    assert host.ask(ids.OP_SIGN, {0: False})[:2] == (ids.R_OK, {0: False})
    host.agent.event(ids.E_LOCKED, ids.SEV_INFO)
    assert host.lines()[-1][0] == ids.FRAME_EVENT


def test_lock_and_unlock_are_on_flash_before_the_restart():
    host = Host()
    assert host.change(ids.OP_LOCK)[0] == ids.R_OK
    assert host.storage.read("locked") and host.agent.pins == [("restart", 1)]
    host.start()
    assert host.change(ids.OP_UNLOCK)[0] == ids.R_OK
    assert host.storage.read("locked") is None
    assert events(host)[-2:] == [ids.E_SAFE_MODE, ids.E_UNLOCKED]


def test_maintenance_is_noted_for_the_next_start_only_when_asked_for():
    host = Host()
    assert host.change(ids.OP_RESTART, {})[0] == ids.R_OK
    assert host.storage.read("maintenance") is None
    host.start()
    assert host.change(ids.OP_RESTART, {0: True})[0] == ids.R_OK
    assert host.storage.read("maintenance")


def wrapped(new, old=KEY):
    mask = auth.hmac_sha256(old, b"POSMA key 1", SALT)
    return {0: SALT, 1: bytes([mask[i] ^ new[i] for i in range(32)])}


def test_a_new_key_is_never_shown_and_holds_from_the_restart_on():
    host = Host()
    assert host.change(ids.OP_KEY_SET, wrapped(NEW))[0] == ids.R_OK
    assert NEW not in host.line
    assert host.storage.read("key") == NEW
    host.key = host.storage.read("key")
    host.start()
    assert host.change(ids.OP_LOCK, key=KEY)[0] == ids.R_KEY_WRONG
    assert host.change(ids.OP_LOCK, key=NEW)[0] == ids.R_OK


def test_the_key_stays_while_it_seals_messages():
    host = Host()
    for name in ("ob3", "oa0", "acq2.ob3", "acq4.oa11"):
        host.storage.write(name, b"sealed")
        assert refusal(host.change(ids.OP_KEY_SET, wrapped(NEW))) == (ids.R_BUSY, "messages wait")
        host.storage.remove(name)
    assert host.storage.read("key") is None


def test_a_short_key_is_refused():
    host = Host()
    assert host.change(ids.OP_KEY_SET, {0: SALT, 1: b"short"})[0] == ids.R_BAD_REQUEST
    assert host.change(ids.OP_KEY_SET, {})[0] == ids.R_BAD_REQUEST
