"""A slice of `make fuzz`: both sides of the agent fed with seeded nonsense."""

from dropping import keep_modules
from fuzz_links import Fuzz

keep_modules()


def test_seeded_nonsense_from_modem_and_cable_ends_nothing():
    for seed in (1, 2):
        Fuzz(seed).run(5000)
