"""A library that is missing is an error that says what to install."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from sitegen.config import NetlifyTarget, S3Target, SftpTarget, TargetConfig
from sitegen.deploy.target import Surroundings
from sitegen.deploy.targets import open_target
from sitegen.errors import SitegenError
from tests.deploy.sites import ADDRESS, NOW


@pytest.mark.parametrize(
    ("target", "library", "extra"),
    [
        (S3Target(bucket="s3://blog"), "obstore", "s3"),
        (S3Target(bucket="s3://blog", compress="br"), "brotli", "brotli"),
        (S3Target(bucket="s3://blog", cloudfront="E2"), "boto3", "cloudfront"),
        (SftpTarget(host="h", folder="f"), "asyncssh", "sftp"),
        (NetlifyTarget(site="s"), "httpx", "netlify"),
    ],
)
def test_a_missing_library_is_told_with_what_installs_it(
    target: TargetConfig, library: str, extra: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, library, None)
    surroundings = Surroundings(project=Path(), environment={}, home=None, now=NOW)
    with pytest.raises(SitegenError, match=rf"pip install 'sitegen\[{extra}\]'"):
        open_target(target, surroundings, ADDRESS)
