"""The books of the host: who was charged what, and how often.

Booking is apart from answering: an answer may be lost while the booking stands, which is what a
terminal has to live with, and what a test asks the ledger about.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

Key = tuple[str, str, str]  # terminal, batch, STAN


@dataclass
class Booking:
    """One movement of money. `credit` flows to the cardholder (refund, void)."""

    key: Key
    mti: str
    f3: str
    pan: str = field(repr=False)
    amount_minor: int
    rrn: str
    at_ms: int
    credit: bool = False
    reversed: bool = False

    @property
    def foreign(self) -> bool:
        """UnionPay's own cards begin with 62; everything else is settled apart."""
        return not self.pan.startswith("62")

    @property
    def masked(self) -> str:
        """First six and last four digits, as far as a display may go."""
        return self.pan[:6] + "*" * max(0, len(self.pan) - 10) + self.pan[-4:]


@dataclass
class Totals:
    """Amounts in minor units and counts, of one group of cards."""

    debit_minor: int = 0
    debits: int = 0
    credit_minor: int = 0
    credits: int = 0

    def enter(self, amount_minor: int, credit: bool) -> None:
        if credit:
            self.credit_minor += amount_minor
            self.credits += 1
        else:
            self.debit_minor += amount_minor
            self.debits += 1


class Ledger:
    """Bookings in their order, and a count of every request seen, booked or not."""

    def __init__(self) -> None:
        self.bookings: list[Booking] = []
        self.seen: Counter[tuple[str, Key]] = Counter()
        self._undone: set[Key] = set()  # reversed before the original arrived

    def see(self, mti: str, key: Key) -> int:
        """Count an arrived request; repeats (0401) count with their originals. How often now."""
        seen = (mti[:3] + "0", key)
        self.seen[seen] += 1
        return self.seen[seen]

    def book(self, booking: Booking) -> bool:
        """Enter a movement; False where a reversal for it came first."""
        if booking.key in self._undone:
            return False
        self.bookings.append(booking)
        return True

    def find(self, key: Key) -> list[Booking]:
        """All bookings under a key: more than one means a double charge."""
        return [booking for booking in self.bookings if booking.key == key]

    def reverse(self, key: Key) -> bool:
        """Undo what was booked under a key, all of it; False where nothing was known of it."""
        found = self.find(key)
        for booking in found:
            booking.reversed = True
        self._undone.add(key)
        return bool(found)

    def charged_minor(self, pan: str) -> int:
        """What stands against a card number: debits less credits, reversals left out."""
        return sum(
            -booking.amount_minor if booking.credit else booking.amount_minor
            for booking in self.bookings
            if booking.pan == pan and not booking.reversed
        )

    def double_bookings(self) -> list[Key]:
        """Keys that stand more than once: a cardholder paid or was paid twice."""
        standing = Counter(booking.key for booking in self.bookings if not booking.reversed)
        return sorted(key for key, count in standing.items() if count > 1)

    def sent_again(self, mti: str) -> list[Key]:
        """Keys of which a request of this kind arrived more than once."""
        return sorted(key for (kind, key), count in self.seen.items() if kind == mti and count > 1)

    def totals(self, terminal: str, batch: str) -> tuple[Totals, Totals]:
        """Domestic and foreign totals of a terminal's batch."""
        domestic, foreign = Totals(), Totals()
        for booking in self.bookings:
            if booking.key[:2] == (terminal, batch) and not booking.reversed:
                group = foreign if booking.foreign else domestic
                group.enter(booking.amount_minor, booking.credit)
        return domestic, foreign
