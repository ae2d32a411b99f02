"""A program that listens where a node should, and answers rubbish of every kind, one after the other."""

import itertools
import json
import socket
import sys
import time

BODIES: list[object] = [
    [],
    None,
    {"role": ["leader"], "holder_id": 7, "quorum_health": {"a": 1}, "replication": "none"},
    {"role": "leader\x1b[31m", "holder_id": "\ud800", "current_epoch": 10**400, "acquired_at": "soon"},
]
ANSWERS = itertools.cycle(
    [
        b'HTTP/1.1 200 OK\r\nContent-Length: 15\r\n\r\n{"ready": true}',
        b"this is not HTTP at all\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n{nope",
        b"HTTP/1.1 200 OK\r\nContent-Length: 999\r\n\r\n{}",
        b"HTTP/1.1 9x9 \r\n\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 500 + b"\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 300\r\n\r\n" + b"[" * 300,
        b"",
        *(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n" + json.dumps(body).encode() for body in BODIES),
    ]
)


def main() -> None:
    with socket.create_server(("127.0.0.1", int(sys.argv[1]))) as server:
        for answer in ANSWERS:
            connection, _ = server.accept()
            with connection:
                connection.recv(65_536)
                connection.sendall(answer)
                if not answer:
                    time.sleep(0.05)


main()
