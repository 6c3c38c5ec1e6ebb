"""The modem's serial line: editing, echo, prompts, pacing, and what goes wrong on a wire.

A line is written as one unit: an unsolicited line comes between others, never inside one.
"""

_PROMPT_ESC = 0x1B
_CTRL_Z = 0x1A
_TOGETHER = 192  # what is written at one moment is read at one moment, up to so many bytes


class Faults:
    """What the wire and the firmware do wrong; all off. Numbers are per thousand unless named."""

    def __init__(self):
        self.lose_out = 0  # bytes from the modem
        self.lose_in = 0  # bytes to the modem
        self.flip_out = 0  # bits, of bytes from the modem
        self.flip_in = 0  # and of those to it
        self.garbage = 0  # lines with noise in front
        self.slow_ms = 0  # added to each answer
        self.hang_after = 0  # commands until the firmware hangs; 0: never
        self.hang_on = ""  # a command with this in it hangs the firmware
        self.mute_urcs = False
        self.agent_deaf = False  # the agent's end of the wire is stuck until the agent restarts
        self.baud = 115200  # what the module's port is set to


class Port:
    """owner: command_line(text) hears of each line. rate: bytes per second on the wire."""

    def __init__(self, agenda, rng, owner, rate=11520):
        self.agenda = agenda
        self.rng = rng.fork("port")
        self.owner = owner
        self.rate = rate
        self.faults = Faults()
        self.agent_baud = 115200
        self.heard_ms = 0  # when the agent last heard anything
        self.listening = False
        self.raw = False  # data mode: bytes are a session's, not commands
        self._pluses = 0
        self._deaf = 0  # so many times +++ is not heard
        self._raw_ms = 0
        self.s3, self.s4 = "\r", "\n"
        self._tx = []  # (due_ms, bytes, written_ms)
        self._free_us = 0  # the wire is taken until then
        self.reset()

    def reset(self):
        """Volatile settings back to the factory's."""
        self.echo = True
        self.verbose = True
        self.quiet = False
        self.raw = False
        self._line = bytearray()
        self._last = ""
        self._want = None  # (length or None, function) behind a prompt
        self._payload = bytearray()
        self._informed = False

    def cut(self):
        """The supply is gone: what was on its way out is lost."""
        self._tx = []
        self.reset()

    # -- out -----------------------------------------------------------------

    def write(self, text):
        """One unit to the wire, str (one octet a character) or bytes; True where none is lost."""
        if isinstance(text, str):
            octets = text.encode()
            # One octet a character: GSM's own codes above 127 are no UTF-8.
            text = octets if len(octets) == len(text) else bytes([ord(c) & 0xFF for c in text])
        faults = self.faults
        if faults.garbage and self.rng.chance(faults.garbage):
            noise = bytes([self.rng.below(256) for _ in range(self.rng.between(1, 9))])
            text = noise + text
        whole = True
        if faults.lose_out:
            kept = self.rng.kept(text, faults.lose_out)
            whole = len(kept) == len(text)
            text = kept
        if faults.flip_out:
            text = self._flipped(text, faults.flip_out)
        now_ms = self.agenda.now_ms
        free_us = self._free_us
        if free_us < now_ms * 1000:
            free_us = now_ms * 1000
        self._free_us = free_us + len(text) * 1000000 // self.rate
        tx = self._tx
        if tx:
            due_ms, before, since_ms = tx[-1]
            if since_ms == now_ms and len(before) < _TOGETHER:
                tx[-1] = (due_ms, before + text, since_ms)
                return whole
        # A unit is there when its first byte is, and the next one not before its last has gone.
        tx.append(((free_us + 999) // 1000, text, now_ms))
        return whole

    def urc(self, text):
        if not self.listening or self.raw:
            return
        if self.faults.mute_urcs or not self.write(self._framed(text)):
            self.owner.operator.note("unheard")

    def _framed(self, text):
        if self.verbose:
            return "\r\n" + text + "\r\n"
        return text + "\r\n"

    def info(self, text):
        """A line of an answer; several follow each other with one line end between."""
        if self.verbose and not self._informed:
            text = "\r\n" + text
        self._informed = True
        self.write(text + "\r\n")

    def binary(self, head, data):
        """An answer line with counted bytes behind it, in one unit."""
        unit = ("\r\n" if self.verbose and not self._informed else "") + head + "\r\n"
        self._informed = True
        self.write(unit.encode() + bytes(data) + b"\r\n")

    def final(self, text, terse):
        self._informed = False
        if self.quiet:
            return
        self.write(text + "\r" if terse else self._framed(text))

    def final_done(self):
        """The command wrote its own last line."""
        self._informed = False

    def output(self, now_ms):
        """Bytes that have left by now."""
        tx = self._tx
        if not tx or tx[0][0] > now_ms:
            return b""
        out = tx.pop(0)[1]  # nearly always all of it
        while tx and tx[0][0] <= now_ms:
            out += tx.pop(0)[1]
        if self.faults.agent_deaf:
            return b""
        if self.agent_baud != self.faults.baud:
            return _garbled(out)
        self.heard_ms = now_ms
        return bytes(out)

    def next_due(self):
        return self._tx[0][0] if self._tx else -1

    # -- in ------------------------------------------------------------------

    def prompt(self, length, fn):
        """Ask for data: a count of bytes, or None for a text ended with Ctrl-Z. ESC gives None."""
        self.want(length, fn)
        self.write("\r\n> ")

    def want(self, length, fn):
        """Take the next bytes as data, without a prompt."""
        self._want = (length, fn)
        self._payload = bytearray()

    def prompt_over(self):
        self._want = None

    def data_mode(self, deaf=0):
        """From now on bytes are a session's, until +++ with a second of silence around it."""
        self.raw = True
        self._deaf = deaf
        self._pluses = 0
        self._raw_ms = self.agenda.now_ms

    def _data_byte(self, byte):
        now_ms = self.agenda.now_ms
        quiet = now_ms - self._raw_ms >= 1000
        self._raw_ms = now_ms
        if byte != 0x2B or (self._pluses == 0 and not quiet):
            self._pluses = 0
            return
        self._pluses += 1
        if self._pluses == 3:
            self.agenda.after(1000, self._escaped, now_ms)

    def _escaped(self, since_ms):
        if not self.raw or self._pluses != 3 or self._raw_ms != since_ms:
            return
        self._pluses = 0
        if self._deaf:
            self._deaf -= 1
            return
        self.raw = False
        self.final("OK" if self.verbose else "0", not self.verbose)

    def waiting(self):
        """True inside a half line or behind a prompt."""
        return bool(self._line) or self._want is not None

    def _flipped(self, data, permille):
        """`data` with a bit turned in so many of a thousand bytes."""
        return bytes(
            [b ^ 1 << self.rng.below(8) if self.rng.chance(permille) else b for b in data]
        )

    def receive(self, data):
        if self.agent_baud != self.faults.baud:
            data = _garbled(data)
        if self.faults.flip_in:
            data = self._flipped(data, self.faults.flip_in)
        if self._plain(data):
            return
        echoed = bytearray()
        for byte in data:
            if self.faults.lose_in and self.rng.chance(self.faults.lose_in):
                continue
            if self.raw:
                self._data_byte(byte)
            elif self._want is not None:
                self._take(byte, echoed)
            else:
                self._edit(byte, echoed)
        if echoed:
            self.write(bytes(echoed))

    def _plain(self, data):
        """One whole command line and nothing to edit or echo: most of all input, done at once."""
        if self.echo or self.raw or self._want is not None or self._line or self.faults.lose_in:
            return False
        end = len(data) - 1
        if end < 2 or data.find(b"\r") != end or data.find(b"\x08") >= 0 or data.find(b"\n") >= 0:
            return False
        try:
            line = bytes(data[:end]).decode()
        except UnicodeError:
            return False
        if len(line) != end:
            return False  # one octet a character, and these are no ASCII
        self._complete(line)
        return True

    def _take(self, byte, echoed):
        length, fn = self._want
        if length is None:
            if byte in (_CTRL_Z, _PROMPT_ESC):
                self._want = None
                fn(None if byte == _PROMPT_ESC else bytes(self._payload))
                return
            if byte == 10 and not self._payload:
                return  # a line feed behind the command's carriage return
            if self.echo:
                echoed.append(byte)
            self._payload.append(byte)
        else:
            self._payload.append(byte)
            if len(self._payload) >= length:
                self._want = None
                fn(bytes(self._payload))

    def _edit(self, byte, echoed):
        if self.echo and byte != 10:
            echoed.append(byte)
        if byte == 13:
            line = "".join([chr(b) if b < 128 else "?" for b in self._line])
            self._line = bytearray()
            if echoed:
                self.write(bytes(echoed))
                echoed[:] = b""
            self._complete(line)
        elif byte == 8:
            self._line = self._line[:-1]
        elif byte == 10:
            pass
        elif len(self._line) < 3000:
            self._line.append(byte)
            if len(self._line) == 2 and self._line in (b"A/", b"a/"):
                self._line = bytearray()
                self._complete(self._last)

    def _complete(self, line):
        at = line.upper().find("AT")
        if at < 0:
            return  # not addressed to a modem: no answer at all
        self._last = line
        self.owner.command_line(line[at + 2 :])


def _garbled(data):
    """What one rate makes of another one's bytes: bits in wrong places, no line ever ends."""
    return bytes([(7 * byte + 3) & 0x7F | 0x80 for byte in data])
