"""A proxy that can cut the connections to the database.

``python -m tests.resilience.cluster.proxy FROM TO`` forwards the local port FROM to TO. SIGUSR1 cuts all
connections and refuses new ones, SIGUSR2 accepts new ones again.
"""

import asyncio
import contextlib
import signal
import sys

HOST = "127.0.0.1"
CHUNK = 65536


class Proxy:
    """Forwards bytes in both directions until it is cut."""

    def __init__(self, target):
        self.target = target
        self.writers = set()
        self.accepting = True

    def cut(self):
        self.accepting = False
        for writer in self.writers:
            writer.transport.abort()

    def restore(self):
        self.accepting = True

    async def serve(self, reader, writer):
        if not self.accepting:
            return writer.transport.abort()
        target_reader, target_writer = await asyncio.open_connection(HOST, self.target)
        writers = {writer, target_writer}
        self.writers |= writers
        await asyncio.gather(
            self.forward(reader, target_writer), self.forward(target_reader, writer)
        )
        self.writers -= writers

    async def forward(self, reader, writer):
        with contextlib.suppress(OSError):
            while chunk := await reader.read(CHUNK):
                writer.write(chunk)
                await writer.drain()
        writer.close()


async def main(port, target):
    proxy = Proxy(target)
    loop = asyncio.get_running_loop()
    loop.add_signal_handler(signal.SIGUSR1, proxy.cut)
    loop.add_signal_handler(signal.SIGUSR2, proxy.restore)
    server = await asyncio.start_server(proxy.serve, HOST, port, backlog=256)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]), int(sys.argv[2])))
