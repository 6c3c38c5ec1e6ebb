"""What happens by itself, in order of time: one queue for modem, radio, operator and story.

Each entry runs at its own moment, however late the shell looks in: a run depends on the times of
inputs alone, never on how often somebody polled.
"""


class Agenda:
    """Entries are [due_ms, order, function, arguments]; function None marks a cancelled one."""

    def __init__(self):
        self.now_ms = 0
        self._entries = []
        self._order = 0

    def at(self, due_ms, fn, *args):
        """Call fn(*args) at due_ms, not before the present; returns a token for cancel()."""
        if due_ms < self.now_ms:
            due_ms = self.now_ms
        self._order += 1
        entry = [due_ms, self._order, fn, args]
        entries = self._entries
        low, high = 0, len(entries)
        if high and due_ms < entries[0][0]:
            high = 0  # most come next
        while low < high:  # after all entries of the same moment: first come, first served
            middle = (low + high) // 2
            if entries[middle][0] <= due_ms:
                low = middle + 1
            else:
                high = middle
        entries.insert(low, entry)
        return entry

    def after(self, delay_ms, fn, *args):
        return self.at(self.now_ms + delay_ms, fn, *args)

    def cancel(self, entry):
        if entry is not None:
            entry[2] = None

    def run(self, now_ms):
        """Do everything due up to now_ms; the clock stands at each entry's own time meanwhile."""
        entries = self._entries
        while entries and entries[0][0] <= now_ms:
            due_ms, _, fn, args = entries.pop(0)
            if fn is None:
                continue
            if due_ms > self.now_ms:
                self.now_ms = due_ms
            fn(*args)
        if now_ms > self.now_ms:
            self.now_ms = now_ms

    def next_due(self):
        """Time of the next entry, or -1."""
        entries = self._entries
        while entries and entries[0][2] is None:
            entries.pop(0)
        return entries[0][0] if entries else -1
