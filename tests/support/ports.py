"""Free ports for the servers that tests start."""

import random
import socket
from itertools import cycle

from tests.support.databases import WORKER

# Linux gives ports from 32768 on to outgoing connections, so one that was free may be taken.
LOWEST, PER_WORKER, WORKERS = 20_000, 1_000, 12
NUMBER = int(WORKER.removeprefix("gw")) if WORKER.startswith("gw") else 0
OFFSET = LOWEST + NUMBER % WORKERS * PER_WORKER
PORTS = cycle(random.sample(range(OFFSET, OFFSET + PER_WORKER, 2), PER_WORKER // 2))


def free_port():
    """Return a port that is free, like the next one. Test processes never get the same port."""
    return next(port for port in PORTS if is_free(port) and is_free(port + 1))


def is_free(port):
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True
