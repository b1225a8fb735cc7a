"""What can go wrong with a folder reached by SFTP, in the user's words."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

import asyncssh

from sitegen.errors import GuardError, Problem, SitegenError


class SshFaults:
    """The faults of one folder, `shown` as the user knows it, on a host."""

    def __init__(self, host: str, shown: str, timeout_seconds: float) -> None:
        self._host = host
        self._shown = shown
        self._timeout = timeout_seconds

    @contextlib.contextmanager
    def told(self, path: str) -> Iterator[None]:
        """Turns what asyncssh raises, at work with a path, into `GuardError` and `SitegenError`."""
        try:
            yield
        except asyncssh.HostKeyNotVerifiable as error:
            raise GuardError(self._host_key_problem()) from error
        except asyncssh.PermissionDenied as error:
            message = (
                f"{self._shown} lets nobody in with these keys: {error.reason}. Check user, agent and key"
            )
            raise SitegenError(Problem(code="credentials", message=message)) from None
        except TimeoutError:
            raise SitegenError(self._problem(path, f"no answer within {self._timeout:g} s")) from None
        except asyncssh.Error as error:
            raise SitegenError(self._problem(path, _reason(error))) from None
        except (OSError, ValueError) as error:  # keys that cannot be read are the latter
            reason = getattr(error, "strerror", None) or str(error)
            raise SitegenError(self._problem(path, reason)) from None

    def _problem(self, path: str, reason: str) -> Problem:
        what = f"{path} in {self._shown}" if path else self._shown
        return Problem(code="deploy", message=f"{what}: {reason}")

    def _host_key_problem(self) -> Problem:
        message = (
            f"the key of {self._host} is not the one in your known_hosts, or it has none there, so somebody may be "
            f"listening. Nothing was sent. Compare its fingerprint with the one that the host's owner gives; then "
            f"connect once by hand: ssh {self._host}"
        )
        return Problem(code="host-key", message=message)


def _reason(error: asyncssh.Error) -> str:
    text = error.reason or type(error).__name__
    if isinstance(error, asyncssh.SFTPFailure) and text == "Failure":
        return "the server could not do it; its disk may be full, or a quota reached"
    return text
