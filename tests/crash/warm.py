"""A process that has imported everything and forks a build whenever it is asked, so that one costs milliseconds.

Run as `python -m tests.crash.warm GATE` in the folder of a project, which it builds once to be warm. It reads the
arguments of `sitegen` as lines of JSON; for each it forks, tells the process id, and in the end what became of it.
The fork waits for a byte to come to the descriptor GATE before it does anything, so that it can be watched from its
start. It does not take the byte: who watches might count that as the first read of the build.
"""

from __future__ import annotations

import json
import os
import select
import signal
import sys
from importlib import import_module

from sitegen.cli.program import run


def serve(gate: int) -> None:
    # A file is trusted at once, or what a build reads would depend on how long ago the last one was.
    for module in ("sitegen.build.inputs", "sitegen.build.snapshot"):
        vars(import_module(module))["TRUSTED_AFTER_NS"] = 0
    replies = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    if run(["build", "--jobs", "1"]) != 0:
        sys.exit("the first build failed")
    for line in sys.stdin:
        order = json.loads(line)
        # Not by the fork: who watches may be there before it, and count that as the first file that the build opens.
        words = os.open(order["words"], os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
        process = os.fork()
        if process == 0:
            _be_a_build(gate, order["arguments"], words)
        os.close(words)
        print(process, file=replies, flush=True)
        _, status = os.waitpid(process, 0)
        os.read(gate, 1)
        print(os.waitstatus_to_exitcode(status), file=replies, flush=True)


def _be_a_build(gate: int, arguments: list[str], words: int) -> None:
    os.dup2(words, 1)
    os.dup2(words, 2)
    os.close(words)
    code = 70
    # Where the tests run in the background, Ctrl-C is ignored by whatever they start.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        select.select([gate], [], [])
        code = run(arguments)
        sys.stdout.flush()
        sys.stderr.flush()
    finally:
        os._exit(code)


if __name__ == "__main__":
    serve(int(sys.argv[1]))
