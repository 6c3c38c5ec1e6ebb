"""The address of a broker: an URL, who we are there, whom we trust."""

from __future__ import annotations

import os
import ssl
import stat
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

PORTS = {"mqtt": 1883, "mqtts": 8883, "nats": 4222, "tls": 4222}


@dataclass(frozen=True)
class Broker:
    """`scheme` mqtt, mqtts, nats or tls (NATS over TLS). `others`: (host, port) of further
    nodes of a cluster."""

    scheme: str
    host: str
    port: int
    user: str = ""
    password: str = ""
    ca_file: str = ""
    others: tuple[tuple[str, int], ...] = ()

    @property
    def nodes(self) -> tuple[tuple[str, int], ...]:
        return ((self.host, self.port), *self.others)

    @property
    def is_secure(self) -> bool:
        return self.scheme in ("mqtts", "tls")

    def context(self) -> ssl.SSLContext:
        """TLS 1.2 or later; the broker's name must be in its certificate."""
        context = ssl.create_default_context(cafile=self.ca_file or None)
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        return context


def parse(url: str, user: str = "", password: str = "", ca_file: str = "") -> Broker:
    """`url`: scheme://host:port, further nodes of a cluster behind commas. Raises ValueError for
    what is no broker's URL; a password in it is refused, as command lines are for all to read."""
    first, *more = (url if "://" in url else f"mqtts://{url}").split(",")
    parts = urlsplit(first)
    if parts.scheme not in PORTS or not parts.hostname or parts.password:
        raise ValueError(url)
    others = []
    for text in more:
        node = urlsplit(f"//{text}")
        if not node.hostname or node.username or node.path:
            raise ValueError(url)
        others.append((node.hostname, node.port or PORTS[parts.scheme]))
    port, user = parts.port or PORTS[parts.scheme], user or parts.username or ""
    return Broker(parts.scheme, parts.hostname, port, user, password, ca_file, tuple(others))


def read_secret(path: str) -> str:
    """The first line of a file that only its owner may read. Raises OSError, PermissionError."""
    file = Path(path)
    text = file.read_text(encoding="utf-8").splitlines()
    if os.name == "posix" and file.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise PermissionError(f"{path}: others may read it (chmod 600)")
    return text[0].strip() if text else ""


def mqtt_client(broker: Broker, client_id: str, clean: bool, **more: Any) -> Any:
    """A paho client that is not connected yet, MQTT 3.1.1."""
    from paho.mqtt import client as mqtt

    client = mqtt.Client(
        mqtt.CallbackAPIVersion.VERSION2,
        client_id=client_id,
        clean_session=clean,
        protocol=mqtt.MQTTv311,
        reconnect_on_failure=False,
        **more,
    )
    if broker.user:
        client.username_pw_set(broker.user, broker.password or None)
    if broker.is_secure:
        client.tls_set_context(broker.context())
    return client
