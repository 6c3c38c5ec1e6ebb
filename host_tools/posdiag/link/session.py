"""From a command's options to a client that has said hello: port, replay, recording, versions."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from posproto import frames, ids

from ..errors import BadFile, NothingFound, OtherSpeech, SeveralFound, Silent
from ..facts.rawlog import RawLog
from ..show.console import App
from .capture import Capture, CaptureWriter, RecordingTransport
from .client import Client
from .longfile import Looking
from .reconnect import Reconnecting
from .replay import ReplayClient
from .transports import Transport, open_transport

_PORT = re.compile(r"COM\d+$|/dev/|socket://|rfc2217://", re.IGNORECASE)


@dataclass(frozen=True)
class SourceArgs:
    """What the shared options say: where to read from and how."""

    port: str | None = None
    baud: int = 115200
    timeout_s: float = 3.0
    record: str | None = None
    replay: str | None = None


def find_port(app: App, baud: int) -> str:
    """The one terminal of this computer, found by asking every port; raises if none or several."""
    from .ports import ask_all, list_ports

    found = [answer for answer in ask_all(list_ports(), baud) if answer.hello is not None]
    if not found:
        raise NothingFound()
    if len(found) > 1:
        raise SeveralFound(ports=", ".join(answer.port.device for answer in found))
    app.note(app.t("say", "port_found", port=found[0].port.device))
    return found[0].port.device


def in_order(words: Sequence[str]) -> tuple[str, str | None]:
    """(file, port) of `[PORT] FILE`, also where they were given the other way round.

    Raises BadFile where no file is named, or a port stands alone in its place.
    """
    first, *rest = words or ("",)
    if not first or (not rest and _PORT.match(first)):
        raise BadFile(first, key="file_needed")
    if not rest:
        return first, None
    if _PORT.match(rest[0]) and not _PORT.match(first):
        return first, rest[0]
    return rest[0], first


def open_port(
    app: App, args: SourceArgs, on_change: Callable[[bool], None] | None = None
) -> Transport:
    """The transport that the options name, recorded where they say so. With `on_change` it
    outlives its cable: see Reconnecting."""
    transport = open_transport(args.port or find_port(app, args.baud), args.baud)
    if on_change:
        transport = Reconnecting(
            transport, lambda name: open_transport(name, args.baud), on_change
        )
    if args.record:
        try:
            writer = CaptureWriter(args.record)
        except BaseException:
            transport.close()
            raise
        return RecordingTransport(transport, writer)
    return transport


def say_versions(app: App, client: Client) -> None:
    """Tell when the agent is older or newer than this tool, and that the known part is shown."""
    version = client.peer_version
    if version is not None and version > ids.PROTOCOL_VERSION:
        app.note(app.t("say", "agent_newer", theirs=version, ours=ids.PROTOCOL_VERSION), "warning")
    elif version is not None and version < ids.PROTOCOL_VERSION:
        app.note(app.t("say", "agent_older", theirs=version, ours=ids.PROTOCOL_VERSION), "warning")


def say_key(app: App, key_file: str | None, identity: dict[str, str]) -> None:
    """Tell when the key that was named did not open the whole numbers."""
    if key_file and any("*" in number for number in identity.values()):
        app.note(app.t("say", "key_not_taken", file=key_file), "warning")


def say_more(app: App, client: Client) -> None:
    """Tell when the agent reported things that this tool has no names for."""
    unknown = frames.UNKNOWN_KEYS | frames.UNKNOWN_TYPE
    if client.not_understood & unknown or (client.status and client.status.unknown):
        app.note(app.t("say", "agent_says_more"), "warning")


def say_skipped(app: App, log: RawLog) -> None:
    """Tell what of copied log files was not read."""
    if log.damaged:
        app.note(app.t("say", "log_damage", count=log.damaged), "warning")
    if log.foreign:
        app.note(app.t("say", "log_foreign", count=log.foreign), "warning")
    if log.says_more:
        app.note(app.t("say", "agent_says_more"), "warning")


def _greet(client: Client, timeout_s: float) -> None:
    """Of a port that outlives its cable: what was heard before it was pulled proves nothing."""
    try:
        client.greet(timeout_s)
    except (OtherSpeech, Silent) as error:
        lost = getattr(client.transport, "last_loss", None)
        if lost is not None:
            raise lost from error
        raise


@contextmanager
def open_client(
    app: App,
    args: SourceArgs,
    *,
    greet: bool = True,
    pace: float | None = None,
    on_change: Callable[[bool], None] | None = None,
) -> Iterator[Client]:
    """A client on the port or the replay, closed at the end. With `greet` the agent has answered;
    with `on_change` a live port outlives its cable.

    Raises the port errors, Silent, OtherSpeech, BadFile.
    """
    client: Client
    if args.replay:
        client = ReplayClient(Capture(args.replay), pace, Looking(app, args.replay))
    else:
        client = Client(open_port(app, args, on_change))
    if app.verbose:
        client.show_text = lambda text: app.note(app.t("say", "console_text", text=text))
    try:
        if greet:
            _greet(client, args.timeout_s)
            say_versions(app, client)
        yield client
        say_more(app, client)
    finally:
        client.close()
