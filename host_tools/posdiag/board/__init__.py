"""A board at its MicroPython prompt: reached, read, given a program."""
