"""Stands between site and database, and cuts the line: ``python -m tests.resilience.cluster.proxy FROM TO``.

FROM and TO are ports of this machine. SIGUSR1 cuts all connections and refuses new ones, SIGUSR2 mends.
"""

import asyncio
import contextlib
import signal
import sys

HOST = "127.0.0.1"
CHUNK = 65536


class Proxy:
    """Passes bytes on, both ways, until it is cut."""

    def __init__(self, target):
        self.target = target
        self.writers = set()
        self.whole = True

    def cut(self):
        self.whole = False
        for writer in self.writers:
            writer.transport.abort()

    def mend(self):
        self.whole = True

    async def serve(self, reader, writer):
        if not self.whole:
            return writer.transport.abort()
        there_reader, there_writer = await asyncio.open_connection(HOST, self.target)
        both = {writer, there_writer}
        self.writers |= both
        await asyncio.gather(self.pass_on(reader, there_writer), self.pass_on(there_reader, writer))
        self.writers -= both

    async def pass_on(self, reader, writer):
        with contextlib.suppress(OSError):
            while chunk := await reader.read(CHUNK):
                writer.write(chunk)
                await writer.drain()
        writer.close()


async def main(port, target):
    proxy = Proxy(target)
    loop = asyncio.get_running_loop()
    loop.add_signal_handler(signal.SIGUSR1, proxy.cut)
    loop.add_signal_handler(signal.SIGUSR2, proxy.mend)
    server = await asyncio.start_server(proxy.serve, HOST, port, backlog=256)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]), int(sys.argv[2])))
