"""The way from a running agent to its board's prompt, and from a restart to the first status."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress

from posproto import ids

from ..errors import Disconnected, OtherSpeech, PortAbsent, PosdiagError, PromptFailed, Silent
from ..facts.model import Event, Status
from ..keys.device_key import Key
from ..link import patience
from ..link.client import Client
from ..link.transports import open_transport
from .repl import Prompt

ASK_S = 2.0
RESTART_S = 20.0
_NEWEST = 32  # records of the log that are looked through for one of this start
_UNIX = ("linux", "darwin")  # MicroPython there has no soft reset


def ask(port: str, baud: int) -> Client | None:
    """A client on the port if an agent answers there, None at a prompt or on silence.

    Raises the errors of a port that cannot be opened.
    """
    client = Client(open_transport(port, baud))
    try:
        client.greet(ASK_S)
        client.ask_status(ASK_S)
        return client
    except (OtherSpeech, Silent):
        client.close()
    except PosdiagError:
        client.close()
        raise
    return None


def is_locked(client: Client) -> bool:
    return bool(client.status and client.status.flags and client.status.flags & ids.FLAG_LOCKED)


def maintenance(client: Client, key: Key) -> None:
    """Restart a locked board so that it shows its prompt once; closes the client."""
    with closing(client):
        client.request_keyed(ids.OP_RESTART, {0: True}, key)


def open_prompt(port: str, baud: int, *, fresh: bool, within_s: float = RESTART_S) -> Prompt:
    """The prompt of a board that may be restarting. `fresh`: nothing ran since the restart, the
    heap needs no soft reset, and after one a locked board would show no prompt.
    """
    prompt = patiently(lambda: Prompt(port, baud), within_s)
    try:
        if not fresh and prompt.value("__import__('sys').platform", str) not in _UNIX:
            prompt.clean()
    except PosdiagError:
        prompt.close()
        raise
    return prompt


@contextmanager
def at_prompt(port: str, baud: int, *, fresh: bool) -> Iterator[Prompt]:
    """open_prompt(); the board restarts behind it in any case. A locked one whose new program was
    refused stood at its prompt for a quarter of an hour, and took no message.
    """
    with open_prompt(port, baud, fresh=fresh) as prompt:
        try:
            yield prompt
        except PosdiagError:
            with suppress(PosdiagError):  # the cable may be what failed
                prompt.reset()
            raise
        prompt.reset()


def patiently(attempt: Callable[[], Prompt], within_s: float) -> Prompt:
    """Try again while the port is away or the prompt is not there yet."""
    end = patience.now() + within_s
    while True:
        try:
            return attempt()
        except (PortAbsent, PromptFailed, Disconnected):
            if patience.now() > end:
                raise
            time.sleep(0.3)


def told_now(client: Client, event: int) -> Event | None:
    """An event of this start, out of the newest records of the log; None: it was not told."""
    boot = client.hello.boot if client.hello else None
    known = client.status.log_last if client.status else None
    for page in client.log_pages(max(0, (known or 0) - _NEWEST)):
        for found in page.events:
            if found.id == event and found.boot == boot:
                return found
    return None


def first_status(
    port: str, baud: int, *, after_boot: int | None = None, key: str = "no_restart"
) -> tuple[Client, Status]:
    """A client and the first status that the agent gives after its restart.

    `after_boot`: the boot number before, where it is known: its agent may still answer. Raises
    Silent with the sentence `key` after RESTART_S.
    """
    end = patience.now() + RESTART_S
    while patience.now() < end:
        client = None
        with suppress(PosdiagError):
            client = Client(open_transport(port, baud))
            client.greet(1.0)
            if client.hello is not None and client.hello.boot != after_boot:
                return client, client.ask_status(3.0)
        if client is not None:
            client.close()
        time.sleep(0.2)
    raise Silent(key=key, port=port, seconds=f"{patience.within(RESTART_S):g}")
