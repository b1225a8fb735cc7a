"""Netlify's API: its requests, tried again when that helps, and what can go wrong in the user's words."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import httpx

from sitegen.errors import Problem, SitegenError

_FIRST_WAIT = 0.5
_LONGEST_WAIT = 15.0
_FAREWELL = 5.0
"""Seconds."""

_TRIED_AGAIN = frozenset({408, 429, 500, 502, 503, 504})


class NetlifyApi:
    """The API with one user's token, which stands in nothing that is shown."""

    def __init__(
        self, address: str, token: str, shown: str, timeout_seconds: float, patience_seconds: float
    ) -> None:
        self._client = httpx.Client(headers={"User-Agent": "sitegen"}, timeout=timeout_seconds)
        self._address = address.rstrip("/")
        self._token = token
        self._shown = shown
        self._patience = patience_seconds

    def close(self) -> None:
        """Ends the connections."""
        self._client.close()

    def get(self, path: str, **query: str | int) -> Any:
        """What the API says. Raises `SitegenError`."""
        return self._understood(self._asked("GET", path, {}, lambda: {"params": query}))

    def post(self, path: str, content: Any = None, **query: str) -> Any:
        """What the API says to a wish. Raises `SitegenError`."""
        return self._understood(self._asked("POST", path, {}, lambda: {"params": query, "json": content}))

    def tell(self, path: str) -> None:
        """Says something once, whether it is heard or not."""
        with contextlib.suppress(httpx.TransportError):
            self._client.post(f"{self._address}{path}", headers=self._authorised, timeout=_FAREWELL)

    def upload(self, path: str, parts: Callable[[], Iterator[bytes]], size: int) -> None:
        """Puts the content of a file, whose parts are asked for anew at each try. Raises `SitegenError`."""
        headers = {"Content-Type": "application/octet-stream", "Content-Length": str(size)}
        self._asked("PUT", path, headers, lambda: {"content": parts()})

    def visit(self, address: str) -> bytes | None:
        """What a visitor gets, who has no token; `None` where there is nothing. Raises `SitegenError`."""
        answer = self._tried(lambda: self._client.get(address))
        if answer.status_code == 404:
            return None
        if answer.is_success:
            return answer.content
        message = (
            f"{self._shown} does not show its own manifest ({answer.status_code}), so it is not known what is there. "
            "A site that asks its visitors for a password cannot be deployed to"
        )
        raise SitegenError(Problem(code="manifest", message=message))

    def _asked(
        self, method: str, path: str, headers: Mapping[str, str], content: Callable[[], dict[str, Any]]
    ) -> httpx.Response:
        authorised = {**headers, **self._authorised}
        address = f"{self._address}{path}"
        answer = self._tried(lambda: self._client.request(method, address, headers=authorised, **content()))
        if answer.is_success:
            return answer
        raise SitegenError(self._refusal(answer))

    @property
    def _authorised(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self._token}"}

    def _understood(self, answer: httpx.Response) -> Any:
        try:
            return answer.json()
        except ValueError:
            message = (
                f"{self._shown} gives an answer that is none of Netlify's ({answer.headers.get('Content-Type')}). "
                "Is there a proxy in between, or a network that wants you to log in?"
            )
            raise SitegenError(Problem(code="deploy", message=message)) from None

    def _tried(self, request: Callable[[], httpx.Response]) -> httpx.Response:
        """The answer to a request, after as many tries as patience allows. Raises `SitegenError` when none came."""
        for wait in self._waits():
            try:
                answer = request()
            except httpx.TransportError as error:
                if wait is None:
                    reason = str(error) or type(error).__name__
                    message = f"cannot reach {self._shown}: {reason}"
                    raise SitegenError(Problem(code="deploy", message=message)) from None
            else:
                if wait is None or answer.status_code not in _TRIED_AGAIN:
                    return answer
                wait = max(wait, _wished(answer))  # noqa: PLW2901  # the server knows better
            time.sleep(min(wait, self._patience))
        raise AssertionError("the last wait is None")

    def _waits(self) -> Iterator[float | None]:
        """How long to wait after each try that failed; `None` when it was the last."""
        wait, left = _FIRST_WAIT, self._patience
        while left >= wait:
            yield wait
            left -= wait
            wait = min(wait * 2, _LONGEST_WAIT)
        yield None

    def _refusal(self, answer: httpx.Response) -> Problem:
        match answer.status_code:
            case 401 | 403:
                message = (
                    f"{self._shown} refuses the token. Set NETLIFY_AUTH_TOKEN to one that may deploy there"
                )
                return Problem(code="credentials", message=message)
            case 404 if answer.request.method == "GET":
                message = f"{self._shown} does not exist, or the token in NETLIFY_AUTH_TOKEN may not see it"
                return Problem(code="deploy", message=message)
        message = f"{self._shown} answers {answer.status_code}: {_said(answer)}"
        return Problem(code="deploy", message=message)


def _wished(answer: httpx.Response) -> float:
    """The seconds that a server asks one to wait."""
    text = answer.headers.get("Retry-After", "")
    return float(text) if text.isdecimal() else 0.0


def _said(answer: httpx.Response) -> str:
    try:
        said = answer.json()
    except ValueError:
        return answer.reason_phrase
    return str(said.get("message", said))[:300] if isinstance(said, dict) else answer.reason_phrase
