"""What a procedure yields to the engine, and what it gets back.

A procedure is a generator: `reply = yield Command(b"+CSQ")`, `line = yield WaitUrc(...)`,
`yield Sleep(ms)`; sub-procedures with `yield from`.
"""

from posproto import const

LINES_MAX = const(32)  # answer lines kept of one command
ANSWER_MAX = const(4096)  # and their bytes
_BARE = b"CGMI CGMM CGMR CGSN CIMI GMI GMM GMR GSN"


class Restarted(Exception):
    """Why a task was closed: the modem restarted, so whatever it had set up is gone."""


class Command:
    """One AT command; `text` without `AT` and CR. Stateless, so it may be kept and sent again.

    timeout_ms  until the final result; 0: the family's own limit for this command.
    prefix      head(s) of its answer lines, bytes or a tuple; b"" as the last: bare lines too;
                () when it has none but the result. None: its own name (`+CSQ` -> `+CSQ:`), and
                bare lines where the standard has it answer so.
    data        sent at the `>` prompt; the time limit then starts again.
    finals      results that only this command can end with (`SEND OK`, `, CLOSE OK`).
    payload     (head, field): the line with that head tells in that comma-separated field how
                many bytes of data follow it.
    """

    def __init__(
        self,
        text: bytes,
        timeout_ms: int = 0,
        prefix=None,
        data: bytes | None = None,
        finals=(),
        payload: tuple | None = None,
    ) -> None:
        assert b"\r" not in text and b"\x1a" not in text  # one command, whatever a setting holds
        self.text = text
        self.timeout_ms = timeout_ms
        self.data = data
        self.finals = finals
        self.payload = payload
        self.bare = False  # lines without a head are answers
        if prefix is None:
            end = text.find(b"=")
            if end < 0:
                end = text.find(b"?")
            prefix = ()
            if text[:1] != b"+":
                self.bare = True
            # +CUSD answers by a URC, before or after OK, but to its read form (TS 27.007 7.15)
            elif text[:6] != b"+CUSD=":
                prefix = (text[: end if end > 0 else None] + b":",)
                self.bare = end < 0 and text[1:] in _BARE
        elif isinstance(prefix, bytes):
            prefix = (prefix,)
        elif b"" in prefix:
            self.bare = True
            prefix = prefix[:-1]
        self.prefix = prefix
        assert 0 <= timeout_ms < 1 << 29 and data != b""  # ticks wrap; a prompt is answered
        assert payload is None or (payload[0] in prefix and data is None)
        # The head whose lines are answers and no headers of more; None where there is none such.
        # Of several, the one that comes first, and which one follows each.
        self.plain = self.follows = None
        several = len(prefix) > 1
        if prefix and not (several and self.bare) and not payload and text[:4] != b"+CMG":
            self.plain = prefix[0]
            if several:
                self.follows = dict(zip(prefix, prefix[1:] + prefix[-1:]))
        self.reg = ()  # the heads that its answers share with news
        if text[-4:] == b"REG?":
            self.reg = tuple([head for head in prefix if head[-4:] == b"REG:"])


def limit_ms(cmd, family):
    """How long the command may take until its result, by its own word or the family's."""
    if cmd.timeout_ms:
        return cmd.timeout_ms
    text = cmd.text
    if len(text) > 5 and text[-1] != 63:  # not merely read from the module
        for head, longer_ms in family.LIMITS:
            if text.startswith(head):
                return longer_ms
    return family.LIMIT_MS


class Reply:
    """How a command ended. `lines` are its answer lines, `payload` its counted data or None."""

    result = -1  # posproto.at.result: OK 0, ERROR 1, CME 2 ... DEAD 10, EXTRA 11
    code = -1  # number of +CME or +CMS ERROR
    text = b""  # the line that ended it
    payload = None
    bad = False  # bytes were lost in the payload
    size = 0  # bytes of the answer lines

    def __init__(self) -> None:
        self.lines = []


class Sleep:
    """Lets `ms` pass, below 6 days; others may use the port meanwhile."""

    prefix = ()

    def __init__(self, ms: int) -> None:
        assert 0 <= ms < 1 << 29
        self.ms = ms


class WaitUrc:
    """Waits for an unsolicited line with one of the heads; None after `timeout_ms`.

    A line that came while the command right before it was in flight counts too: some modules
    send +CUSD or +CIPOPEN before their OK.
    """

    def __init__(self, prefix: bytes | tuple, timeout_ms: int) -> None:
        assert 0 <= timeout_ms < 1 << 29
        self.prefix = (prefix,) if isinstance(prefix, bytes) else prefix
        self.ms = timeout_ms


class Task:
    """The engine's record of a running procedure."""

    def __init__(self, name: str, gen, done, priority: int, now_ms: int) -> None:
        self.name = name
        self.gen = gen
        self.done = done
        self.priority = priority
        self.item = None  # what it waits for; None before its first step and after its end
        self.due = now_ms
        self.timed = True  # `due` holds
        self.ready = False  # what it waited for is there: `value`
        self.value = None
        self.seen = 0  # so many unsolicited lines; those behind are for its next wait


def matches(line: bytes, heads: tuple) -> bool:
    """Whether bytes `line` begins with one of `heads`."""
    for head in heads:  # noqa: SIM110 (any() makes a generator: three times slower here)
        if line.startswith(head):
            return True
    return False
