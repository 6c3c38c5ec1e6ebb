"""A practice terminal: the agent and its whole world in one CPython process, on every platform.

No pty, no MicroPython, no compiler: the terminal's port is a socket on the loopback.
"""
