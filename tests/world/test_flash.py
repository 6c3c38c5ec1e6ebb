"""`posdiag flash` against a real MicroPython: what cuts, full boards and old ones leave behind."""

import shutil
import sys

import pytest

from board_factory import KEY, ROOT, Factory, client, program
from posdiag import flash
from posdiag.boardlink import first_status, open_prompt
from posdiag.cli import main
from posdiag.compile import compile_source
from posdiag.errors import FlashRefused, PosdiagError
from posdiag.program import FIRST, LOADER, Program, build
from posproto import ids

if sys.platform == "win32":
    pytest.skip("no ptys here", allow_module_level=True)

OLD, NEW = "rpi_pico", "rpi_pico2"  # the hello names the board's file: so it tells who runs


@pytest.fixture(scope="module")
def factory(micropython, board_mpy, tmp_path_factory):
    return Factory(tmp_path_factory.mktemp("boards"), micropython, board_mpy)


@pytest.fixture(scope="module")
def programs(board_mpy):
    """The old and the new program: alike but for a few files, and the loader but for a comment."""

    def one(board):
        files = {
            path.removeprefix("/a/"): source.read_bytes()
            for path, source in program(board_mpy, "a", board).items()
        }
        first = files.pop(FIRST)
        loader = {name: (ROOT / "firmware" / name).read_bytes() for name in LOADER}
        if board == NEW:
            for n in range(3):
                files[f"posagent/new{n}.mpy"] = compile_source(f"number = {n}\n", "new.py")
            loader = {name: data + b"# new\n" for name, data in loader.items()}
        return Program(board, {**files, FIRST: first}, loader)

    return {board: one(board) for board in (OLD, NEW)}


def silent(*_):
    """Progress that nobody watches."""


def put(board, wanted, writes=0):
    """Install through the prompt; with `writes` the power goes at that write to flash. Returns the
    number of writes that it took.
    """
    with open_prompt(board.port, 115200, fresh=True) as prompt:
        found = flash.look(prompt)
        flash.check(found, wanted)
        prompt.run(f"import machine; machine.cut_after({writes})")
        flash.install(prompt, found, wanted, silent)
        count = prompt.value("machine.writes()")
        prompt.reset()
        return count


def runs(board):
    """Name in the hello of what runs now."""
    link, _ = first_status(board.port, 115200)
    link.close()
    return link.hello.board


def interrupted(board, wanted, writes):
    """Was the installation cut? Otherwise it is complete."""
    starts = board.starts
    try:
        put(board, wanted, writes)
    except PosdiagError:
        board.wait(lambda: board.starts == starts + 1)
        return True
    return False


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
        assert sent < 20_000 < programs[NEW].size


def test_cut_at_any_write_the_old_or_the_new_program_runs(factory, programs, seed):
    """Attempt after attempt is cut a bit later; what was copied before is not copied again."""
    with factory.board() as board:
        attempts = 0
        while interrupted(board, programs[NEW], 240 + 7 * (seed + attempts)):
            assert runs(board) == OLD
            attempts += 1
        assert attempts > 3
        assert runs(board) == NEW
        assert board.file("/slot")[:1] == b"b"


def test_cut_while_loader_and_mark_change_the_old_or_the_new_program_runs(
    factory, programs, seed, tmp_path
):
    image = tmp_path / "ready.img"
    with factory.board() as board:
        copied = {f"/b/{path}": data for path, data in programs[NEW].files.items()}
        factory.install(board.image, copied)
        shutil.copy(board.image, image)
    with factory.board(image=image) as board:
        total = put(board, programs[NEW])
    seen = set()
    for writes in range(1 + seed % 6, total + 1, 6):
        with factory.board(image=image) as board:
            assert interrupted(board, programs[NEW], writes)
            now = runs(board)
            assert (now, board.file("/slot")[:1]) in ((OLD, b"a"), (NEW, b"b"))
            seen.add(now)
            for name, data in programs[OLD].loader.items():
                assert board.file(f"/{name}") in (data, programs[NEW].loader[name])
    assert OLD in seen


def test_what_is_on_trial_is_written_over_not_what_was_before(factory, programs):
    with factory.board() as board:
        put(board, programs[NEW])
        assert runs(board) == NEW and board.file("/slot") == b"b1"
        with open_prompt(board.port, 115200, fresh=True) as prompt:
            found = flash.look(prompt)
            assert (found.trusted, found.target) == ("a", "b")
        assert interrupted(board, programs[OLD], 8)
        assert runs(board) == OLD and board.file("/slot") == b"a"


def test_secrets_and_records_stay(factory, programs):
    with factory.board({"/data/om3": b"a message"}) as board:
        put(board, programs[NEW])
        assert runs(board) == NEW
        assert board.file("/data/key") == KEY and board.file("/data/om3") == b"a message"


def test_a_full_board_is_refused_before_anything_changes(factory, programs):
    with factory.board({"/ballast": bytes(600_000)}) as board:
        with pytest.raises(FlashRefused) as refused:
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
    board = flash.Board(**{**about, **change}, slots={"a": {}, "b": {}}, loader={})
    with pytest.raises(FlashRefused) as refused:
        flash.check(board, programs[NEW])
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
    slots = {slot: {FIRST: "x"} if slot in present else {} for slot in "ab"}
    board = flash.Board((1, 24), 6, "rp2", 0, 4096, mark, slots, {})
    assert (board.trusted, board.target) == (trusted, target)


@pytest.fixture
def compiled(programs, monkeypatch):
    """The command without its compiler, which has tests of its own."""
    monkeypatch.setattr("posdiag.program.build", lambda board, root: programs[board])
    monkeypatch.setenv("POSDIAG_LANG", "en")


def test_the_command_installs_and_shows_the_first_status(factory, compiled, capsys):
    with factory.board() as board:
        assert main(["flash", board.port, "--board", NEW]) == 0
        shown = capsys.readouterr()
        assert f"board {NEW}" in shown.out and "100 %" in shown.err and "on trial" in shown.err


def test_the_command_says_when_nothing_differs(factory, compiled, capsys):
    with factory.board() as board:
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
    assert list(built.files)[-1] == FIRST and "pos.mpy" in built.files
    assert not [path for path in built.files if path.startswith(("boards/", "main"))]
    assert built.size < 250_000
