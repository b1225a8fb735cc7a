"""Content types by file name: one table for the preview and for hosts that have to be told.

The tables of operating systems differ, so the standard library's `mimetypes`, which reads them, is not asked.
"""

from __future__ import annotations

import posixpath

UNKNOWN = "application/octet-stream"
HTML = "text/html; charset=utf-8"

_TEXT = {
    ".css": "text/css",
    ".csv": "text/csv",
    ".htm": "text/html",
    ".html": "text/html",
    ".ics": "text/calendar",
    ".js": "text/javascript",
    ".json": "application/json",
    ".jsonld": "application/ld+json",
    ".md": "text/markdown",
    ".mjs": "text/javascript",
    ".svg": "image/svg+xml",
    ".txt": "text/plain",
    ".vcf": "text/vcard",
    ".vtt": "text/vtt",
    ".webmanifest": "application/manifest+json",
    ".xhtml": "application/xhtml+xml",
    ".xml": "application/xml",
    ".xsl": "application/xslt+xml",
}
"""Types of files that are text, which is always UTF-8 and said to be so."""

_BINARY = {
    ".7z": "application/x-7z-compressed",
    ".aac": "audio/aac",
    ".apng": "image/apng",
    ".avif": "image/avif",
    ".bmp": "image/bmp",
    ".epub": "application/epub+zip",
    ".flac": "audio/flac",
    ".gif": "image/gif",
    ".gz": "application/gzip",
    ".ico": "image/x-icon",
    ".jpeg": "image/jpeg",
    ".jpg": "image/jpeg",
    ".m4a": "audio/mp4",
    ".m4v": "video/mp4",
    ".mov": "video/quicktime",
    ".mp3": "audio/mpeg",
    ".mp4": "video/mp4",
    ".oga": "audio/ogg",
    ".ogg": "audio/ogg",
    ".ogv": "video/ogg",
    ".opus": "audio/ogg",
    ".otf": "font/otf",
    ".pdf": "application/pdf",
    ".png": "image/png",
    ".tar": "application/x-tar",
    ".tif": "image/tiff",
    ".tiff": "image/tiff",
    ".ttf": "font/ttf",
    ".wasm": "application/wasm",
    ".wav": "audio/wav",
    ".weba": "audio/webm",
    ".webm": "video/webm",
    ".webp": "image/webp",
    ".woff": "font/woff",
    ".woff2": "font/woff2",
    ".xz": "application/x-xz",
    ".zip": "application/zip",
}

_FEEDS = {
    "atom.xml": "application/atom+xml",
    "feed.xml": "application/rss+xml",
    "feed.json": "application/feed+json",
}
"""Files whose name says more than its ending."""


def content_type(path: str) -> str:
    """The `Content-Type` of a file of the site, with its charset where it is text."""
    name = posixpath.basename(path)
    ending = posixpath.splitext(name)[1].lower()
    text = _FEEDS.get(name) or _TEXT.get(ending)
    if text:
        return f"{text}; charset=utf-8"
    return _BINARY.get(ending, UNKNOWN)
