"""Ends as it is told to: with a status, or on SIGTERM with another."""

import signal
import sys
import time

if sys.argv[1] != "wait":
    sys.exit(int(sys.argv[1]))
signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(9))
print("ready", flush=True)
time.sleep(60)
