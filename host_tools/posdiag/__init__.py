"""The host's side of a terminal: what its agent reports, as words for people and data for tools.

As a library: `Client` over a `Transport` gives `Status`, `Event` and `Hello` objects; `Texts`
turns their numbers into English or Chinese. The command line in `cli.py` is one user of it.
"""

from posproto import VERSION

__all__ = ["VERSION"]
