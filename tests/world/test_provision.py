"""Keys on a board that runs: provisioned, rotated, captured, guessed at."""

import sys

import pytest

from board_factory import KEY, client
from posdiag.cli import main
from posdiag.errors import Disconnected, RequestFailed
from posdiag.keys import key_store
from posdiag.keys.key_derivation import device_key
from posdiag.link.client import Client
from posdiag.link.transports import open_transport
from posproto import ids

if sys.platform == "win32":
    pytest.skip("no ptys here", allow_module_level=True)


def key_now(fleet, device_id):
    return device_key(key_store.fleet_key(key_store.open_safe(), fleet), device_id)


def provision(board, device_id, fleet, *more):
    return main(["provision", board.port, "--device-id", device_id, "--fleet", fleet, *more])


def test_a_board_without_a_key_gets_one_and_its_settings(factory, host, capsys):
    profile = host / "shop.json"
    profile.write_text('{"host": "acquirer.example", "port": 8583}')
    with factory.board({"/data/key": b"", "/data/config.json": b"{}"}) as board:
        assert provision(board, "POS-7", "north", "--new-fleet", "--profile", str(profile)) == 0
        with client(board) as link:
            assert link.hello.device_id == "POS-7" and link.hello.capabilities & ids.CAP_KEYED
            settings = link.request(ids.OP_CONFIG_GET).value
            assert settings["host"] == "acquirer.example"
            link.request_keyed(ids.OP_SET_TIME, {0: 1_790_000_000}, key_now("north", "POS-7"))
        fleet_key = key_store.fleet_key(key_store.open_safe(), "north")
        shown = "".join(capsys.readouterr())
        for secret in (fleet_key, key_now("north", "POS-7")):
            assert secret.hex() not in shown
        assert board.file("/data/key") == key_now("north", "POS-7")
        assert fleet_key not in board.from_host


def test_each_acquirer_gets_its_own_authority_and_settings_that_stood_there_stay(factory, host):
    profile, pems = host / "shop.json", {}
    profile.write_text('{"acquirer.2.port": 7000, "f39_groups": "77=77n"}')
    for number in (1, 2, 3):
        pems[number] = host / f"{number}.pem"
        pems[number].write_text(f"-----BEGIN CERTIFICATE-----\n{number}\n")
    more = ["--profile", str(profile), "--ca", str(pems[1])]
    more += ["--acquirer-ca", "2", str(pems[2]), "--acquirer-ca", "3", str(pems[3])]
    kept = b'{"acquirer.2.host": "second.example"}'
    with factory.board({"/data/key": b"", "/data/config.json": kept}) as board:
        assert provision(board, "POS-7", "north", "--new-fleet", *more) == 0
        with client(board) as link:
            settings = link.request(ids.OP_CONFIG_GET).value
            assert settings["acquirer.2.host"] == "second.example"
            assert settings["acquirer.2.port"] == 7000 and settings["f39_groups"] == "77=77n"
        for number, name in ((1, "ca.pem"), (2, "acq2.ca.pem"), (3, "acq3.ca.pem")):
            assert board.file("/data/" + name) == pems[number].read_bytes()


def test_a_locked_board_gets_a_new_key_under_the_old_one(factory, host):
    with factory.board({"/data/key": b""}) as board:
        assert provision(board, "POS-7", "north", "--new-fleet") == 0
        assert main(["lock", board.port, "--yes"]) == 0
        since = len(board.from_host)
        assert provision(board, "POS-8", "south", "--new-fleet") == 0
        new = key_now("south", "POS-8")
        assert new not in board.from_host[since:]
        with client(board) as link:
            assert link.hello.device_id == "POS-8"
            assert link.ask_status().flags & ids.FLAG_LOCKED
            with pytest.raises(RequestFailed):
                link.request_keyed(ids.OP_UNLOCK, None, key_now("north", "POS-7"))
        assert main(["unlock", board.port, "--yes"]) == 0


@pytest.mark.parametrize("heard", [False, True])
def test_a_cut_on_the_way_to_a_new_name_leaves_no_terminal_without_its_key(
    factory, host, monkeypatch, heard
):
    """Between its new name and its new key nothing here led to the key of a locked terminal."""
    with factory.board({"/data/key": b""}) as board:
        assert provision(board, "POS-7", "north", "--new-fleet") == 0
        assert main(["lock", board.port, "--yes"]) == 0
        asks = Client.request_keyed

        def cut(self, op, args, key, **more):
            if op != ids.OP_KEY_SET:
                return asks(self, op, args, key, **more)
            if heard:  # the terminal has the new key, and nobody was told
                asks(self, op, args, key, **more)
            else:
                board.call(board.power_cut)
            raise Disconnected(port=board.port)

        starts = board.starts
        with monkeypatch.context() as power:
            power.setattr(Client, "request_keyed", cut)
            assert provision(board, "POS-8", "south", "--new-fleet") != 0
        board.wait(lambda: board.speaks(starts + 1))
        assert provision(board, "POS-8", "south") == 0
        with client(board) as link:
            assert link.hello.device_id == "POS-8"
            link.request_keyed(ids.OP_SET_TIME, {0: 1_790_000_000}, key_now("south", "POS-8"))


def test_a_locked_one_at_its_prompt_for_maintenance_is_not_made_nobodys(factory, host, capsys):
    """Its key was replaced there; cut before that, it would have been locked without one."""
    locked = {"/data/locked": b"1", "/data/maintenance": b"1"}
    with factory.board(locked, wait=False) as board:
        assert provision(board, "POS-7", "north", "--new-fleet") == 9
        assert "is locked" in capsys.readouterr().err
        board.wait(lambda: board.speaks(2))
        assert board.file("/data/key") == KEY


def test_tls_without_an_authority_is_told_in_both_languages(factory, host, capsys, monkeypatch):
    """Nothing was sent, and provisioning had said that all was well."""
    profile, pem = host / "shop.json", host / "ca.pem"
    profile.write_text('{"host": "a.example", "tls": true, "report_host": "b.example"}')
    pem.write_text("-----BEGIN CERTIFICATE-----\n")
    more = ["--profile", str(profile)]
    with factory.board({"/data/key": b"", "/data/config.json": b"{}"}) as board:
        assert provision(board, "POS-7", "north", "--new-fleet", *more) == 0
        said = " ".join(capsys.readouterr().out.split())
        assert "a.example is to be reached" in said and "with --ca FILE" in said
        assert "b.example is to be reached" in said and "with --report-ca FILE" in said
        monkeypatch.setenv("POSDIAG_LANG", "zh")
        assert provision(board, "POS-7", "north", *more, "--report-ca", str(pem)) == 0
        said = capsys.readouterr().out
        assert "a.example 要用 TLS 连接" in said and "b.example" not in said
        assert provision(board, "POS-7", "north", *more, "--ca", str(pem)) == 0
        assert "TLS" not in capsys.readouterr().out
        assert main(["lock", board.port, "--yes"]) == 0
        assert provision(board, "POS-7", "north", *more) == 0
        assert "TLS" not in capsys.readouterr().out, "it was so before"


@pytest.mark.parametrize("kept", ["ob3", "acq2.oa3"])
def test_a_key_that_seals_messages_is_not_taken_away(factory, host, kept):
    with factory.board({f"/data/{kept}": b"sealed"}) as board:
        # The outbox takes an orphan away at its start: put it back while the prompt is there.
        board.wait(lambda: b"\x06C" in board.text)
        from posdiag.board.entry import open_prompt
        from posdiag.errors import BoardRefused
        from posdiag.keys.provisioning import Order, by_prompt

        with open_prompt(board.port, 115200, fresh=True) as prompt:
            prompt.put(f"/data/{kept}", b"sealed")
            with pytest.raises(BoardRefused) as refused:
                by_prompt(prompt, Order("POS-1", {"device_id": "POS-1"}, bytes(32)))
            assert refused.value.key == "messages_wait"
        assert board.file("/data/key") == KEY


def test_a_captured_exchange_is_refused_when_it_is_played_again(factory):
    with factory.board() as board:
        with client(board) as link:
            before = len(board.from_host)
            link.request_keyed(ids.OP_LOCK, None, KEY)
        captured = board.from_host[before:]
        board.wait(lambda: board.speaks(2))
        with client(board) as link:
            link.request_keyed(ids.OP_UNLOCK, None, KEY)
        board.wait(lambda: board.speaks(3))
        transport = open_transport(board.port)
        transport.write(captured)
        board.wait(lambda: board.from_host.endswith(captured))
        transport.close()
        with client(board) as link:
            assert not link.ask_status().flags & ids.FLAG_LOCKED
        assert board.starts == 3


def test_wrong_keys_are_slowed_down_through_power_cuts_and_told(factory):
    with factory.board() as board:
        for start in range(1, 4):
            with client(board) as link, pytest.raises(RequestFailed) as refused:
                link.request_keyed(ids.OP_LOCK, None, bytes(32))
            assert refused.value.result == ids.R_KEY_WRONG
            board.call(board.power_cut)
            board.wait(lambda start=start: board.speaks(start + 1))
        assert board.file("/data/wrong") == bytes([3])
        with client(board) as link:
            board.wait(lambda: may_change(link))
            told = [e.args["count"] for e in link.log_page(0).events if e.name == "key_refused"]
            link.request_keyed(ids.OP_SET_TIME, {0: 1_790_000_000}, KEY)
        assert told and told == sorted(told)
    # After three of them the wait is two seconds, less than a start may take; after nine 128.
    with factory.board({"/data/wrong": bytes([9])}) as board, client(board) as link:
        with pytest.raises(RequestFailed) as refused:
            link.request_keyed(ids.OP_LOCK, None, KEY)
        assert (refused.value.result, refused.value.key) == (ids.R_BUSY, "wrong_keys")


def may_change(link):
    """Is the right key looked at?"""
    try:
        link.request_keyed(ids.OP_SET_TIME, {0: 1_790_000_000}, KEY)
    except RequestFailed as error:
        assert error.result == ids.R_BUSY
        return False
    return True


def test_the_key_of_a_device_provisioned_here_needs_no_file(factory, host):
    with factory.board({"/data/key": b""}) as board:
        assert provision(board, "POS-7", "north", "--new-fleet") == 0
        assert main(["config", "set", board.port, "apn=cmnet"]) == 0
        assert main(["restart", board.port]) == 0
        assert board.starts == 3
        with client(board) as link:
            assert link.request(ids.OP_CONFIG_GET).value["apn"] == "cmnet"
        assert isinstance(link, Client)
