"""Installing programs on boards of the tests: two programs, and power that goes on the way."""

from board_factory import ROOT, modules
from posbuild.compile import compile_source
from posbuild.program import LOADER, Program
from posdiag.board import install
from posdiag.board.entry import first_status, open_prompt
from posdiag.errors import PosdiagError

OLD, NEW = "rpi_pico", "rpi_pico2"  # the hello names the board's file: so it tells who runs


def programs(mpy):
    """The old and the new program: alike but for a few files, and the loader but for a comment."""

    def one(board):
        files = modules(mpy, board)
        loader = {name: (ROOT / "firmware" / name).read_bytes() for name in LOADER}
        if board == NEW:
            for n in range(3):
                files[f"posagent/new{n}.mpy"] = compile_source(f"number = {n}\n", "new.py")
            loader = {name: data + b"# new\n" for name, data in loader.items()}
        return Program(board, files, loader)

    return {board: one(board) for board in (OLD, NEW)}


def silent(*_):
    """Progress that nobody watches."""


def put(board, wanted, writes=0, ready=0, key=None):
    """Install through the prompt; with `writes` the power goes at that write to flash. Returns the
    number of writes that it took. `ready`: so many bytes may be there from an earlier attempt.
    """
    with open_prompt(board.port, 115200, fresh=True) as prompt:
        found = install.look(prompt)
        install.check(found, wanted, key)
        assert found.begun[found.target][0] >= ready, "an interrupted installation is gone on with"
        prompt.run(f"import machine; machine.cut_after({writes})")
        install.write(prompt, found, wanted, silent, key)
        count = prompt.value("machine.writes()")
        prompt.reset()
        return count


def interrupted(board, install, *args):
    """Was the installation cut? Otherwise it is complete."""
    starts = board.starts
    try:
        install(board, *args)
    except PosdiagError:
        board.wait(lambda: board.starts == starts + 1)
        return True
    return False


def runs(board):
    """Name in the hello of what runs now."""
    link, _ = first_status(board.port, 115200)
    link.close()
    return link.hello.board
