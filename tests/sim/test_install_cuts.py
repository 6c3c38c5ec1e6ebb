"""An installation that loses its power: on the way, and at each write of loader and mark, in
`make soak`; at some of them otherwise. The old or the new program runs then, never half of each.
"""

import random
import shutil
import sys

import pytest

from installing import NEW, OLD, interrupted, put, runs

if sys.platform == "win32":
    pytest.skip("no ptys here", allow_module_level=True)


def test_cut_again_and_again_the_old_program_runs_until_the_new_one_is_whole(
    factory, programs, whole, seed
):
    """What is there is not written again, so that attempt after attempt gets further."""
    ahead = 40 if whole else 400
    with factory.board() as board:
        attempts = ready = 0
        # As far as it will: equal steps would meet the same write again and again.
        chance = random.Random(seed)
        while interrupted(board, put, programs[NEW], chance.randrange(ahead, 2 * ahead), ready):
            assert runs(board) == OLD
            assert board.file("/slot") == b"a"
            named = board.file("/b.pos")
            if named is None:
                now = len(board.file("/b.new") or b"")
                assert now >= ready
                ready = now
            else:  # cut before its slot's word: the next attempt copies it on the board
                assert named.startswith(programs[NEW].packed)
                ready = 0
            attempts += 1
            assert attempts < 40000 // ahead, "no end"
        assert attempts >= 2
        assert runs(board) == NEW
        assert board.file("/slot")[:1] == b"b" and board.file("/b.new") is None
    print(f"cut in {attempts} attempts: the old program ran")


def test_cut_while_loader_and_mark_change_the_old_or_the_new_program_runs(
    factory, programs, whole, seed, tmp_path
):
    image = tmp_path / "ready.img"
    with factory.board() as board:
        factory.install(board.image, {"/b.new": programs[NEW].packed})
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
