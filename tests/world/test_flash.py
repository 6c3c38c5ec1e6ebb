"""`posdiag flash` against a real MicroPython: what cuts, full boards and old ones leave behind."""

import sys

import pytest

from board_factory import KEY, client, loader, secrets
from installing import NEW, OLD, interrupted, put, runs
from posbuild.program import FIRST, build, digest
from posdiag.board import install
from posdiag.board.entry import open_prompt
from posdiag.cli import main
from posdiag.errors import BoardRefused
from posproto import ids
from rfc2217_server import Rfc2217Server

if sys.platform == "win32":
    pytest.skip("no ptys here", allow_module_level=True)

VERSION_0_1_BYTES = 668 * 1024  # of littlefs, that its program took; measured
BLOCK = 4096


def test_a_bare_board_gets_both_parts_of_the_program(factory, programs, tmp_path):
    image = tmp_path / "flash.img"
    factory.install(image, {"/data/key": KEY})
    with factory.board(image=image, wait=False) as board:
        put(board, programs[OLD])
        assert runs(board) == OLD
        assert board.file("/slot") == b"a" and board.file("/data/key") == KEY


def test_only_what_changed_is_sent(factory, programs):
    with factory.board() as board:
        put(board, programs[OLD])
        first = len(board.from_host)
        board.wait(lambda: board.speaks(2))
        put(board, programs[NEW])
        assert runs(board) == NEW
        sent = len(board.from_host) - first
        assert sent < len(programs[NEW].packed) // 10


def test_what_is_on_trial_is_written_over_not_what_was_before(factory, programs):
    with factory.board() as board:
        put(board, programs[NEW])
        assert runs(board) == NEW and board.file("/slot") == b"b1"
        with open_prompt(board.port, 115200, fresh=True) as prompt:
            found = install.look(prompt)
            assert (found.trusted, found.target) == ("a", "b")
        assert interrupted(board, put, programs[OLD], 8)
        assert runs(board) == OLD and board.file("/slot") == b"a"


def test_a_program_that_version_0_1_wrote_makes_room_for_two_new_ones(factory, programs, tmp_path):
    """It was a folder, in which each file took a block of its own."""
    image = tmp_path / "folder.img"
    # Of its size, of files of today: it needs not run, the prompt is there in any case.
    folder, left = {}, VERSION_0_1_BYTES
    files = programs[OLD].files
    for path in [FIRST, *(path for path in files if path != FIRST)]:
        size = -(-len(files[path]) // BLOCK) * BLOCK
        new = path.rsplit("/", 1)[0] not in {name.rsplit("/", 1)[0][3:] for name in folder}
        size += 2 * BLOCK if new else 0  # a directory
        if size <= left:
            folder[f"/a/{path}"] = files[path]
            left -= size
    assert left < BLOCK
    factory.install(image, {**folder, **loader(), **secrets(), "/slot": b"a"})
    with factory.board(image=image, wait=False) as board:
        put(board, programs[NEW])
        assert runs(board) == NEW
        settle(board, "b")
        put(board, programs[OLD])
        assert runs(board) == OLD
        settle(board, "a")
        with open_prompt(board.port, 115200, fresh=True) as prompt:
            found = install.look(prompt)
            names = prompt.value("os.listdir('/')")
        assert found.slots == {
            "a": digest(programs[OLD].packed),
            "b": digest(programs[NEW].packed),
        }
        assert sorted(name for name in names if name[:1] in "ab" and "." in name) == [
            "a.pos",
            "b.pos",
            "boot.py",
        ]
        assert found.free > 352 * 4096 - 2 * len(programs[NEW].packed) - 100_000


def test_secrets_and_records_stay(factory, programs):
    with factory.board({"/data/om3": b"a message"}) as board:
        put(board, programs[NEW])
        assert runs(board) == NEW
        assert board.file("/data/key") == KEY and board.file("/data/om3") == b"a message"


def test_a_full_board_is_refused_before_anything_changes(factory, programs):
    with factory.board({"/ballast": bytes(1_000_000)}) as board:
        with pytest.raises(BoardRefused) as refused:
            put(board, programs[NEW])
        assert refused.value.key == "no_room"
        board.call(board.power_cut)
        board.wait(lambda: board.speaks(2))
        assert runs(board) == OLD


@pytest.mark.parametrize(
    "change, key", [({"version": (1, 21, 0)}, "old_micropython"), ({"mpy": 5}, "other_mpy")]
)
def test_an_old_micropython_is_refused(programs, change, key):
    about = {
        "version": (1, 24, 0),
        "mpy": 2822,
        "platform": "rp2",
        "free": 1 << 20,
        "block": 4096,
        "mark": "",
    }
    nothing = {"slots": {"a": "", "b": ""}, "loader": {}, "begun": {}, "pieces": {}}
    board = install.Board(**{**about, **change}, **nothing)
    with pytest.raises(BoardRefused) as refused:
        install.check(board, programs[NEW])
    assert refused.value.key == key


@pytest.mark.parametrize(
    "mark, present, trusted, target",
    [
        ("", "", "", "a"),
        ("", "b", "b", "a"),
        ("a", "ab", "a", "b"),
        ("b", "ab", "b", "a"),
        ("b!", "ab", "b", "a"),
        ("b2", "ab", "a", "b"),
        ("a0", "ab", "b", "a"),
        ("a2", "a", "a", "b"),
        ("b", "a", "a", "b"),
        ("?", "ab", "a", "b"),
    ],
)
def test_the_slot_that_runs_is_never_the_target(mark, present, trusted, target):
    slots = {slot: "x" if slot in present else "" for slot in "ab"}
    board = install.Board((1, 24), 6, "rp2", 0, 4096, mark, slots, {}, {}, {})
    assert (board.trusted, board.target) == (trusted, target)


def settle(board, slot):
    """The program on trial has proved itself."""
    with open_prompt(board.port, 115200, fresh=True) as prompt:
        prompt.run(f"with open('/slot', 'w') as f: f.write({slot!r})")


@pytest.fixture
def compiled(programs, monkeypatch):
    """The command without its compiler, which has tests of its own."""
    monkeypatch.setattr("posbuild.program.build", lambda board, root: programs[board])
    monkeypatch.setenv("POSDIAG_LANG", "en")


def test_the_command_installs_and_shows_the_first_status(factory, compiled, capsys):
    with factory.board() as board:
        assert main(["flash", board.port, "--board", NEW]) == 0
        shown = capsys.readouterr()
        assert f"board {NEW}" in shown.out and "100 %" in shown.err and "on trial" in shown.err


def test_the_command_installs_through_a_serial_server(factory, compiled, capsys):
    with factory.board() as board, Rfc2217Server(board.port) as server:
        assert main(["flash", server.url, "--board", NEW]) == 0
        assert f"board {NEW}" in capsys.readouterr().out


def test_the_command_says_when_nothing_differs(factory, programs, compiled, capsys):
    with factory.board({"/a.pos": programs[OLD].packed}) as board:
        assert main(["flash", board.port]) == 0  # the agent says which board it is
        assert "runs there already" in capsys.readouterr().out
        board.wait(lambda: board.speaks(2))
        assert board.file("/slot") == b"a"


def test_a_board_that_nobody_knows_is_a_matter_of_usage(factory, tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("POSDIAG_LANG", "en")
    with factory.board() as board:
        assert main(["flash", board.port, "--board", "toaster"]) == 2
        assert "rpi_pico" in capsys.readouterr().err


def test_a_locked_board_is_flashed_with_its_key_through_maintenance(
    factory, compiled, tmp_path, capsys
):
    key = tmp_path / "device.key"
    key.write_text(KEY.hex())
    key.chmod(0o600)
    with factory.board({"/data/locked": b"1"}) as board:
        assert main(["flash", board.port, "--board", NEW]) == 9
        assert main(["flash", board.port, "--board", NEW, "--key-file", str(key)]) == 0
        assert "maintenance" in capsys.readouterr().err
        with client(board) as link:
            assert link.hello.board == NEW and link.ask_status().flags & ids.FLAG_LOCKED
            assert not link.request(ids.OP_CRASHES).value


def test_the_program_of_this_checkout_fits_a_board():
    built = build(OLD)
    assert FIRST in built.files
    assert not [path for path in built.files if path.startswith(("boards/", "main"))]
    assert len(built.packed) < 420_000  # two of them, and as much beside, on a Pico's 1,408 KB
