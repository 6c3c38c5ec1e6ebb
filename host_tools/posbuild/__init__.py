"""Turns the agent's sources into a board's program: numbers folded, compiled, in one slot."""
