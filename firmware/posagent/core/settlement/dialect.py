"""The acquirer's dialect as configured: framing, where the message begins, its field table."""

from posproto.iso8583 import walker

from .. import modules

_FRAMING = "posproto.iso8583.framing"


class Wire:
    """Made for one exchange or one message handed in; loads the one dialect in use."""

    def __init__(self, config) -> None:
        name = config["dialect"]
        dialect = modules.load("posproto.iso8583." + name)
        changes = {}
        fields = pairs(config["fields"])
        for field in fields:
            code = fields[field]
            changes[int(field)] = int(code) if code.isdigit() else ord(code)
        self.table = walker.override(dialect.TABLE, changes)
        self.start = config["skip_bytes"] if config["skip_bytes"] >= 0 else dialect.SKIP
        self.header = config["header_at"] if config["header_at"] > -2 else dialect.HEADER
        self.flagged = name == "cup"  # its 0510 says in F48 whether the totals agree
        self._prefix = config["prefix"]

    def reader(self):
        """For the bytes of one connection."""
        if self._prefix == "none":
            return modules.use("posproto.iso8583.bare", "BareIn", self.table, self.start)
        framing = modules.load(_FRAMING)
        return framing.FrameIn(framing.FORMS.index(self._prefix))

    def wrap(self, message: bytes) -> bytes:
        """`message` with its length prefix: all that the agent adds, outside the MAC (R1, R2)."""
        if self._prefix == "none":
            return message
        framing = modules.load(_FRAMING)
        return framing.prefix(framing.FORMS.index(self._prefix), len(message)) + message

    def parse(self, frame: bytes):
        """What may be known of a message; raises IsoError."""
        return walker.walk(frame, self.table, self.start, self.header)


def pairs(text: str) -> dict:
    """{code: meaning} of a text of pairs."""
    return dict(pair.split("=") for pair in text.split())


def told(mti: int, stan: int, batch: int):
    """The Message of one that is opaque, from what the application says of it."""
    message = walker.Message()
    message.mti = mti
    message.f11 = "%06d" % stan
    if batch:
        message.f60_2 = "%06d" % batch
    return message
