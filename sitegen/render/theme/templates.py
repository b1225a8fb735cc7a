"""Templates: a Jinja2 environment whose faults are told with file, line and the nearest valid name."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Mapping
from functools import cached_property
from hashlib import blake2b
from pathlib import Path
from types import MappingProxyType
from typing import Any, NoReturn

from jinja2 import (
    FunctionLoader,
    StrictUndefined,
    TemplateError,
    TemplateNotFound,
    TemplatesNotFound,
    TemplateSyntaxError,
    UndefinedError,
    meta,
)
from jinja2.utils import missing

from sitegen.errors import Problem, SitegenError, did_you_mean
from sitegen.model import Digest
from sitegen.render.theme.compiling import ThemeEnvironment
from sitegen.render.theme.theme import ThemeFile, ThemeFiles
from sitegen.render.theme.translation import translator

_COMMENT = re.compile(rb"\{#.*?#\}", re.DOTALL)

_PACKAGE = f"{Path(__file__).parents[2]}{os.sep}"
"""The folder of sitegen's own code."""

LOOP_LIMIT = 100_000
"""How many rounds `range()` gives at most, so that a template ends."""


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
        environment = ThemeEnvironment(
            loader=FunctionLoader(self._source),
            autoescape=True,
            undefined=_NamedUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            keep_trailing_newline=True,
            auto_reload=False,
            cache_size=-1,
        )
        environment.globals["range"] = _bounded_range
        environment.silent = frozenset(
            name
            for name, file in self._theme.templates.items()
            if not _COMMENT.sub(b"", file.content).strip()
        )
        environment.translate = translator(self._language, self._theme.texts)
        environment.policies["json.dumps_kwargs"] = {"ensure_ascii": False}
        del environment.globals["lipsum"]
        return environment

    def _source(self, name: str) -> tuple[str, str, Callable[[], bool]]:
        file = self._theme.templates.get(name)
        if file is None:
            raise TemplateNotFound(name)
        try:
            text = file.content.decode()
        except UnicodeDecodeError as error:
            line = file.content.count(b"\n", 0, error.start) + 1
            raise SitegenError(
                Problem(code="template", message="this is not UTF-8", path=file.shown, line=line)
            ) from error
        return text, file.shown, lambda: True

    def exists(self, name: str) -> bool:
        """Whether the theme or the site has this template."""
        return name in self._theme.templates

    def render(self, name: str, context: Mapping[str, Any], page: str) -> str:
        """The text that a template makes of `context`.

        Raises `SitegenError` naming file and line; `page` says in a note what was being rendered.
        """
        try:
            return self._environment.get_template(name).render(context)
        except TemplateSyntaxError as error:
            self._fail(error.message or "syntax error", error.filename, error.lineno, page, error)
        except (TemplateNotFound, TemplatesNotFound) as error:
            hint = did_you_mean(str(error), sorted(self._theme.templates))
            shown, line = self._position(error)
            self._fail(f'there is no template "{error}".{hint}', shown, line, page, error)
        except TemplateError as error:
            shown, line = self._position(error)
            hint = did_you_mean(error.name, sorted(context)) if isinstance(error, _UnknownNameError) else ""
            self._fail(f"{error.message or error}{hint}", shown, line, page, error)
        except SitegenError as error:
            shown, line = self._position(error)
            if shown is None or error.problems[0].path is not None:
                raise
            self._fail(error.problems[0].message, shown, line, page, error)
        except RecursionError as error:
            self._fail("this template includes itself without end", None, None, page, error)
        except Exception as error:
            shown, line = self._position(error)
            if shown is None or not self._raised_by_template(error):
                raise
            self._fail(f"{type(error).__name__}: {error}", shown, line, page, error)

    def digest(self, name: str) -> Digest:
        """Over the template with all that it extends, includes and imports; a missing one has a digest too."""
        if name not in self._digests:
            digest = blake2b(self._theme.common + self._language.encode() + b"\0", digest_size=16)
            for part in sorted(self.parts(name)):
                file = self._theme.templates.get(part)
                digest.update(part.encode() + (b"\0" + file.content if file else b"\1"))
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
        file = self._theme.templates.get(name)
        if file is None:
            return frozenset()
        try:
            tree = self._environment.parse(file.content.decode(errors="replace"))
        except TemplateSyntaxError:
            return frozenset()
        used = set(meta.find_referenced_templates(tree))
        known = frozenset(self._theme.templates)
        return known if None in used else frozenset(filter(None, used))

    def _position(self, error: BaseException) -> tuple[str | None, int | None]:
        """The innermost template line in the traceback of `error`."""
        shown, line = None, None
        trace = error.__traceback__
        names = {file.shown for file in self._theme.templates.values()}
        while trace:
            if trace.tb_frame.f_code.co_filename in names:
                shown, line = trace.tb_frame.f_code.co_filename, trace.tb_lineno
            trace = trace.tb_next
        return shown, line

    def _raised_by_template(self, error: BaseException) -> bool:
        """Whether the error arose in a template's own expression, not in code of sitegen that it called."""
        names = {file.shown for file in self._theme.templates.values()}
        is_ours = True
        trace = error.__traceback__
        while trace:
            name = trace.tb_frame.f_code.co_filename
            is_ours = name not in names and (is_ours or name.startswith(_PACKAGE))
            trace = trace.tb_next
        return not is_ours

    def _fail(
        self, message: str, shown: str | None, line: int | None, page: str, cause: BaseException
    ) -> NoReturn:
        file = next((file for file in self._theme.templates.values() if file.shown == shown), None)
        raise SitegenError(
            Problem(
                code="template",
                message=message,
                path=shown,
                line=line,
                source=_line(file, line),
                notes=(f"while rendering {page}",),
            )
        ) from cause


def _line(file: ThemeFile | None, line: int | None) -> str | None:
    if file is None or line is None:
        return None
    lines = file.content.decode(errors="replace").splitlines()
    return lines[line - 1].rstrip() if 0 < line <= len(lines) else None


def _bounded_range(*bounds: int) -> range:
    numbers = range(*bounds)
    if len(numbers) > LOOP_LIMIT:
        raise TemplateError(f"range() gives at most {LOOP_LIMIT:,} numbers")
    return numbers


class _NamedUndefined(StrictUndefined):
    """An unknown name in a template: an error that suggests the nearest one."""

    @property
    def _undefined_message(self) -> str:
        name = str(self._undefined_name)
        if self._undefined_obj is missing:
            return f'there is no "{name}" here.'
        owner = _owner(self._undefined_obj)
        return f'{owner} has no "{name}".{did_you_mean(name, _names(self._undefined_obj))}'

    def _fail_with_undefined_error(self, *_args: Any, **_kwargs: Any) -> NoReturn:
        if self._undefined_obj is missing:
            raise _UnknownNameError(self._undefined_message, str(self._undefined_name))
        raise UndefinedError(self._undefined_message)


class _UnknownNameError(UndefinedError):
    """A name that is neither in the context nor set by the template; the context says which is near."""

    def __init__(self, message: str, name: str) -> None:
        super().__init__(message)
        self.name = name


_OWNERS = MappingProxyType(
    {
        "NoneType": "none",
        "str": "a text",
        "Markup": "a text",
        "dict": "a mapping",
        "int": "a number",
        "bool": "a truth value",
    }
)


def _owner(value: object) -> str:
    """`a post` for a `PostView`: how an author would call the thing."""
    if type(value).__name__ in _OWNERS:
        return _OWNERS[type(value).__name__]
    words = re.sub(r"(?<!^)(?=[A-Z])", " ", type(value).__name__.removesuffix("View")).lower()
    return f"{'an' if words[0] in 'aeiou' else 'a'} {words}"


def _names(value: object) -> list[str]:
    if isinstance(value, Mapping):
        return [str(key) for key in value]
    return [name for name in dir(value) if not name.startswith("_")]
