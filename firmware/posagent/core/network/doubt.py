"""What one look says against what stands: believed when the next look says so, too.

A line that the module sends by itself counts at once, and so does an answer that brings the
network back; any other answer that differs counts at the second look, seconds later. One lost byte
made -137 dBm of -95, denied of registered, illegal device of congestion.
A terminal reports its serving cell as bad in the same way (TS 36.331 cl. 5.5.4.3): behind a
hysteresis, and when it has stayed so for a while (timeToTrigger). The standard's filter of levels
(cl. 5.5.3.2) is made for samples 200 ms apart: of one odd level in our intervals half remains.
"""

from posproto import const

# Behind the three domains of registration.
WEAK = const(3)
DEAF = const(4)
FUN = const(5)
CARD = const(6)
ACT = const(7)
_COUNT = const(8)
_AGAIN_S = const(4)  # both looks lie within half a minute of the change


class Doubt:
    """One per life of the modem; `weak` is what stands of the place itself."""

    def __init__(self, weak: bool) -> None:
        self.stands = [None] * _COUNT  # None: nothing yet
        self.stands[WEAK] = weak
        self._odd = [None] * _COUNT

    def believe(self, what: int, told: object, at_once: bool = False) -> bool:
        """Does `told` stand from now on? Yes where nothing stood, where it `at_once` counts, where
        it is what stands, and where the look before said the same; else it is in doubt. After the
        looks "home, denied, home, denied, denied" home stands until the last one.
        """
        assert told is not None  # that is what nothing looks like
        stands, odd = self.stands[what], self._odd[what]
        if told == stands:  # as nearly always
            if odd is not None:
                self._odd[what] = None
            return True
        self._odd[what] = None
        if stands is None or at_once or told == odd:
            self.stands[what] = told
            return True
        self._odd[what] = told
        return False

    def again_s(self) -> int:
        """Seconds to the look that shows whether it is so, 0 where nothing is in doubt."""
        return 0 if self._odd.count(None) == _COUNT else _AGAIN_S
