"""The guard before everything: whom the preview answers at all.

A page on another site can make a browser send requests here. It must learn nothing by it, and start nothing.
"""

from __future__ import annotations

from http import HTTPStatus

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from sitegen.preview.addresses import AddressError, decoded
from sitegen.preview.hosts import Hosts

METHODS = ("GET", "HEAD")
LONGEST_TARGET = 4096
"""Bytes of path and query; the longest address of a site has 2,000, thrice that when percent-encoded."""

_HEADERS = {
    "Cache-Control": "no-store",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
}
"""On every response. There is no CORS header, so no page of another origin may read any of them."""


class Guard:
    """Lets requests of the preview's own pages through, and navigations from anywhere, to an exact host."""

    def __init__(self, app: ASGIApp, hosts: Hosts) -> None:
        """`hosts` are those that requests may name."""
        self._app = app
        self._hosts = hosts

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers a request, by itself when it has to be refused."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(_HEADERS)
            await send(message)

        refusal = self._refusal(scope)
        if refusal:
            status, reason = refusal
            headers = {"Connection": "close"}
            if status == HTTPStatus.METHOD_NOT_ALLOWED:
                headers["Allow"] = ", ".join(METHODS)
            response = PlainTextResponse(f"{reason}\n", status, headers)
            await response(scope, receive, send_with_headers)
            return
        await self._app(scope, receive, send_with_headers)

    def _refusal(self, scope: Scope) -> tuple[HTTPStatus, str] | None:
        """The status and the words with which a request is refused, `None` if it is not."""
        if scope["method"] not in METHODS:
            return HTTPStatus.METHOD_NOT_ALLOWED, "Only GET and HEAD are answered."
        if len(scope["raw_path"]) + len(scope["query_string"]) > LONGEST_TARGET:
            return HTTPStatus.REQUEST_URI_TOO_LONG, "The address is too long."
        try:
            decoded(scope["raw_path"])
        except AddressError as error:
            return HTTPStatus.BAD_REQUEST, f"This cannot be the address of a page: {error}."
        headers = Headers(scope=scope)
        hosts = headers.getlist("host")
        if len(hosts) != 1 or not self._hosts.include(hosts[0]):
            return (
                HTTPStatus.MISDIRECTED_REQUEST,
                f"This host is not served here. The site is at {self._hosts.url}/",
            )
        if any(origin != f"http://{hosts[0].lower()}" for origin in headers.getlist("origin")):
            return HTTPStatus.FORBIDDEN, "Requests of other origins are refused."
        site = headers.get("sec-fetch-site", "none")
        is_navigation = headers.get("sec-fetch-mode") == "navigate" and (
            headers.get("sec-fetch-dest") == "document"
        )
        if site not in ("same-origin", "none") and not is_navigation:
            return HTTPStatus.FORBIDDEN, "Requests of other sites are refused."
        return None
