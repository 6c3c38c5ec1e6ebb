"""The acquirer's language: ISO 8583 as spoken between terminals and their host.

One dialect is loaded at a time: `cup`, `nac` or `ascii87`.
"""


class IsoError(ValueError):
    """Bytes that are not what the dialect says; `reason` is short and holds no field content."""

    def __init__(self, reason):
        super().__init__(reason)
        self.reason = reason
