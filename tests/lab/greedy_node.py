"""The reference node, which first writes into its own folder until the disk is full."""

import contextlib
import os
from pathlib import Path

from haproof.node.program import main

if __name__ == "__main__":
    with contextlib.suppress(OSError), open(Path.cwd() / "own-log", "wb", buffering=0) as stream:
        while True:
            stream.write(b"x" * 1_048_576)
    os._exit(main())
