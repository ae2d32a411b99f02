"""Runs the clients of one place: off the members, or on one member's host.

    python -m haproof.lab.workload.program CONFIG.json

CONFIG says which clients, how to connect, and where the history goes. SIGTERM ends it: clients finish what is
in flight or leave it unknown. What a client does is written before it is sent (`invoke`), so that a client
that is killed in between leaves an unknown write and no row that nobody sent.
"""

import os
import signal
import sys
import threading
from pathlib import Path

from haproof.lab.workload.clients import Client, ConnectWriter, Deadlines, Reader, Writer
from haproof.lab.workload.config import Config, read_config
from haproof.lab.workload.history import History
from haproof.lab.workload.transactions import ListAppender

END_SECONDS = 3.0

CLIENTS: dict[str, type[Client]] = {
    "writer": Writer,
    "connect": ConnectWriter,
    "reader": Reader,
    "txn": ListAppender,
}
"""Every kind of client by its name in the configuration."""


def clients(config: Config, history: History, stop: threading.Event) -> list[Client]:
    """All clients of the configuration, numbered within each kind."""
    return [
        CLIENTS[kind](f"{config.place}-{kind}-{number}", config, history, stop)
        for kind, count in config.clients.items()
        for number in range(1, count + 1)
    ]


def main(argv: list[str]) -> int:
    """Run until SIGTERM."""
    config = read_config(Path(argv[1]))
    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda number, frame: stop.set())
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with open(config.output, "a", encoding="utf-8", buffering=1) as stream:
        history = History(stream, config.trial)
        running = clients(config, history, stop)
        deadlines = Deadlines(running)
        threads = [threading.Thread(target=client.run, name=client.name, daemon=True) for client in running]
        for thread in threads:
            thread.start()
        while not stop.wait(0.25):
            if config.parent is not None and os.getppid() != config.parent:
                break  # the lab is gone, and nobody is left who would end this
            if history.broken is not None:
                sys.stderr.write(f"the history cannot be written: {history.broken.strerror}\n")
                os._exit(1)  # a file that is closed would be written to once more
            deadlines.enforce()
        stop.set()
        for client in running:
            client.hang_up(after_s=END_SECONDS / 2)
        for thread in threads:
            thread.join(END_SECONDS)
        history.close()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv))
