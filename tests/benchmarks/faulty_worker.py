"""A worker that does what a test asks of it."""

import json
import os
import signal
import sys
import time

for line in sys.stdin:
    question = json.loads(line)
    if "echo" in question:
        print(json.dumps(question), flush=True)
    if "fail" in question:
        print(json.dumps({"error": question["fail"]}), flush=True)
    if "die" in question:
        sys.exit(question["die"])
    if "signal" in question:
        os.kill(os.getpid(), signal.Signals[question["signal"]])
    if "allocate" in question:
        kept = b"1" * question["allocate"]
    time.sleep(question.get("sleep", 0))
