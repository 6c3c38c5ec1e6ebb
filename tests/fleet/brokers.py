"""What is struck down in the proof: processes, and what stands between bridges and collectors."""

import contextlib
import os
import signal
import subprocess
import time

import clusters
from signing import SecureBroker
from waiting import wait

USERS = {"collector": "c", "bridge": "b"}


class Child:
    """A process that is killed and started again. One that ends by itself is an objection."""

    def __init__(self, *command, log):
        self.command, self.log = command, log
        self.start()

    def start(self):
        self.process = subprocess.Popen(
            self.command, stdout=self.log, stderr=self.log, start_new_session=True
        )

    def kill(self):
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def again(self):
        self.kill()
        self.start()


class OneMosquitto:
    """One process with TLS; a strike kills it and starts it again."""

    def __init__(self, folder, fleet):
        acl = ("user bridge", "topic write posma/1/#", "topic read posma/1/+/+/a")
        self._broker = SecureBroker(folder, USERS, fleets=(fleet,), more_acl=acl)
        self.url = self.mqtt_url = self._broker.url
        self.ca = self._broker.ca
        self.options = ()

    def strike(self):
        self._broker.server.kill()
        time.sleep(0.3)
        self._broker.server.start()

    def stop(self):
        self._broker.server.stop()


class ThreeNats:
    """Three nodes that keep each stream three times; a strike kills the one that leads."""

    def __init__(self, folder, fleet):
        rules = {
            "collector": clusters.ALL,
            "bridge": 'permissions { publish: "posma.1.>", subscribe: "posma.1.*.*.a" }',
        }
        self._cluster = clusters.Nats(folder, USERS, rules, count=3)
        self._fleet = fleet
        self.url, self.mqtt_url = self._cluster.url, self._cluster.mqtt_url
        self.ca = self._cluster.ca
        self.options = ("--replicas", "3")

    def strike(self):
        node = self._cluster.leader(self._fleet)
        node.kill()
        leads = lambda: self._cluster.leader(self._fleet) is not node
        wait("the others choose a new one, and go on without it", leads)
        node.start(self._cluster)

    def stop(self):
        self._cluster.stop()
