"""A serial server of the kind that shops have in a cupboard: any port, offered by RFC 2217."""

import select
import socket
import threading

import serial
from serial.rfc2217 import PortManager

from waiting import HUNG_S


class Rfc2217Server:
    """Offers `name`, a device or a URL of pyserial's, at `url` until the `with` ends; one client
    after the other, each with the port opened anew.
    """

    def __init__(self, name):
        self._name = name
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = "rfc2217://127.0.0.1:%d" % self._listener.getsockname()[1]
        self._stop = False
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *error):
        self._stop = True
        self._thread.join(HUNG_S)
        self._listener.close()

    def _run(self):
        while not self._stop:
            if not select.select([self._listener], [], [], 0.05)[0]:
                continue
            with self._listener.accept()[0] as client:
                client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                with serial.serial_for_url(self._name, timeout=0.005) as port:
                    try:
                        self._serve(client, port)
                    except (OSError, serial.SerialException):
                        pass  # one of the two sides is gone

    def _serve(self, client, port):
        client.settimeout(HUNG_S)
        manager = PortManager(port, _Answers(client))
        while not self._stop:
            data = port.read(4096)
            if data:
                client.sendall(b"".join(manager.escape(data)))
            if select.select([client], [], [], 0)[0]:
                data = client.recv(4096)
                if not data:
                    return
                port.write(b"".join(manager.filter(data)))


class _Answers:
    """What the manager itself says to the client."""

    def __init__(self, client):
        self.write = client.sendall
