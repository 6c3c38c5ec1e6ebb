"""The modem's power key, reset line and supply, worked by pulses that the loop ends: nobody
waits for them.
"""

from machine import Pin

from posproto import const

from .uart import open_modem, setting

_MASK = const(0x3FFFFFFF)
_HALF = const(0x20000000)
_SUPPLY_OFF_MS = const(3000)  # until a module's capacitors are empty


class Pins:
    """The three lines of one board, each at rest or in a pulse. Made once at start."""

    def __init__(self, board, values):
        self._board = board
        self._values = values
        self._engine = None
        self._lines = {}  # name: (pin, level while pulsed, ms or 0)
        self._ends = []  # (due, pin, level afterwards)
        for pin, level in board.HOLD:
            Pin(pin, Pin.OUT, value=level)
        self._line("power", setting(board, values, "POWER_PIN"), 0, _SUPPLY_OFF_MS)
        for name, key in (("power_key", "PWRKEY"), ("reset", "RESET")):
            found = [setting(board, values, key + part) for part in ("_PIN", "_LEVEL", "_MS")]
            self._line(name, *found)
        self._status = setting(board, values, "STATUS_PIN")

    def _line(self, name, number, level, ms):
        if number >= 0:
            self._lines[name] = Pin(number, Pin.OUT, value=1 - level), level, ms

    def bind(self, engine):
        """The family's TIMES fill what the board's file leaves open; other speeds are tried where
        the modem answers none. A modem that says it is off is switched on.
        """
        self._engine = engine
        engine.set_baud = self._set_baud
        if self._status >= 0 and not Pin(self._status, Pin.IN).value():
            self.act("power_key", 0, 0)

    def _set_baud(self, rate):
        open_modem(self._board, self._values, rate)

    def act(self, what, ms, now_ms):
        """Start a pulse on "power_key" or "reset", or on what there is instead; `ms` 0: as long
        as board or family want it.
        """
        order = ("reset", "power", "power_key")
        for name in order if what == "reset" else reversed(order):
            if name in self._lines:
                pin, level, usual_ms = self._lines[name]
                if not usual_ms and self._engine is not None:
                    usual_ms = self._engine.family.TIMES[name == "reset"]
                pin.value(level)
                self._ends.append(((now_ms + (ms or usual_ms)) & _MASK, pin, 1 - level))
                return

    def poll(self, now_ms):
        """End what is due; milliseconds until the next end, -1 for none."""
        soonest_ms = -1
        for end in list(self._ends):
            left_ms = (end[0] - now_ms) & _MASK
            if left_ms == 0 or left_ms >= _HALF:
                end[1].value(end[2])
                self._ends.remove(end)
            elif soonest_ms < 0 or left_ms < soonest_ms:
                soonest_ms = left_ms
        return soonest_ms
