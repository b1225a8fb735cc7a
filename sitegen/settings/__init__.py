"""The settings reader: `sitegen.toml` becomes a `Config`, or all of its problems at once."""

from __future__ import annotations

import os
import tomllib
from pathlib import Path

from msgspec.structs import replace

from sitegen.config import Config
from sitegen.errors import Problem, SitegenError
from sitegen.files import read_file, unreadable
from sitegen.settings.checks import base_url_fault, check, normalise
from sitegen.settings.conversion import Finding, convert
from sitegen.settings.locations import KeyPath, Location, locate
from sitegen.settings.secrets import HIDDEN, may_hold_secret
from sitegen.settings.syntax import syntax_problem

FILE_NAME = "sitegen.toml"

__all__ = ["FILE_NAME", "parse_config", "read_config", "with_base_url"]


def read_config(project: Path) -> tuple[Config, tuple[Problem, ...]]:
    """The settings of a project, the defaults where it has no `sitegen.toml`, and warnings about them.

    Raises SitegenError with every problem of the file.
    """
    try:
        os.lstat(project / FILE_NAME)
    except FileNotFoundError:
        return Config(), ()
    except OSError as error:  # to take it for missing would build another site
        raise SitegenError(unreadable(FILE_NAME, error)) from error
    content = read_file(project / FILE_NAME, FILE_NAME)
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as fault:
        raise SitegenError(_encoding_problem(content, fault)) from None
    return _parse(text, FILE_NAME)


def parse_config(text: str, path: str = FILE_NAME) -> Config:
    """The settings that `text` gives; `path` is only for messages.

    Raises SitegenError with every problem, in the order of the file.
    """
    return _parse(text, path)[0]


def _parse(text: str, path: str) -> tuple[Config, tuple[Problem, ...]]:
    """The settings that `text` gives, and warnings. Raises SitegenError."""
    text = text.replace("\r\n", "\n")
    try:
        table = tomllib.loads(text)
        locations = locate(text).by_path
    except RecursionError:
        problem = Problem(code="toml", message="lists and tables are nested too deeply", path=path)
        raise SitegenError(problem) from None
    except ValueError as fault:
        raise SitegenError(syntax_problem(text, path, str(fault))) from None
    findings: list[Finding] = []
    config = convert(table, findings.append)
    wrong = {finding.path for finding in findings}
    check(config, lambda finding: None if finding.path in wrong else findings.append(finding))
    lines = text.split("\n")
    problems = [_problem(finding, path, lines, locations) for finding in findings]
    problems.sort(key=lambda problem: (problem.line or 0, problem.column or 0))
    if any(problem.severity == "error" for problem in problems):
        raise SitegenError(problems)
    return normalise(config), tuple(problems)


def setting_problem(project: Path, finding: Finding) -> Problem:
    """A fault in a setting that only its user can see, such as an option that a theme lacks, with its place."""
    try:
        text = (project / FILE_NAME).read_text(encoding="utf-8").replace("\r\n", "\n")
    except (OSError, UnicodeDecodeError):
        text = ""
    return _problem(finding, FILE_NAME, text.split("\n"), locate(text).by_path)


def with_base_url(config: Config, base_url: str) -> Config:
    """`config` for a site at another address. Raises SitegenError where it is none."""
    fault = base_url_fault(base_url)
    if fault:
        raise SitegenError(Problem(code="settings", message=f"base_url {fault}"))
    return normalise(replace(config, base_url=base_url))


def _problem(finding: Finding, path: str, lines: list[str], locations: dict[KeyPath, Location]) -> Problem:
    """The finding with its place in the file: that of the nearest table where it has none of its own."""
    place = finding.path
    while place and place not in locations:
        place = place[:-1]
    if not place:
        return Problem(code="settings", message=finding.message, path=path, severity=finding.severity)
    location = locations[place]
    span = location.value if finding.part == "value" and location.value else location.key
    return Problem(
        code="settings",
        message=finding.message,
        path=path,
        line=span.line,
        column=span.column,
        length=span.length,
        source=_shown(lines[span.line - 1], finding),
        severity=finding.severity,
    )


def _shown(line: str, finding: Finding) -> str:
    """A line as a message may repeat it: what somebody gave a target that it does not know may be his password."""
    if finding.path[0] == "deploy" and finding.part == "key":
        key, sign, _ = line.partition("=")
        return f"{key}{sign} {HIDDEN}" if sign else line
    return line


def _encoding_problem(content: bytes, fault: UnicodeDecodeError) -> Problem:
    """Where a file is not UTF-8."""
    before = content[: fault.start]
    line_start = before.rfind(b"\n") + 1
    line_end = content.find(b"\n", fault.start)
    lines = content[: line_end if line_end >= 0 else None].decode("utf-8", "replace").split("\n")
    return Problem(
        code="encoding",
        message=f"is not UTF-8: byte 0x{content[fault.start]:02X}. Save the file as UTF-8",
        path=FILE_NAME,
        line=len(lines),
        column=len(before[line_start:].decode("utf-8", "replace")) + 1,
        source=None if may_hold_secret(lines, len(lines)) else lines[-1].rstrip("\r"),
    )
