"""An installation that loses its power: in each file, and at each write of loader and mark, in
`make soak`; in some of them otherwise. The old or the new program runs then, never half of each.
"""

import shutil
import sys

import pytest

from installing import NEW, OLD, interrupted, put, put_cut_in_file, runs

if sys.platform == "win32":
    pytest.skip("no ptys here", allow_module_level=True)


@pytest.mark.timeout(900)
def test_cut_in_any_file_the_old_or_the_new_program_runs(factory, programs, whole, seed):
    """Attempt after attempt gets a file further, since what is there is not written again, and is
    cut at another of the file's writes."""
    ahead = 2 if whole else 16
    with factory.board() as board:
        attempts = 0
        while interrupted(board, put_cut_in_file, programs[NEW], ahead, 1 + (seed + attempts) % 5):
            assert runs(board) == OLD
            assert board.file("/slot") == b"a"
            attempts += 1
            assert attempts <= len(programs[NEW].files), "no end"
        assert attempts >= (len(programs[NEW].files) - 1) // ahead
        assert runs(board) == NEW
        assert board.file("/slot")[:1] == b"b"
    print(f"cut in {attempts} of {len(programs[NEW].files)} files: the old program ran")


@pytest.mark.timeout(900)
def test_cut_while_loader_and_mark_change_the_old_or_the_new_program_runs(
    factory, programs, whole, seed, tmp_path
):
    image = tmp_path / "ready.img"
    with factory.board() as board:
        copied = {f"/b/{path}": data for path, data in programs[NEW].files.items()}
        factory.install(board.image, copied)
        shutil.copy(board.image, image)
    with factory.board(image=image) as board:
        total = put(board, programs[NEW])
    seen = []
    step = 1 if whole else total // 4
    for writes in range(1 if whole else 1 + seed % step, total + 1, step):
        with factory.board(image=image) as board:
            assert interrupted(board, put, programs[NEW], writes)
            now = runs(board)
            assert (now, board.file("/slot")[:1]) in ((OLD, b"a"), (NEW, b"b"))
            seen.append(now)
            for name, data in programs[OLD].loader.items():
                assert board.file(f"/{name}") in (data, programs[NEW].loader[name])
    assert OLD in seen
    print(f"cut at {len(seen)} of {total} writes: the old program ran {seen.count(OLD)} times")
