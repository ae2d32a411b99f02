"""The node is a separate program, and its decisions are pure: both are about what gets imported."""

import subprocess
import sys


def test_the_node_loads_nothing_else_of_the_package() -> None:
    script = "import sys, haproof.node.program; print('\\n'.join(sys.modules))"
    loaded = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout
    ours = {name for name in loaded.split() if name.startswith("haproof")}
    assert "haproof.node.decide" in ours
    assert {name for name in ours if not name.startswith("haproof.node")} == {"haproof", "haproof.version"}
    assert "msgspec" not in loaded.split()


def test_the_decisions_need_no_driver_no_socket_and_no_thread() -> None:
    script = "import sys, haproof.node.decide; print('\\n'.join(sys.modules))"
    loaded = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout
    assert not {"psycopg", "socket", "threading", "subprocess", "random"} & set(loaded.split())
