"""A board of version 0.1 flashed to this program, its power cut at any write: each of them in
`make soak`, some otherwise.
"""

import living_on


def test_a_board_of_version_0_1_loses_nothing_and_sends_nothing_twice(whole, seed):
    total = living_on.play().changes
    step = 1 if whole else total // 6
    cuts = range(1 if whole else 1 + seed % step, total + 1, step)
    for cut in cuts:
        living_on.play(cut)
    print(f"cut at {len(cuts)} of {total} changes of flash: nothing lost, nothing sent twice")
