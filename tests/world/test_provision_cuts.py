"""The power goes at a write of provisioning, locking, unlocking: what is there is whole, or says
that it is not; a locked terminal always has its key, and never a prompt.
"""

import json
import sys

import pytest

from board_factory import client, secrets
from posdiag.cli import main
from posdiag.keys import key_store
from posdiag.keys.key_derivation import device_key
from posproto import ids

if sys.platform == "win32":
    pytest.skip("no ptys here", allow_module_level=True)

FILES = {"--ca": "ca.pem", "--acquirer-ca": "acq2.ca.pem", "--report-ca": "report.pem"}
BEFORE = ("POS-7", "north")
AFTER = ("POS-8", "south")
LOCKED = {"/data/locked": b"1"}


class Shop:
    """The computer beside the terminal: settings, certificates and the keys of two fleets."""

    def __init__(self, folder):
        self.folder = folder
        safe = key_store.open_safe()
        self.keys = {
            name: device_key(key_store.fleet_key(safe, fleet, create=True), name)
            for name, fleet in (BEFORE, AFTER)
        }

    def wanted(self, name):
        """Settings of the terminal of this name."""
        host = f"{name.lower()}.example"
        return {
            "host": host,
            "tls": True,
            "acquirer.2.host": "b." + host,
            "acquirer.2.tls": True,
            "report_host": host,
            "message_bytes": 1024,
        }

    def certificate(self, name, option):
        return f"-----BEGIN CERTIFICATE-----\n{name} {option}\n".encode() * 20

    def files(self, name, fleet):
        """What a terminal that was provisioned so has in its flash."""
        config = {**self.wanted(name), "fleet": fleet}
        found = secrets(device_id=name, **config)
        found["/data/key"] = self.keys[name]
        for option, file in FILES.items():
            found["/data/" + file] = self.certificate(name, option)
        return found

    def order(self, port, name, fleet, *more):
        profile = self.folder / "profile.json"
        profile.write_text(json.dumps(self.wanted(name)))
        words = ["provision", port, "--device-id", name, "--fleet", fleet]
        return main([*words, "--profile", str(profile), *more])

    def certificates(self, name):
        words = []
        for option in FILES:
            path = self.folder / f"{option}.pem"
            path.write_bytes(self.certificate(name, option))
            words += [option, *(["2"] if option == "--acquirer-ca" else []), str(path)]
        return words


@pytest.fixture
def shop(host):
    return Shop(host)


def is_whole(board, shop, name):
    """All of it is this terminal's: key, name, settings, certificates."""
    with client(board, 10) as link:
        assert link.hello.device_id == name
        settings = link.request(ids.OP_CONFIG_GET).value
        assert shop.wanted(name).items() <= settings.items()
        link.request_keyed(ids.OP_SET_TIME, {0: 1_790_000_000}, shop.keys[name])
    for option, file in FILES.items():
        assert board.file("/data/" + file) == shop.certificate(name, option)


def flags(board):
    with client(board, 10) as link:
        return link.ask_status().flags


def cuts(total, whole, seed):
    """Numbers of writes: each of them, or one of each third."""
    if whole:
        return range(1, total + 1)
    third = -(-total // 3)
    return range(1 + seed % third, total + 1, third)


def counted(factory, act, files):
    """How many writes it takes where the power stays, up to the board's last reset in it."""
    with factory.board(files) as board:
        board.cut_at_write(0)
        assert act(board) == 0
        return board.writes()


def each_cut(factory, act, files, numbers):
    """The board behind the start that follows each cut."""
    for number in numbers:
        with factory.board(files) as board:
            board.cut_at_write(number)
            act(board)
            board.wait(lambda board=board: board.said("cut") == 1)
            starts = board.starts
            board.wait(lambda board=board, n=starts: board.speaks(n) or board.starts > n)
            yield board


BARE = {"/data/key": b"", "/data/config.json": b"{}"}


@pytest.mark.parametrize("before", [None, BEFORE])
def test_cut_while_its_prompt_is_written_to_it_is_whole_or_has_no_key_and_says_so(
    factory, shop, capsys, before, whole, seed
):
    """The new name stood beside the old key, or a certificate beside another's settings."""
    name, fleet = AFTER
    files = BARE if before is None else shop.files(*before)

    def act(board):
        return shop.order(board.port, name, fleet, *shop.certificates(name))

    total = counted(factory, act, files)
    ends = {"none": 0, "before": 0, "after": 0}
    for board in each_cut(factory, act, files, cuts(total, whole, seed)):
        key = board.file("/data/key")
        assert bool(key) == bool(flags(board) & ids.FLAG_KEYED)
        if not key:
            capsys.readouterr()
            assert main(["status", board.port]) == 0
            assert "no key: not provisioned" in capsys.readouterr().out
            ends["none"] += 1
        elif before and key == shop.keys[before[0]]:
            is_whole(board, shop, before[0])
            ends["before"] += 1
        else:
            is_whole(board, shop, name)
            ends["after"] += 1
        assert act(board) == 0
        is_whole(board, shop, name)
    assert ends["none"]
    print(f"{total} writes: {ends}")


def test_cut_while_a_locked_one_gets_its_new_key_it_has_one_that_this_computer_knows(
    factory, shop, whole, seed
):
    files = {**shop.files(*BEFORE), **LOCKED}
    key_store.remember(*BEFORE)

    def act(board):
        return shop.order(board.port, *AFTER)

    total = counted(factory, act, files)
    key_store.remember(*BEFORE)
    for board in each_cut(factory, act, files, cuts(total, whole, seed)):
        assert flags(board) & ids.FLAG_LOCKED and b">>>" not in board.text
        assert board.file("/data/key") in shop.keys.values()
        assert act(board) == 0
        with client(board, 10) as link:
            assert link.hello.device_id == AFTER[0]
            link.request_keyed(ids.OP_SET_TIME, {0: 1_790_000_000}, shop.keys[AFTER[0]])
        assert flags(board) & ids.FLAG_LOCKED and b">>>" not in board.text
    print(f"{total} writes")


@pytest.mark.parametrize("order", ["lock", "unlock"])
def test_cut_while_it_is_locked_or_unlocked_it_is_one_of_both_with_its_key(
    factory, shop, whole, seed, order
):
    files = {**shop.files(*BEFORE), **(LOCKED if order == "unlock" else {})}
    key_store.remember(*BEFORE)

    def act(board):
        return main([order, board.port, "--yes"])

    total = counted(factory, act, files)
    seen = set()
    for board in each_cut(factory, act, files, cuts(total, whole, seed)):
        is_locked = bool(flags(board) & ids.FLAG_LOCKED)
        is_whole(board, shop, BEFORE[0])
        if is_locked:
            with client(board, 10) as link:
                link.transport.write(b"\x03\x03\x01")
            assert flags(board) & ids.FLAG_LOCKED
            assert b">>>" not in board.text and b"raw REPL" not in board.text
        seen.add(is_locked)
        assert act(board) == 0
    assert order != "lock" or False in seen
    print(f"{total} writes: {seen}")
