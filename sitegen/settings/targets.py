"""What the settings of `[deploy.NAME]` must be beyond their types; no secret may stand in them."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit

from sitegen.config import (
    Config,
    GitTarget,
    LocalTarget,
    NetlifyTarget,
    RsyncTarget,
    S3Target,
    SftpTarget,
    TargetConfig,
)
from sitegen.settings.locations import KeyPath
from sitegen.settings.notation import toml_value

COMMAND_NAMES = ("plan", "status", "list", "rollback")
"""What follows `sitegen deploy` and is no target."""

LOOPBACK = re.compile(r"localhost|.*\.localhost|127(\.\d+){3}|::1|0\.0\.0\.0", re.IGNORECASE)
"""Hosts that only this machine can reach."""

STORED_HEADERS = ("Cache-Control", "Content-Disposition", "Content-Language", "Content-Type")
"""What object stores keep with a file and answer with."""

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]*")
_BAD_BRANCH = re.compile(r"^[-/.]|\.\.|@\{|//|/\.|[\x00-\x20\x7f~^:?*\[\\]|/$|\.$|\.lock(/|$)|^@$")


def target_faults(config: Config) -> Iterator[tuple[KeyPath, str]]:
    """What cannot work in the targets, each with the setting that says so."""
    for name, target in config.deploy.items():
        if not _NAME.fullmatch(name):
            yield ("deploy", name), "has a name that is not made of letters, digits, - and _"
        elif name in COMMAND_NAMES:
            yield ("deploy", name), f"has the name of the command `sitegen deploy {name}`. Give it another"
        for setting, fault in _faults(target, config):
            # A line with a secret is not shown.
            yield ("deploy", name) if setting is None else ("deploy", name, setting), fault


def _faults(target: TargetConfig, config: Config) -> Iterator[tuple[str | None, str]]:
    match target:
        case GitTarget():
            yield from _git_faults(target, config)
        case LocalTarget():
            if not target.folder.strip():
                yield "folder", "is empty: name the folder that the site is to stand in"
        case RsyncTarget() | SftpTarget():
            yield from _host_faults(target)
        case S3Target():
            yield from _s3_faults(target)
        case NetlifyTarget():
            if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9.-]*", target.site):
                yield "site", f"must be a site's id or host, not {toml_value(target.site)}"
            if "@" in target.endpoint:
                yield None, "has credentials in its endpoint. Leave them to the variable NETLIFY_AUTH_TOKEN"
            elif not re.match(
                r"https://[^/@?#]+(/[^?#]*)?$|http://(127\.0\.0\.1|localhost|\[::1\])[:/]", target.endpoint
            ):
                yield "endpoint", f"must begin with https://, not {toml_value(target.endpoint)}"
            yield from _header_faults(target.headers, None)


def _git_faults(target: GitTarget, config: Config) -> Iterator[tuple[str | None, str]]:
    shown = toml_value(target.repository)
    if not target.repository.strip() or target.repository.startswith("-"):
        yield "repository", f"must be a repository such as git@github.com:me/blog.git, not {shown}"
    elif "::" in target.repository:
        yield "repository", "must not name a program to reach it by, as :: does"
    elif _may_hold_secret(target.repository):
        yield (
            None,
            "has a user or a password in its repository. Leave them to git's credential helper, or use SSH",
        )
    if not target.branch or _BAD_BRANCH.search(target.branch):
        yield "branch", f"must be the name of a branch, such as gh-pages, not {toml_value(target.branch)}"
    folder = target.folder.strip("/")
    if folder and {"", ".", "..", ".git"} & set(folder.split("/")):
        yield "folder", f"must be a folder of the branch, such as docs, not {toml_value(target.folder)}"
    host = urlsplit(config.base_url).hostname or ""
    if target.cname and (LOOPBACK.fullmatch(host) or "." not in host):
        yield "cname", f"needs a base_url with your domain, not {toml_value(config.base_url)}"


def _may_hold_secret(repository: str) -> bool:
    """Whether there is a password in an address, or over HTTP a user, which on most hosts may be a token."""
    try:
        parts = urlsplit(repository)
    except ValueError:
        return False
    return parts.password is not None or (parts.scheme in ("http", "https") and parts.username is not None)


def _host_faults(target: RsyncTarget | SftpTarget) -> Iterator[tuple[str, str]]:
    if not re.fullmatch(r"[^\s:/'\"\\-][^\s:/'\"\\]*", target.host):
        yield "host", f"must be a host as ssh takes it, such as me@example.org, not {toml_value(target.host)}"
    if not target.folder.strip("/. ") or target.folder.startswith(("-", "~")):
        fault = "must be a folder on the host, from its root or from your home folder there, such as www, not"
        yield "folder", f"{fault} {toml_value(target.folder)}"


def _s3_faults(target: S3Target) -> Iterator[tuple[str | None, str]]:
    try:
        bucket, endpoint = urlsplit(target.bucket), urlsplit(target.endpoint)
    except ValueError as error:
        yield None, f"has an address that is none: {error}"
        return
    if "@" in bucket.netloc + endpoint.netloc or bucket.query or endpoint.query:
        yield (
            None,
            "has credentials in an address. Leave them to the environment or to the provider's configuration",
        )
        return
    is_named = bucket.netloc and (bucket.scheme != "az" or bucket.path.strip("/"))
    if bucket.scheme not in ("s3", "gs", "az") or not is_named:
        example = (
            "az://account/container" if bucket.scheme == "az" else "s3://my-bucket or s3://my-bucket/blog"
        )
        yield "bucket", f"must be a bucket such as {example}, not {toml_value(target.bucket)}"
    if target.endpoint and (endpoint.scheme not in ("https", "http") or not endpoint.hostname):
        yield (
            "endpoint",
            f"must be an address such as https://s3.example.org, not {toml_value(target.endpoint)}",
        )
    yield from _header_faults(target.headers, STORED_HEADERS)


def _header_faults(headers: Mapping[str, Any], known: Collection[str] | None) -> Iterator[tuple[str, str]]:
    """What is wrong in a table of headers by pattern; `known` are those that the place can keep, `None` if any."""
    for pattern, wanted in headers.items():
        if not isinstance(wanted, Mapping) or not all(isinstance(value, str) for value in wanted.values()):
            shown = toml_value(pattern)
            yield (
                "headers",
                f'must have a table of headers for each pattern, such as {{ {shown} = {{ Cache-Control = "no-store" }} }}',
            )
            continue
        for name, value in wanted.items():
            if known is not None and name.lower() not in {header.lower() for header in known}:
                yield (
                    "headers",
                    f"has {name} for {toml_value(pattern)}, which this place cannot keep: it keeps {', '.join(known)}",
                )
            elif not value.isprintable():
                yield (
                    "headers",
                    f"has a line break or another control character in {name} for {toml_value(pattern)}",
                )
