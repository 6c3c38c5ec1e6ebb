"""A locked board takes a new program with its manifest only: what else comes is refused and told,
and the old program runs on.
"""

import hashlib
import hmac
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import cbor2
import pytest

from board_factory import KEY, client
from installing import NEW, OLD, interrupted, put, runs
from posdiag.board import entry, install
from posdiag.cli import main
from posdiag.errors import BoardRefused, KeyNeeded
from posproto import ids

if sys.platform == "win32":
    pytest.skip("no ptys here", allow_module_level=True)

LOCKED = {"/data/locked": b"1"}
SHA = hashlib.sha256


def by_hand(packed, number, key=KEY):
    """A manifest by other means than ours: RFC 5869, RFC 9052 and cbor2."""
    secret = hmac.digest(hmac.digest(bytes(32), key, SHA), b"POSMA program 1\x01", SHA)
    payload = cbor2.dumps({0: number, 1: SHA(packed).digest()})
    protected = cbor2.dumps({1: 5})
    tag = hmac.digest(secret, cbor2.dumps(["MAC0", protected, b"", payload]), SHA)
    kid = SHA(b"\xa2\x01\x04\x20\x58\x20" + secret).digest()[:8]
    return cbor2.dumps([protected, {4: kid}, payload, tag])


NOW = 0x00010000  # 0.1.0, as this checkout calls itself


@pytest.fixture(scope="module")
def trusting(factory, tmp_path_factory):
    """A flash image of a locked board that has come to trust its program."""
    with factory.board(LOCKED) as board:
        assert runs(board) == OLD
        image = tmp_path_factory.mktemp("trusting") / "flash.img"
        board.call(board.power_cut)
        board.wait(lambda: board.speaks(2))
        image.write_bytes(board.image.read_bytes())
        yield image


def told(board):
    with client(board) as link:
        return [e.args for e in link.log_page(0).events if e.name == "program_refused"]


def test_a_board_that_is_locked_signs_what_it_runs(factory, programs, trusting):
    with factory.board(image=trusting) as board:
        packed = board.file("/a.pos")
        assert board.file("/a.sig") == board.file("/data/program") == by_hand(packed, NOW)
        assert not told(board)


def lacking(new):
    """(manifest of the new program or None, number that was kept, how it was chosen, why not)"""
    return (
        (None, NOW, b"b2", ids.PROGRAM_UNSIGNED),
        (b"", NOW, b"b2", ids.PROGRAM_UNSIGNED),
        (by_hand(new, NOW, bytes(32)), NOW, b"b2", ids.PROGRAM_UNSIGNED),
        (by_hand(new, NOW)[:-1] + b"\0\0", NOW, b"b2", ids.PROGRAM_UNSIGNED),
        (by_hand(new + b"\0", NOW), NOW, b"b2", ids.PROGRAM_CHANGED),
        (by_hand(new, NOW), NOW + 1, b"b2", ids.PROGRAM_OLDER),
        (None, NOW, b"b", ids.PROGRAM_UNSIGNED),
        (by_hand(new + b"\0", NOW), NOW, b"b", ids.PROGRAM_CHANGED),
    )


def test_a_program_without_its_manifest_does_not_count(factory, programs, trusting):
    packed = programs[NEW].packed

    def judge(sig, kept, mark, why):
        files = {"/b.pos": packed, "/slot": mark, "/data/program": by_hand(b"", kept)}
        if sig is not None:
            files["/b.sig"] = sig
        with factory.board(files, image=trusting) as board:
            assert runs(board) == OLD
            assert told(board) == [{"text": "b", "reason": why}]
            assert board.file("/slot") == b"a"

    with ThreadPoolExecutor(3) as pool:
        for done in [pool.submit(judge, *case) for case in lacking(packed)]:
            done.result()


def test_a_program_with_its_manifest_runs_and_older_ones_do_not_count_any_more(
    factory, programs, trusting
):
    packed = programs[NEW].packed
    files = {"/b.pos": packed + b"HERE" + bytes(12), "/b.sig": by_hand(packed, NOW + 5)}
    with factory.board({**files, "/slot": b"b2"}, "fast=40", image=trusting) as board:
        assert runs(board) == NEW and board.file("/slot")[:1] == b"b"
        board.wait(lambda: board.file("/slot") == b"b")
        assert board.file("/data/program") == by_hand(packed, NOW + 5)
        with pytest.raises(BoardRefused) as refused, client(board) as link:
            entry.maintenance(link, KEY)
            put(board, programs[OLD], key=KEY)
        assert refused.value.key == "flash_older"


def test_what_was_overwritten_by_hand_runs_no_more(factory, programs, trusting):
    """There is no other program: it says why at each start."""
    with factory.board({"/a.pos": programs[NEW].packed}, image=trusting, wait=False) as board:
        board.wait(lambda: board.starts >= 3 and b"see its manifest" in board.text)
        assert b"\x06C" not in board.text and b">>>" not in board.text


@pytest.mark.parametrize("path", ["/a.sig", "/data/key", "/data/program"])
def test_a_locked_board_in_which_such_a_file_cannot_be_read_goes_on(
    factory, programs, trusting, path
):
    with factory.board(None, f"fault=unreadable-{path}", image=trusting) as board:
        assert runs(board) == OLD and board.starts == 1


def test_the_tool_brings_the_manifest_and_asks_for_the_key_before_anything_is_written(
    factory, programs, trusting
):
    with factory.board({"/data/maintenance": b"1"}, image=trusting, wait=False) as board:
        for key, error in ((None, KeyNeeded), (bytes(32), BoardRefused)):
            with pytest.raises(error):
                put(board, programs[NEW], key=key)
        assert board.file("/b.new") is None
        put(board, programs[NEW], key=KEY)
        assert runs(board) == NEW
        assert board.file("/b.sig") == by_hand(programs[NEW].packed, NOW)


def test_a_new_key_does_not_lock_the_board_out_of_its_own_program(factory, trusting):
    with factory.board({"/data/key": bytes(32)}, image=trusting) as board:
        assert runs(board) == OLD
        assert board.file("/data/program") == by_hand(board.file("/a.pos"), NOW, bytes(32))


def test_unlocked_it_forgets_and_takes_any_program_again(factory, programs, trusting):
    with factory.board(image=trusting) as board, client(board) as link:
        link.request_keyed(ids.OP_UNLOCK, None, KEY)
        board.wait(lambda: board.speaks(2))
        board.wait(lambda: board.file("/data/program") is None)


@pytest.fixture
def key_file(tmp_path):
    key = tmp_path / "device.key"
    key.write_text(KEY.hex())
    key.chmod(0o600)
    return str(key)


def test_posdiag_flash_says_that_the_board_refused(
    factory, programs, trusting, key_file, capsys, monkeypatch
):
    """The manifest was lost on the way."""
    monkeypatch.setattr("posbuild.program.build", lambda board, root: programs[board])
    monkeypatch.setattr(install, "manifest_of", lambda program, key: bytes(94))
    words = {"en": "refused the new program", "zh": "未采用程序区"}
    with factory.board(image=trusting) as board:
        for lang in words:
            monkeypatch.setenv("POSDIAG_LANG", lang)
            args = ["flash", board.port, "--board", NEW, "--key-file", key_file]
            assert main(args) == 9
            assert words[lang] in capsys.readouterr().err
            assert runs(board) == OLD


def test_a_terminal_whose_new_program_was_refused_is_not_left_at_its_prompt(
    factory, programs, trusting, key_file, monkeypatch
):
    """It had restarted for maintenance: it showed its prompt for a quarter of an hour."""
    older = replace(programs[NEW], version="0.0.9")
    monkeypatch.setattr("posbuild.program.build", lambda board, root: older)
    with factory.board(image=trusting) as board:
        assert main(["flash", board.port, "--board", NEW, "--key-file", key_file]) == 9
        board.wait(lambda: board.speaks(3))
        assert runs(board) == OLD and board.file("/b.new") is None


def test_cut_at_a_write_the_old_program_runs_or_the_new_one_with_its_manifest(
    factory, programs, trusting, whole, seed, tmp_path
):
    image = tmp_path / "ready.img"
    image.write_bytes(trusting.read_bytes())
    files = {"/b.new": programs[NEW].packed, "/data/maintenance": b"1"}
    factory.install(image, files)
    with factory.board(image=image, wait=False) as board:
        total = put(board, programs[NEW], key=KEY)
    step = 1 if whole else total // 3
    seen = []
    for writes in range(1 if whole else 1 + seed % step, total + 1, step):
        with factory.board(image=image, wait=False) as board:
            assert interrupted(board, put, programs[NEW], writes, 0, KEY)
            now = runs(board)
            assert (now, board.file("/slot")[:1]) in ((OLD, b"a"), (NEW, b"b"))
            if now == NEW:
                assert board.file("/b.sig") == by_hand(programs[NEW].packed, NOW)
            assert not told(board)
            seen.append(now)
    assert OLD in seen
    print(f"cut at {len(seen)} of {total} writes: the old program ran {seen.count(OLD)} times")
