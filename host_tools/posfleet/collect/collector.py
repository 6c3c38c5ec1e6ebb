"""The collector without a broker: messages in, acknowledgements out, once they are durable.

Stateless: all that it knows stands in the store, so any number of them may work side by side, and
one that is killed has lost nothing that anybody was told is safe.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from ..store.database import Database
from ..store.writes import store
from ..wire import topics
from ..wire.acks import Ack, ack_key, write
from . import plans
from .allowance import Allowance
from .intake import Intake
from .keybook import KeyBook

Message = tuple[str, bytes]  # topic, payload


class Collector:
    """One collector of these fleets; `clock` gives Unix seconds."""

    def __init__(
        self,
        database: Database,
        fleets: tuple[str, ...],
        clock: Callable[[], int],
        keep_days: int = 90,
        allowance: Allowance | None = None,
    ) -> None:
        self.database = database
        self.clock = clock
        self.book = KeyBook(database)
        self.intake = Intake(self.book, fleets, keep_days, allowance)

    def collect(self, messages: Iterable[Message]) -> list[Message]:
        """Stores the batch and returns what is to be published, retained. Raises what the database
        raises: then nothing of it is stored, and the broker is to bring it again.

        What the database refuses for its content is not brought again: it would hold up all others
        for ever. It is looked for by halves, counted, and its sender shut for a while.
        """
        batch = list(messages)
        try:
            return self._collect(batch)
        except Exception as error:
            if not self.database.is_odd(error):
                raise
        if len(batch) > 1:
            half = len(batch) // 2
            return self.collect(batch[:half]) + self.collect(batch[half:])
        for topic, payload in batch:
            self.intake.fault(topic, payload, self.clock())
        store(self.database, self.intake.take(), self.clock())
        return []

    def _collect(self, messages: list[Message]) -> list[Message]:
        now_s = self.clock()
        intake = self.intake
        intake.names.clear()
        for topic, payload in messages:
            intake.add(topic, payload, now_s)
        arrived = store(self.database, intake.take(), now_s)
        said = plans.of(self.database, (device for device, _ in arrived), now_s)
        return [
            self._ack(device, Ack(era, number, now_s, said.get(device, {})))
            for (device, era), number in arrived.items()
        ]

    def _ack(self, device: int, ack: Ack) -> Message:
        fleet, name, report_key = self.intake.names[device]
        return topics.topic(fleet, name, topics.ACK), write(ack, name, ack_key(report_key))
