"""What the kernel tells of waiting for a processor, read from real processes."""

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from haproof.lab.processor import ProcessorWatch

pytestmark = pytest.mark.skipif(
    not Path("/proc/self/schedstat").exists(), reason="this kernel does not tell what threads wait for"
)
BURN = "while True: pass"
WATCHED = """
import json, os, sys, threading, time
from haproof.lab.processor import ProcessorWatch

os.sched_setaffinity(0, {int(sys.argv[1])})
child = os.fork()
if child == 0:
    while True:
        pass
watch = ProcessorWatch()
watch.look()
time.sleep(2.5)
watch.look()
os.kill(child, 9)
seen = watch.seen()
print(json.dumps([seen.ran_s, seen.waited_s]))
"""


def test_a_child_that_shares_its_processor_with_many_waits_longer_than_it_runs() -> None:
    processor = min(os.sched_getaffinity(0))
    start = f"import os\nos.sched_setaffinity(0, {{{processor}}})\n{BURN}"
    others = [subprocess.Popen([sys.executable, "-S", "-c", start]) for _ in range(12)]
    try:
        told = subprocess.run(
            [sys.executable, "-c", WATCHED, str(processor)], capture_output=True, check=True, timeout=60
        ).stdout
    finally:
        for other in others:
            other.kill()
            other.wait()
    ran_s, waited_s = json.loads(told)
    assert 0 < ran_s < 1.5
    assert waited_s > 3 * ran_s


def test_what_was_there_before_the_first_look_does_not_count() -> None:
    child = subprocess.Popen([sys.executable, "-S", "-c", BURN])
    try:
        time.sleep(0.5)
        watch = ProcessorWatch()
        assert watch.seen() is None
        watch.look()
        watch.look()
    finally:
        child.kill()
        child.wait()
    seen = watch.seen()
    assert seen is not None
    assert seen.ran_s < 0.3
