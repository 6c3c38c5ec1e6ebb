"""The page: who needs a hand and why, for signed-in people."""
