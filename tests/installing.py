"""Installing programs on boards of the tests: two programs, and power that goes on the way."""

from board_factory import ROOT, program
from posbuild.compile import compile_source
from posbuild.program import FIRST, LOADER, Program
from posdiag.board import flash
from posdiag.board.entry import first_status, open_prompt
from posdiag.errors import PosdiagError

OLD, NEW = "rpi_pico", "rpi_pico2"  # the hello names the board's file: so it tells who runs


def programs(mpy):
    """The old and the new program: alike but for a few files, and the loader but for a comment."""

    def one(board):
        files = {
            path.removeprefix("/a/"): source.read_bytes()
            for path, source in program(mpy, "a", board).items()
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


# At the prompt: the power goes at a write of the file that is written as number `number`.
_CUT_IN_FILE = """
import machine
_files = 0
def _file():
    global _files
    _files += 1
    if _files == {number}:
        machine.cut_after({writes})
def _counted(works):
    def inner(*args):
        _file()
        works(*args)
    return inner
_put, _copy = _counted(_put), _counted(_copy)
"""


def put_cut_in_file(board, wanted, number, writes):
    """Install until the power goes: at write `writes` from the beginning of file `number` of those
    of the slot that are still to be written; not at all where there are fewer.
    """
    with open_prompt(board.port, 115200, fresh=True) as prompt:
        found = flash.look(prompt)
        prompt.run(_CUT_IN_FILE.format(number=number, writes=writes))
        whole = prompt.put

        def counted(path, *args):
            if path.startswith(f"/{found.target}/"):
                prompt.run("_file()")
            whole(path, *args)

        prompt.put = counted
        flash.install(prompt, found, wanted, silent)
        prompt.reset()


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
