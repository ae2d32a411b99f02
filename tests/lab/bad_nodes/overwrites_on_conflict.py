"""A row whose id is taken replaces the one that is there, and is acknowledged."""

import os

from haproof.node import writes
from haproof.node.program import main

if __name__ == "__main__":
    writes._INSERT = writes._INSERT.replace("DO NOTHING", "DO UPDATE SET payload = excluded.payload")
    os._exit(main())
