"""A terminal on a real pty that signs its answers, and a broker with TLS and its rules."""

import socket
import ssl

import cbor2
import trustme

from frame_device import Device, event
from posfleet.broker import Broker, parse
from posfleet.mosquitto import password_line
from posproto import ids
from rig import NOW_S, Terminal
from servers import Mosquitto, free_port
from source_files import ROOT


class SigningDevice(Device):
    """`who` (rig.Terminal) has the name and the key."""

    def __init__(self, who):
        super().__init__()
        self.who = who
        self.signs = False
        self.hello[ids.HELLO_DEVICE_ID] = who.name
        self.status[ids.ST_UNIX_S] = NOW_S
        self.log = [event(n, ids.E_SIGNAL, {ids.A_SIGNAL_DBM: -90 - n}) for n in range(5)]
        self.values[ids.OP_CREDIT] = {0: 1, 1: 4208, 2: "CNY", 7: 5}
        self.values[ids.OP_SETTLEMENT] = {0: [{0: 9, 1: ids.MS_READY, 6: 70}]}

    def happens(self, event_id, args=None):
        record = event(self.log[-1][ids.EV_SEQUENCE] + 1, event_id, args)
        self.log.append(record)
        self.send(ids.FRAME_EVENT, record)

    def _answer(self, request_id, request):
        answer = super()._answer(request_id, request)
        if request[ids.RQ_OP] == ids.OP_SIGN and ids.OP_SIGN not in self.results:
            self.signs = True
            return {ids.RS_RESULT: ids.R_OK, ids.RS_VALUE: {0: True, 1: self.who.key_id}}
        return answer

    def _line(self, kind, record, request_id):
        if not self.signs or kind == ids.FRAME_HELLO:
            return super()._line(kind, record, request_id)
        message = loads(self.who.sign(kind, record, request_id=request_id))
        self._writer.begin(ids.FRAME_SIGNED, request_id).value(message)
        return self._writer.end()


class SecureBroker:
    """mosquitto with a certificate, passwords and the ACL of ops/. `broker(user)` reaches it."""

    def __init__(self, folder, users, fleets=("north",), settings=(), more_acl=()):
        authority = trustme.CA()
        self.ca = folder / "ca.pem"
        authority.cert_pem.write_to_path(self.ca)
        certificate = authority.issue_cert("127.0.0.1", "localhost")
        certificate.private_key_pem.write_to_path(folder / "key.pem")
        certificate.cert_chain_pems[0].write_to_path(folder / "cert.pem")
        (folder / "passwd").write_text(
            "\n".join(password_line(*pair, b"s" * 12) for pair in users.items()) + "\n"
        )
        acl = []
        for fleet in fleets:
            acl += ["user collector", f"topic read posma/1/{fleet}/+/s"]
            acl += [f"topic read posma/1/{fleet}/+/e", f"topic write posma/1/{fleet}/+/a"]
        rules = (ROOT / "host_tools/posfleet/ops/mosquitto.acl").read_text().splitlines()
        own = [rule for rule in rules if rule.startswith("pattern ")]
        acl += [rule.replace("/north/", f"/{fleet}/") for fleet in fleets for rule in own]
        acl[:0] = more_acl
        (folder / "acl").write_text("\n".join(acl) + "\n")
        for name in ("passwd", "acl"):
            (folder / name).chmod(0o600)
        self.users = users
        self.server = Mosquitto(
            folder,
            f"certfile {folder}/cert.pem",
            f"keyfile {folder}/key.pem",
            "tls_version tlsv1.2",
            "allow_anonymous false",
            f"password_file {folder}/passwd",
            f"acl_file {folder}/acl",
            "message_size_limit 65536",
            "max_inflight_messages 1000",
            "max_queued_messages 0",
            *settings,
            port=free_port(),
        )

    @property
    def url(self):
        return f"mqtts://localhost:{self.server.port}"

    def broker(self, user) -> Broker:
        return parse(self.url, user, self.users[user], str(self.ca))


class TappedPort:
    """A TCP relay that counts what passes, both ways: what a SIM card or a shop's line would pay
    for beside the headers of IP and TCP."""

    def __init__(self, port):
        import threading

        self.bytes = 0
        self._target = port
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        threading.Thread(target=self._run, daemon=True).start()

    def _run(self):
        import threading

        while True:
            try:
                near, _ = self._listener.accept()
            except OSError:
                return
            far = socket.create_connection(("127.0.0.1", self._target))
            for one, other in ((near, far), (far, near)):
                threading.Thread(target=self._pass, args=(one, other), daemon=True).start()

    def _pass(self, one, other):
        try:
            while data := one.recv(65536):
                self.bytes += len(data)
                other.sendall(data)
        except (OSError, ssl.SSLError):
            pass
        finally:
            for end in (one, other):
                try:
                    end.shutdown(socket.SHUT_RDWR)
                except OSError:
                    pass

    def close(self):
        self._listener.close()


def terminals(count, fleet="north"):
    return [Terminal(f"POS-{n:05d}", fleet) for n in range(count)]


def loads(data):
    return cbor2.loads(data)
