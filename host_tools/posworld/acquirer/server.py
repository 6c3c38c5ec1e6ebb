"""The acquirer on real TCP or TLS: an event loop in a thread of its own around the pure host."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import ssl
import struct
import threading
import time
from collections.abc import Callable

from .host import Acquirer
from .wire import Reply

_LINGER_OFF = struct.pack("ii", 1, 0)  # close() sends a reset instead of an orderly end


class AcquirerServer:
    """start() returns the port, stop() ends the thread. Real delays, divided by `speed`.

    `clock_ms` is the host's time where the world's is not the wall's. The host's books may be
    read from another thread while no request is under way, and changed under `lock`.
    """

    def __init__(
        self,
        acquirer: Acquirer,
        host: str = "127.0.0.1",
        port: int = 0,
        tls: ssl.SSLContext | None = None,
        speed: float = 1.0,
        clock_ms: Callable[[], int] | None = None,
    ) -> None:
        self.acquirer = acquirer
        self.host, self.port = host, port
        self.lock = threading.Lock()
        self.connections = 0  # since the start
        self.waiting = 0  # replies that are due later
        self._tls, self._speed = tls, speed
        self._since = time.monotonic()
        self._clock_ms = clock_ms or (lambda: int((time.monotonic() - self._since) * 1000))
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None
        self._stop: asyncio.Event | None = None
        self._open: set[asyncio.StreamWriter] = set()

    def __enter__(self) -> AcquirerServer:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def start(self) -> int:
        """Listen; returns the port. OSError where the address is taken."""
        ready: list[OSError | None] = []
        listening = threading.Event()

        def run() -> None:
            try:
                asyncio.run(self._serve(listening))
                ready.append(None)
            except OSError as error:
                ready.append(error)
            listening.set()

        self._thread = threading.Thread(target=run, name="acquirer", daemon=True)
        self._thread.start()
        listening.wait()
        if ready and ready[0]:
            raise ready[0]
        return self.port

    def stop(self) -> None:
        """Close all connections and wait for the thread; twice is once."""
        thread, self._thread = self._thread, None
        if thread is None:
            return
        if self._loop and self._stop:
            with contextlib.suppress(RuntimeError):
                self._loop.call_soon_threadsafe(self._stop.set)
        thread.join()

    def drop_all(self) -> None:
        """Reset every connection, as a restarted host does."""
        if self._loop:
            self._loop.call_soon_threadsafe(self._reset_all)

    def _reset_all(self) -> None:
        for writer in list(self._open):
            _reset(writer)

    async def _serve(self, listening: threading.Event) -> None:
        self._loop, self._stop = asyncio.get_running_loop(), asyncio.Event()
        server = await asyncio.start_server(self._connection, self.host, self.port, ssl=self._tls)
        self.port = server.sockets[0].getsockname()[1]
        listening.set()
        await self._stop.wait()
        server.close()
        self._reset_all()
        tasks = asyncio.all_tasks() - {asyncio.current_task()}
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _connection(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        self.connections += 1
        self._open.add(writer)
        session = self.acquirer.session()
        replies: set[asyncio.Task[None]] = set()
        try:
            while data := await reader.read(4096):
                with self.lock:
                    out = session.feed(data, self._clock_ms())
                for reply in out:
                    self.waiting += 1
                    task = asyncio.create_task(self._reply(writer, reply))
                    replies.add(task)
                    task.add_done_callback(replies.discard)
            # The client ended its side; answers that are due still go out.
            await asyncio.gather(*replies, return_exceptions=True)
        except (OSError, asyncio.CancelledError):
            for task in replies:
                task.cancel()
        finally:
            self._open.discard(writer)
            writer.close()

    async def _reply(self, writer: asyncio.StreamWriter, reply: Reply) -> None:
        try:
            await asyncio.sleep(reply.delay_ms / 1000 / self._speed)
            if writer.is_closing():
                return
            if reply.data:
                writer.write(reply.data)
                await writer.drain()
            if reply.close == "reset":
                _reset(writer)
            elif reply.close == "half" and writer.can_write_eof():
                writer.write_eof()
            elif reply.close:
                writer.close()
        except OSError:
            pass
        finally:
            self.waiting -= 1


def _reset(writer: asyncio.StreamWriter) -> None:
    raw = writer.get_extra_info("socket")
    if raw is not None:
        with contextlib.suppress(OSError):
            raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _LINGER_OFF)
    writer.transport.abort()
