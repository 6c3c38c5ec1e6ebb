"""A board at its prompt: entered, flashed, built for."""
