"""Asks for PostgreSQL only when somebody asks for its status or sends it a write."""

import os
import threading
import time

from haproof.node.api import Api
from haproof.node.monitor import QuorumMonitor
from haproof.node.program import Node, main
from haproof.node.requests import Answer, Request

ONE_AT_A_TIME = threading.Lock()


class OnDemand(QuorumMonitor):
    def run(self) -> None:
        while not self._node.stopping.is_set():
            if not self._node.view().state.answered_once:
                self.look()
            self._bell.wait(0.1)

    def look(self) -> None:
        with ONE_AT_A_TIME:
            self.poll(time.monotonic() + 2 * self._poll_s)


class AsksWhenAsked(Api):
    def status(self, request: Request) -> Answer:
        self._ask()
        return super().status(request)

    def write_rollout(self, request: Request) -> Answer:
        self._ask()
        return super().write_rollout(request)

    def _ask(self) -> None:
        assert isinstance(self.node, Sleeper)
        assert isinstance(self.node.monitor, OnDemand)
        self.node.monitor.look()


class Sleeper(Node):
    monitor_type = OnDemand
    api_type = AsksWhenAsked


if __name__ == "__main__":
    os._exit(main(node_type=Sleeper))
