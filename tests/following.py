"""A command that follows a terminal (watch, log --follow), and what a test does beside it."""

import threading

from posdiag.cli import main
from posdiag.errors import EXIT_BUSY
from posdiag.facts.model import Event
from posdiag.link.client import Client
from waiting import HUNG_S, wait


class Followed:
    """What a command that follows has heard and dealt with: messages, None where none came; it
    ends when that is over. Its limit is only for a test that failed.
    """

    limit = ("--duration", str(HUNG_S))

    def __init__(self, monkeypatch):
        self.dealt = []
        self.over = threading.Event()
        messages = Client.messages

        def until_over(client, duration_s=None):
            for message in messages(client, duration_s):
                yield message
                self.dealt.append(message)
                if self.over.is_set():
                    return

        monkeypatch.setattr(Client, "messages", until_over)

    def follows(self):
        """It has begun to."""
        wait("it follows", lambda: self.dealt)

    def turns(self):
        """It has looked once more, whatever it was doing."""
        before = len(self.dealt)
        wait("it turns", lambda: len(self.dealt) >= before + 2)

    def hears(self, boot, sequence):
        """It has dealt with this event."""
        place = boot, sequence
        values = lambda: [m.value for m in self.dealt if m and isinstance(m.value, Event)]
        wait(place, lambda: place in [(e.boot, e.sequence) for e in values()])

    def run(self, argv, thread):
        """The command's exit status, while `thread` acts beside it."""
        status = EXIT_BUSY  # as long as who waits for a pty that went takes this for it
        while status == EXIT_BUSY and thread.is_alive():
            status = main([*argv, *self.limit])
        thread.join()
        return status

    def while_it(self, act):
        """Does that beside it, then ends it; the thread."""

        def run():
            try:
                act()
            finally:
                self.over.set()

        thread = threading.Thread(target=run)
        thread.start()
        return thread
