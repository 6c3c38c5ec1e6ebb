"""Random pairs of faults: first stands one of the two, and the one that explains the other."""

import random

import pytest

import pairs
from posdiag.facts import names
from posproto.verdicts import explains

CHOSEN = 16


def test_of_two_faults_the_one_that_explains_stands_first(seed, whole):
    chosen = pairs.pairs()
    if not whole:
        chosen = random.Random(seed).sample(chosen, CHOSEN)
    for one, other in chosen:
        run, said = pairs.play(one, other, seed)
        fine = set(said) <= pairs.right(one, other) and len(set(said)) == 1
        assert fine, (one, other, said, run.timing.verdicts[-6:])


NUMBERS = {name: number for number, name in names.VERDICTS.items()}


@pytest.mark.parametrize("first", pairs.EXPLAINS)
def test_the_tool_says_follows_from_it_only_where_the_table_does(first):
    for second in pairs.FAULTS:
        if second == first or any({first, second} <= group for group in pairs.EXCLUDE):
            continue
        says = all(
            explains(NUMBERS[one], NUMBERS[other])
            for one in pairs.FAULTS[first][1]
            for other in pairs.FAULTS[second][1]
        )
        assert not says or second in pairs.EXPLAINS[first], (first, second)
