"""Sends signed webhooks over open connections, from its own process.

Each input line is a round as JSON: ``{"path", "secret", "bodies"}``. The bodies are signed before the
measurement. The output is a line ``{"seconds", "times", "refused"}``.
"""

import asyncio
import json
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from wagtail_payments.sandbox.signing import HEADER, signature_header

HOST = "127.0.0.1"
CONNECTIONS = 8

Connection = tuple[asyncio.StreamReader, asyncio.StreamWriter]


class Load:
    """Controls the sending process."""

    def __init__(self, port: int, secret: str) -> None:
        command = [sys.executable, "-m", "benchmarks.load", str(port)]
        self.secret = secret
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def round(self, path: str, bodies: list[str]) -> dict[str, Any]:
        """Send all ``bodies``. Raises SystemExit if a response isn't 200."""
        line = json.dumps({"path": path, "secret": self.secret, "bodies": bodies})
        print(line, file=self.process.stdin, flush=True)
        answer = self.process.stdout.readline()
        if not answer:
            raise SystemExit("The sending process has stopped.")
        measured = json.loads(answer)
        if measured["refused"]:
            raise SystemExit(f"{path} responded: {measured['refused'][0]}")
        return measured

    def stop(self) -> None:
        self.process.stdin.close()
        self.process.wait(timeout=10)


async def main(port: int) -> None:
    connections = [await asyncio.open_connection(HOST, port) for _ in range(CONNECTIONS)]
    for line in sys.stdin:
        print(json.dumps(await _round(connections, **json.loads(line))), flush=True)


async def _round(
    connections: list[Connection], path: str, secret: str, bodies: list[str]
) -> dict[str, Any]:
    requests = iter([_request(path, secret, body.encode()) for body in bodies])
    times: list[float] = []
    refused: list[str] = []
    start = time.perf_counter()
    await asyncio.gather(*(_send(c, requests, times, refused) for c in connections))
    return {"seconds": time.perf_counter() - start, "times": times, "refused": refused}


def _request(path: str, secret: str, body: bytes) -> bytes:
    signature = signature_header(body, secrets=[secret], at=datetime.now(UTC))
    head = (
        f"POST {path} HTTP/1.1\r\nHost: {HOST}\r\nContent-Type: application/json\r\n"
        f"Content-Length: {len(body)}\r\n{HEADER}: {signature}\r\n\r\n"
    )
    return head.encode() + body


async def _send(
    connection: Connection, requests: Iterator[bytes], times: list[float], refused: list[str]
) -> None:
    reader, writer = connection
    for request in requests:
        start = time.perf_counter()
        writer.write(request)
        head = await reader.readuntil(b"\r\n\r\n")
        length = re.search(rb"(?i)\r\ncontent-length: (\d+)", head)
        await reader.readexactly(int(length[1]))
        times.append(time.perf_counter() - start)
        if b" 200 " not in head.partition(b"\r\n")[0]:
            refused.append(head.decode())


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1])))
