"""Starts what a killed lab could leave behind: daemons in sessions of their own, shared memory, hosts."""

import mmap
import os
import sys
import time

from haproof.lab.sandbox.network import Network

Network(["one", "two"])
marker = sys.argv[1]
memory = os.open(f"/dev/shm/{marker}", os.O_CREAT | os.O_RDWR)
os.ftruncate(memory, 4096)
mmap.mmap(memory, 4096)
for _ in range(3):
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            os.execv(sys.executable, [sys.executable, "-c", "import time; time.sleep(600)", marker])
        os._exit(0)
print("ready", flush=True)
time.sleep(600)
