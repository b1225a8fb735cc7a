"""Templates: those of one theme, ready to render, with digests over all that each of them uses.

Jinja2 is imported with the first use, so that posts can be loaded without it.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any

from sitegen.digests import blake2b
from sitegen.model import Digest
from sitegen.render.theme.theme import ThemeFiles

if TYPE_CHECKING:
    from sitegen.render.theme.compiling import ThemeEnvironment


class Templates:
    """The templates of one theme, ready to render."""

    def __init__(self, theme: ThemeFiles, language: str) -> None:
        """Takes a theme and the language of the site, in which its texts are shown."""
        self._theme = theme
        self._language = language
        self._digests: dict[str, Digest] = {}
        self._uses: dict[str, frozenset[str]] = {}

    @cached_property
    def _environment(self) -> ThemeEnvironment:
        from sitegen.render.theme.compiling import ThemeEnvironment  # noqa: PLC0415  # Jinja2

        return ThemeEnvironment(self._theme, self._language)

    def exists(self, name: str) -> bool:
        """Whether the theme or the site has this template."""
        return name in self._theme.templates

    def compile_all(self) -> Iterator[None]:
        """Compiles one template with each step; what is wrong with one is told when it is used."""
        for name in self._theme.templates:
            with contextlib.suppress(Exception):
                self._environment.get_template(name)
            yield

    def render(self, name: str, context: Mapping[str, Any], page: str) -> str:
        """The text that a template makes of `context`.

        Raises `SitegenError` naming file and line; `page` says in a note what was being rendered.
        """
        try:
            return self._environment.get_template(name).render(context)
        except Exception as error:
            from sitegen.render.theme.faults import template_fault  # noqa: PLC0415  # only when there is one

            fault = template_fault(error, self._environment, self._theme, context, page)
            if fault is None:
                raise
            raise fault from error

    def digest(self, name: str) -> Digest:
        """Over the template with all that it extends, includes and imports; a missing one has a digest too."""
        if name not in self._digests:
            digest = blake2b(self._theme.common + self._language.encode() + b"\0", digest_size=16)
            for part in sorted(self.parts(name)):
                file = self._theme.templates.get(part)
                digest.update(part.encode(errors="surrogatepass") + (b"\0" + file.content if file else b"\1"))
            self._digests[name] = Digest(digest.digest())
        return self._digests[name]

    def parts(self, name: str) -> set[str]:
        """The template and all that it may use; every template if one is chosen by an expression."""
        seen: set[str] = set()
        waiting = [name]
        while waiting:
            part = waiting.pop()
            if part in seen:
                continue
            seen.add(part)
            if part not in self._uses:
                self._uses[part] = self._used_by(part)
            waiting.extend(self._uses[part])
        return seen

    def _used_by(self, name: str) -> frozenset[str]:
        """The templates that one template names itself."""
        used = self._environment.used_by(name)
        known = frozenset(self._theme.templates)
        return known if None in used else frozenset(filter(None, used))
