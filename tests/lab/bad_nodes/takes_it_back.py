"""node1 ends its rival's lock session a second after it is back: it is the preferred leader."""

import os
import threading
import time
from contextlib import suppress

from haproof.node.http import Server
from haproof.node.program import Node, main
from haproof.node.session import SessionLost, SqlError

_END = """
SELECT pg_terminate_backend(a.pid) FROM pg_locks l JOIN pg_stat_activity a USING (pid)
WHERE l.locktype = 'advisory' AND l.granted AND a.application_name LIKE 'haproof lock %'
    AND a.application_name NOT LIKE '% node1'
"""


class Wrong(Node):
    def run(self, server: Server) -> None:
        if self.settings.node_id == "node1":
            threading.Thread(target=self._take_back, daemon=True).start()
        super().run(server)

    def _take_back(self) -> None:
        self.prepared.wait()
        time.sleep(1)
        deadline = time.monotonic() + 2
        with suppress(SessionLost, SqlError), self.store.open("request", deadline=deadline) as session:
            session.run(_END, deadline=deadline)


if __name__ == "__main__":
    os._exit(main(node_type=Wrong))
