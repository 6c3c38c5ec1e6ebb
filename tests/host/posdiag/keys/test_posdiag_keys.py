"""Keys on the host: derivation, where they are kept, who may read them."""

import hashlib
import os
import stat
from contextlib import closing

import keyring
import keyring.backend
import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from hypothesis import given
from hypothesis import strategies as st

from frame_device import KEY, Device
from posdiag.errors import BadFile, KeyNeeded, RequestFailed
from posdiag.keys import key_store, oldkeyed
from posdiag.keys.device_key import read_key
from posdiag.keys.key_derivation import device_key, hkdf_sha256, wrapped
from posdiag.keys.provisioning import unguarded
from posdiag.link.client import Client
from posdiag.link.transports import open_transport
from posproto import auth, cbor, ids
from waiting import HUNG_S

# RFC 5869, appendix A: test cases 1 to 3.
RFC_5869 = (
    (
        "0b" * 22,
        "000102030405060708090a0b0c",
        "f0f1f2f3f4f5f6f7f8f9",
        "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865",
    ),
    (
        bytes(range(0x50)).hex(),
        bytes(range(0x60, 0xB0)).hex(),
        bytes(range(0xB0, 0x100)).hex(),
        "b11e398dc80327a1c8e7f78c596a49344f012eda2d4efad8a050cc4c19afa97c59045a99cac7827271cb"
        "41c65e590e09da3275600c2f09b8367793a9aca3db71cc30c58179ec3e87c14c01d5c1f3434f1d87",
    ),
    (
        "0b" * 22,
        "",
        "",
        "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8",
    ),
)


@pytest.mark.parametrize("secret, salt, info, expected", RFC_5869)
def test_hkdf_is_that_of_the_rfc(secret, salt, info, expected):
    out = hkdf_sha256(*map(bytes.fromhex, (secret, salt, info)), len(expected) // 2)
    assert out.hex() == expected


@given(st.binary(max_size=80), st.binary(max_size=80), st.binary(max_size=40), st.integers(1, 200))
def test_hkdf_is_that_of_another_library(secret, salt, info, length):
    theirs = HKDF(hashes.SHA256(), length, salt, info).derive(secret)
    assert hkdf_sha256(secret, salt, info, length) == theirs


def test_each_device_has_a_key_of_its_own():
    keys = {device_key(b"f" * 32, f"POS-{n:04d}") for n in range(100)}
    assert len(keys) == 100 and all(len(key) == 32 for key in keys)
    assert device_key(b"f" * 32, "POS-0001") != device_key(b"g" * 32, "POS-0001")


def test_the_device_unwraps_a_new_key():
    old, new, salt = b"o" * 32, os.urandom(32), os.urandom(16)
    mask = auth.hmac_sha256(old, b"POSMA key 1", salt)
    assert bytes(a ^ b for a, b in zip(wrapped(new, old, salt), mask)) == new


@pytest.fixture
def state(tmp_path, monkeypatch):
    monkeypatch.setenv("POSDIAG_STATE_DIR", str(tmp_path))
    monkeypatch.delenv("POSDIAG_KEY_FILE", raising=False)
    return tmp_path / "posdiag"


class Ring(keyring.backend.KeyringBackend):
    """A keyring that works, as a desktop has one."""

    priority = 5
    name = "test ring"

    def __init__(self):
        super().__init__()
        self.kept = {}

    def get_password(self, service, username):
        return self.kept.get((service, username))

    def set_password(self, service, username, password):
        self.kept[service, username] = password

    def delete_password(self, service, username):
        del self.kept[service, username]


@pytest.fixture
def ring():
    before = keyring.get_keyring()
    found = Ring()
    keyring.set_keyring(found)
    yield found
    keyring.set_keyring(before)


def test_a_fleet_key_is_kept_in_the_keyring_where_there_is_one(state, ring):
    chest = key_store.open_safe()
    assert chest.place == "test ring"
    key = key_store.fleet_key(chest, "north", create=True)
    assert ring.kept == {("posdiag", "fleet:north"): key.hex()}
    assert key_store.fleet_key(key_store.open_safe(), "north") == key
    assert not (state / "secrets.json").exists()


@pytest.fixture
def no_ring():
    from keyring.backends import fail

    before = keyring.get_keyring()
    keyring.set_keyring(fail.Keyring())
    yield
    keyring.set_keyring(before)


def test_without_a_keyring_it_is_kept_in_a_file_for_its_owner_alone(state, no_ring):
    key = key_store.fleet_key(key_store.open_safe(), "north", create=True)
    path = state / "secrets.json"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert key_store.fleet_key(key_store.open_safe(), "north") == key
    assert [p.name for p in state.iterdir()] == ["secrets.json"]
    path.chmod(0o640)
    with pytest.raises(BadFile):
        key_store.open_safe().get("fleet:north")


def test_a_fleet_is_never_made_twice_nor_out_of_nothing(state, no_ring):
    with pytest.raises(KeyNeeded):
        key_store.fleet_key(key_store.open_safe(), "north")
    key = key_store.fleet_key(key_store.open_safe(), "north", create=True)
    with pytest.raises(BadFile):
        key_store.fleet_key(key_store.open_safe(), "north", create=True)
    assert key_store.fleet_key(key_store.open_safe(), "north") == key


def test_commands_find_the_key_of_a_device_that_was_provisioned_here(state, no_ring):
    with pytest.raises(KeyNeeded):
        read_key(None)
    fleet = key_store.fleet_key(key_store.open_safe(), "north", create=True)
    key_store.remember("POS-1", "north")
    find = read_key(None)
    assert find("POS-1") == device_key(fleet, "POS-1")
    with pytest.raises(KeyNeeded):
        find("POS-2")


def test_no_secret_is_in_the_index_of_devices(state, no_ring):
    key = key_store.fleet_key(key_store.open_safe(), "north", create=True)
    key_store.remember("POS-1", "north")
    text = (state / "devices.json").read_text()
    assert key.hex() not in text and device_key(key, "POS-1").hex() not in text
    assert hashlib.sha256(key).hexdigest() not in text


def test_a_locked_terminal_of_version_0_1_takes_keyed_requests_of_this_tool():
    """What that version's own vectors hold: without it no locked terminal could be updated."""
    golden = (
        "a40018200147a1001a6ab13b800250a0a1a2a3a4a5a6a7a8a9aaabacadaeaf035820"
        "eeb2aff72a99e1d09cc850daf6448253c7892a126245254f6094d923e0d8c3ca"
    )
    writer = cbor.Writer(bytearray(200))
    nonce = bytes(range(0xA0, 0xB0))
    args = {0: 1790000000}
    oldkeyed.put_request(writer, bytes(range(32)), "POS-0042", 0xBEF2, nonce, 32, args)
    assert bytes(writer.buf[: writer.at]).hex() == golden


def test_the_layout_of_a_keyed_request_follows_the_version_of_the_terminal():
    for version, is_old in ((1, True), (2, False)):
        with Device(version) as device, closing(Client(open_transport(device.path))) as client:
            try:
                client.request_keyed(ids.OP_LOCK, None, KEY, timeout_s=HUNG_S)
            except RequestFailed:
                assert is_old  # this device of the tests verifies the newer one alone
            (request,) = [r for _, r in device.requests if ids.RQ_NONCE in r]
        assert (ids.RQ_MAC in request) == is_old
        assert (ids.RQ_COSE in request) != is_old


def test_which_connections_lack_an_authority():
    """A further acquirer without one of its own has the first one's; a broker speaks TLS unless it
    is told otherwise.
    """

    def lacking(files=(), **settings):
        return [(one.host, one.option) for one in unguarded(settings, files)]

    two = {"host": "a", "tls": True, "acquirer.2.host": "b", "acquirer.2.tls": True}
    assert lacking(**two) == [("a", "--ca"), ("b", "--acquirer-ca 2")]
    assert lacking(["acq2.ca.pem", "key"], **two) == [("a", "--ca")]
    assert lacking(["ca.pem"], **two) == []
    assert (
        lacking(tls=True) == lacking(host="a") == lacking(report_host="r", report_tls=False) == []
    )
    assert lacking(["ca.pem"], report_host="r") == [("r", "--report-ca")]
    assert lacking(["report.pem"], report_host="r") == []
