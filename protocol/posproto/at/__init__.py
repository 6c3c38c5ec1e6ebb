"""The modem's language: lines, result codes, answers and unsolicited codes, reject causes.

Pure functions: bytes in, values out, `Unreadable` where the bytes do not say it clearly.
Import the module of the one domain needed: loaded code is heap on a board.
"""


class Unreadable(ValueError):
    """The line does not carry what was asked of it. `reason` is one short word."""

    def __init__(self, reason):
        super().__init__(reason)
        self.reason = reason
