"""What a program in a sandbox sees of the machine."""

import json
import os
import sys

with open("/dev/shm/mine", "w") as mine:
    mine.write("x")
print(
    json.dumps(
        {
            "pid": os.getpid(),
            "processes": [int(name) for name in os.listdir("/proc") if name.isdecimal()],
            "run": os.listdir("/run"),
            "shm": os.listdir("/dev/shm"),
            "kept": [os.path.exists(path) for path in sys.argv[1:]],
            "links": os.listdir("/sys/class/net") if os.path.isdir("/proc/sys/net") else [],
        }
    )
)
