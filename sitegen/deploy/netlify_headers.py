"""The file by which Netlify is told with which headers it is to answer."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import quote

from sitegen.build.recipes import FileKind
from sitegen.deploy.headers import CACHE_CONTROL, Rules, file_headers
from sitegen.deploy.manifest import Entry
from sitegen.deploy.target import Upload


def header_file(files: Mapping[str, Upload], rules: Rules) -> str:
    """Netlify's file of headers for what differs from its own, which has browsers ask anew each time."""
    folders: dict[str, dict[str, dict[str, str]]] = {}
    for path, upload in sorted(files.items()):
        folder = path.partition("/")[0] if "/" in path else ""
        folders.setdefault(folder, {})[path] = _own_headers(path, upload.entry, rules)
    top = folders.pop("", {})
    lines: list[str] = []
    for folder, ruled in sorted(folders.items()):
        first, *others = ruled.values()
        if first and others and all(headers == first for headers in others):
            lines += _block(f"/{quote(folder)}/*", first)
        else:
            top |= ruled
    for path, headers in sorted(top.items()):
        if headers and not set("*:") & set(path):
            lines += _block(f"/{quote(path)}", headers)
    return "".join(f"{line}\n" for line in lines)


def _own_headers(path: str, entry: Entry, rules: Rules) -> dict[str, str]:
    headers = file_headers(path, entry, rules)
    plain = file_headers(path, entry, {})
    is_for_ever = headers.get("Cache-Control") == CACHE_CONTROL[FileKind.ASSET]
    return {
        name: value
        for name, value in sorted(headers.items())
        if plain.get(name) != value or (name == "Cache-Control" and is_for_ever)
    }


def _block(path: str, headers: Mapping[str, str]) -> list[str]:
    return [path, *(f"  {name}: {value}" for name, value in headers.items())]
