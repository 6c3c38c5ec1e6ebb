"""The build of a board's program: the agent's sources, numbers folded, compiled, as one file."""
