"""Real servers for the time of a test: PostgreSQL, mosquitto with TLS, NATS. Each is this test's
own, in a folder of its own; where the program is not installed the test is skipped and says so.
"""

import glob
import os
import shutil
import signal
import socket
import subprocess
import tempfile
from pathlib import Path

import pytest

from waiting import HUNG_S, wait


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_for_port(port, process=None):
    def listens():
        if process is not None and process.poll() is not None:
            raise RuntimeError(f"ended with {process.returncode}")
        try:
            socket.create_connection(("127.0.0.1", port), HUNG_S).close()
        except OSError:
            return False
        return True

    wait(f"somebody listens at {port}", listens)


def program(name, *folders):
    found = shutil.which(name, path=os.pathsep.join([os.environ.get("PATH", ""), *folders]))
    if found is None:
        pytest.skip(f"no {name} here; make ci-tools installs it")
    return found


class Postgres:
    """Runs as user `postgres` where the test is root: initdb refuses root."""

    def __init__(self):
        folders = sorted(glob.glob("/usr/lib/postgresql/*/bin"))
        self.initdb = program("initdb", *folders)
        self.postgres = program("postgres", *folders)
        self.folder = Path(tempfile.mkdtemp(prefix="posfleet-pg"))
        self.port = free_port()
        self.url = f"postgresql://postgres@127.0.0.1:{self.port}/postgres"
        self._as = []
        if os.getuid() == 0:
            try:
                shutil.chown(self.folder, "postgres", "postgres")
            except LookupError:
                pytest.skip("root, and no user `postgres` to run PostgreSQL as")
            self._as = ["setpriv", "--reuid=postgres", "--regid=postgres", "--init-groups"]
        data = self.folder / "data"
        subprocess.run(
            [*self._as, self.initdb, "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8"]
            + ["--no-sync", "--locale=C"],
            check=True,
            capture_output=True,
            cwd=self.folder,
        )
        self.process = None
        self.start()

    def start(self, fsync="off"):
        """`fsync`: on for what is measured, and for what must outlive a power cut."""
        where = ["-D", self.folder / "data", "-p", str(self.port), "-k", self.folder]
        self.process = subprocess.Popen(
            [
                *self._as,
                self.postgres,
                *where,
                "-c",
                "listen_addresses=127.0.0.1",
                "-c",
                f"fsync={fsync}",
            ],
            stdout=subprocess.DEVNULL,
            stderr=(self.folder / "log").open("ab"),
            cwd=self.folder,
        )
        wait_for_port(self.port, self.process)
        import psycopg

        def serves():
            try:
                psycopg.connect(self.url).close()
            except psycopg.OperationalError:
                return False
            return True

        wait("PostgreSQL serves", serves)

    def stop(self):
        self.process.send_signal(signal.SIGQUIT)  # its folder goes with it
        self.process.wait(HUNG_S)
        shutil.rmtree(self.folder, ignore_errors=True)


class Mosquitto:
    """`settings`: lines of its configuration beside the listener's."""

    def __init__(self, folder, *settings, port=None):
        self.program = program("mosquitto", "/usr/sbin", "/usr/local/sbin")
        self.folder = Path(folder)
        self.port = port or free_port()
        self.conf = self.folder / "mosquitto.conf"
        user = ["user root"] if os.getuid() == 0 else []
        lines = [f"listener {self.port} 127.0.0.1", *user, *settings]
        self.conf.write_text("\n".join(lines) + "\n")
        self.process = None
        self.start()

    def start(self):
        log = (self.folder / "mosquitto.log").open("ab")
        self.process = subprocess.Popen([self.program, "-c", self.conf], stdout=log, stderr=log)
        wait_for_port(self.port, self.process)

    def kill(self):
        self.process.kill()
        self.process.wait()

    def stop(self):
        if self.process.poll() is None:
            self.process.terminate()
            self.process.wait(HUNG_S)
