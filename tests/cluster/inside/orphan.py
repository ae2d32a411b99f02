"""An orphan is killed: is it reaped, or does it stay a zombie that answers signals?"""

import json
import os
import signal
import time

reading, writing = os.pipe()
middle = os.fork()
if middle == 0:
    if os.fork() == 0:
        os.write(writing, str(os.getpid()).encode())
        time.sleep(60)
    os._exit(0)
os.waitpid(middle, 0)
orphan = int(os.read(reading, 20))
os.kill(orphan, signal.SIGKILL)
deadline = time.monotonic() + 5
while os.path.exists(f"/proc/{orphan}") and time.monotonic() < deadline:
    time.sleep(0.01)
print(json.dumps({"there": os.path.exists(f"/proc/{orphan}")}))
