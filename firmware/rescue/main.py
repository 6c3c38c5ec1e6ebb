"""In place of the agent: whoever rescues the board works at its prompt."""
