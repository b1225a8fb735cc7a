"""What programs say is kept, whatever they leave behind."""

from __future__ import annotations

import os
from pathlib import Path

from sitegen.deploy.programs import Programs

LEAVES_A_CHILD = """
echo "fatal: this matters" >&2
(n=0; while [ $n -lt 300 ]; do echo "later words" >&2; n=$((n + 1)); done) >/dev/null &
exit 1
"""


def test_what_a_program_said_is_kept_although_its_child_goes_on_talking(tmp_path: Path) -> None:
    programs = Programs(environment=dict(os.environ), folder=tmp_path, patience_seconds=60)
    for _ in range(30):
        answer = programs.ask(["sh", "-c", LEAVES_A_CHILD])
        assert answer.said.startswith("fatal: this matters\n")
