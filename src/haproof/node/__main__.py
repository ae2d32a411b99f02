"""Run one node: `python -m haproof.node --help`."""

import os
import sys

from haproof.node.program import main

if __name__ == "__main__":
    status = main()
    sys.stderr.flush()
    # Not sys.exit: a thread may be inside libpq, and nothing here is left to clean up.
    os._exit(status)
