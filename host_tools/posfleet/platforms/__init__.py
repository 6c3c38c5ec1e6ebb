"""The SIM cards' platforms: what they say of a card, joined with what its terminal says."""
