"""What programs say is kept, whatever they leave behind."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from sitegen.deploy.programs import Answer, Programs, failure

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


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        ("", "a file could not be written or read; the disk may be full, or a quota reached"),
        ("rsync: write failed: No space left on device (28)\n", "the disk is full"),
    ],
)
def test_rsync_whose_words_were_lost_is_understood_by_its_exit_code(said: str, reason: str) -> None:
    """One receiver in sixty that meets a full disk ends before its words are on their way."""
    error = failure("rsync", "send files to www", Answer(code=11, output=b"", said=said))
    assert error.problems[0].message == f"cannot send files to www: {reason}"
