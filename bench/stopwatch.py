"""Runs one command and prints, as JSON, what the kernel says it took.

This is a program of its own, which imports next to nothing, because Linux counts the memory of the process that
starts another as the least peak of what it starts: a measurement begun by a large process tells nothing of a
small one.

    python -I -S stopwatch.py LOG COMMAND [ARGUMENT...]
"""

from __future__ import annotations

import json
import os
import sys
import time


def main(log: str, *command: str) -> None:
    """Runs the command with its output going to the file `log`."""
    actions = [
        (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
        (os.POSIX_SPAWN_OPEN, 1, log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o644),
        (os.POSIX_SPAWN_DUP2, 1, 2),
    ]
    busy = _busy_seconds()
    begin = time.perf_counter()
    process = os.posix_spawnp(command[0], command, os.environ, file_actions=actions)
    _, status, usage = os.wait4(process, 0)
    wall = time.perf_counter() - begin
    cpu = usage.ru_utime + usage.ru_stime
    others = max(0.0, (_busy_seconds() - busy - cpu) / wall)
    result = {
        "exit_code": os.waitstatus_to_exitcode(status),
        "wall_seconds": wall,
        "cpu_seconds": cpu,
        "peak_bytes": usage.ru_maxrss * 1024,
        "others": others,
    }
    print(json.dumps(result))


def _busy_seconds() -> float:
    """How long the processors of the whole machine have worked since it started."""
    with open("/proc/stat") as file:
        user, nice, system, _idle, _wait, *rest = map(int, file.readline().split()[1:9])
    return (user + nice + system + sum(rest)) / os.sysconf("SC_CLK_TCK")


if __name__ == "__main__":
    main(*sys.argv[1:])
