"""A live page of one simulated terminal, asked over HTTP as a browser asks."""

import json
import threading
import urllib.error
import urllib.request

from posdiag.page.server import Server
from posdiag.page.table import Table
from waiting import HUNG_S, wait


class Page:
    """The page of one terminal, asked over HTTP as a browser asks."""

    def __init__(self, port, key_file):
        self.table = Table((port,), key_file)
        self.server = Server(self.table, share_address="127.0.0.1")
        self.url = self.server.url
        self.origin = self.url.rsplit("/", 2)[0]
        self.thread = threading.Thread(target=self.server.run, daemon=True)
        self.thread.start()

    def ask(self, path="", data=None, url="", **headers):
        """(status, body)"""
        if data is not None:
            headers = {"Origin": self.origin, **headers}
        request = urllib.request.Request((url or self.url) + path, data, headers)
        try:
            with urllib.request.urlopen(request, timeout=HUNG_S) as answer:
                return answer.status, answer.read()
        except urllib.error.HTTPError as error:
            return error.code, error.read()

    def first(self):
        """The state as the page gets it."""
        with urllib.request.urlopen(self.url + "events?lang=en", timeout=HUNG_S) as stream:
            return json.loads(stream.readline()[6:])

    def terminal(self):
        return self.first()["terminals"][0]

    def until(self, right):
        found = None

        def is_right():
            nonlocal found
            found = self.terminal()
            return right(found)

        wait("the page is as it should be", is_right)
        return found

    def order(self, **what):
        body = json.dumps({"id": self.terminal()["id"], **what}).encode()
        return self.ask("order", body)[0]

    def close(self):
        self.server.stop()
        self.table.close()
        self.thread.join(HUNG_S)
