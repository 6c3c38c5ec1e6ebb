"""The mistakes that once went through all tests unseen are seen: `make mutants` plays more."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "mutants"))

import mutants


@pytest.mark.parametrize("mutant", mutants.known(), ids=lambda mutant: mutant.name)
def test_a_mistake_that_once_went_unseen_is_seen(mutant):
    assert not mutants.survives(mutant)


def test_the_same_tests_pass_without_a_mistake():
    files = {mutant.file: mutant for mutant in mutants.known()}
    whole = sorted({test for mutant in files.values() for test in mutant.tests})
    right = next(iter(files.values()))
    source = (mutants.ROOT / right.file).read_text(encoding="utf-8")
    assert mutants.survives(right._replace(source=source, tests=tuple(whole)))
