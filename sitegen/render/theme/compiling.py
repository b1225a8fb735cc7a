"""Compiling templates: the output that Jinja2's own code makes, by less work for each page.

Most of what a plain page costs is not what its template does but what Jinja2 does around it: a method for each
attribute, an object for each text that needs no escaping, chained mappings for each inclusion, and each piece of text
handed up through every template that it stands in.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, MutableMapping, Sequence
from types import NoneType
from typing import Any, NoReturn

from jinja2 import (
    Environment,
    FunctionLoader,
    Template,
    TemplateError,
    TemplateNotFound,
    TemplateSyntaxError,
    meta,
    nodes,
)
from jinja2.compiler import CodeGenerator, Frame
from jinja2.environment import TemplateModule
from jinja2.runtime import Context
from jinja2.visitor import NodeTransformer
from markupsafe import Markup, escape

from sitegen.errors import Problem, SitegenError
from sitegen.render.theme.textless import refuse_textless
from sitegen.render.theme.theme import ThemeFiles
from sitegen.render.theme.translation import translator
from sitegen.render.theme.unknown_names import NamedUndefined

LOOP_LIMIT = 100_000
"""How many rounds `range()` gives at most, so that a template ends."""

_COMMENT = re.compile(rb"\{#.*?#\}", re.DOTALL)

_TEXTS = frozenset({str, int, float, bool, NoneType})
"""What is shown as it is, as nearly everything is."""

_find_special = re.compile("[&<>\"']").search


def _escaped(value: object) -> str:
    """A value as it stands in HTML. Unlike `escape`, wraps no text that may stand there as it is.

    Raises `TemplateError` for a value that has no text.
    """
    kind = type(value)
    if kind is Markup or (kind is str and not _find_special(value)):  # type: ignore[call-overload]  # it is a text
        return value  # type: ignore[return-value]  # as above
    text = escape(value)
    if kind not in _TEXTS:
        refuse_textless(value)
    return text


class _ThemeCode(CodeGenerator):
    """Writes the Python code of a template."""

    def enter_frame(self, frame: Frame) -> None:
        """Lets the pieces of a template or block be collected, so that it yields one text."""
        super().enter_frame(frame)
        if frame.parent is None:
            self.buffer(frame)

    def leave_frame(self, frame: Frame, with_python_scope: bool = False) -> None:
        """Yields what was collected."""
        if frame.parent is None:
            self.writeline(f"yield concat({frame.buffer})")
        super().leave_frame(frame, with_python_scope)

    def visit_Include(self, node: nodes.Include, frame: Frame) -> None:  # noqa: N802 - the name of the node
        """Writes the code that includes a template, if it has any effect.

        Some say nothing, such as unused places for a site's own HTML, and whatever is in it, an inclusion takes a
        tenth of the time of a small page.
        """
        assert isinstance(self.environment, ThemeEnvironment)
        name = node.template.value if isinstance(node.template, nodes.Const) else None
        if name in self.environment.silent:
            return
        self.writeline(f"{frame.buffer}.append(environment.included(", node)
        self.visit(node.template, frame)
        context = f"context, {self.dump_local_context(frame)}" if node.with_context else "None, {}"
        self.write(f", {context}, may_be_missing={node.ignore_missing}))")

    def visit_Getattr(self, node: nodes.Getattr, frame: Frame) -> None:  # noqa: N802 - the name of the node
        """Writes the code for `owner.name`: at once where there is such an attribute, by Jinja2's rules elsewhere."""
        self.write("(answer if (answer := getattr((owner := ")
        self.visit(node.node, frame)
        self.write(
            f"), {node.attr!r}, missing)) is not missing else environment.getattr(owner, {node.attr!r}))"
        )

    def _output_child_pre(
        self, node: nodes.Expr, frame: Frame, finalize: CodeGenerator._FinalizeInfo
    ) -> None:
        if frame.eval_ctx.volatile or not frame.eval_ctx.autoescape:
            super()._output_child_pre(node, frame, finalize)
        else:
            self.write("environment.escaped(")


class _ThemeTemplate(Template):
    """A template of the theme."""

    def _get_default_module(self, ctx: Context | None = None) -> TemplateModule:  # noqa: ARG002 - as Jinja2 calls it
        """Its macros and names, made anew for whoever imports them.

        Jinja2 would keep them for all pages; a list or a `namespace` among them would then bring something of one
        page to the next.
        """
        return self.make_module()


class ThemeEnvironment(Environment):
    """The environment of one theme, in which each template is parsed once."""

    code_generator_class = _ThemeCode
    template_class = _ThemeTemplate
    escaped = staticmethod(_escaped)

    def __init__(self, theme: ThemeFiles, language: str) -> None:
        """Takes a theme and the language of the site, in which its texts are shown."""
        super().__init__(
            loader=FunctionLoader(self._source),
            autoescape=True,
            undefined=NamedUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            keep_trailing_newline=True,
            auto_reload=False,
            cache_size=-1,
        )
        self._theme = theme
        self._translate = translator(language, theme.texts)
        self._loaded: dict[str, Template] = {}
        self._used: dict[str, frozenset[str | None]] = {}
        self.silent = frozenset(
            name for name, file in theme.templates.items() if not _COMMENT.sub(b"", file.content).strip()
        )
        """The templates that hold nothing but comments."""
        self.globals["range"] = _bounded_range
        del self.globals["lipsum"]
        self.filters["random"] = _no_random
        self.policies["json.dumps_kwargs"] = {"ensure_ascii": False}

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

    def get_template(
        self,
        name: str | Template,
        parent: str | None = None,
        globals: MutableMapping[str, Any] | None = None,  # noqa: A002 - the name that Jinja2 gave it
    ) -> Template:
        """A template of the theme, compiled once. Raises `TemplateNotFound`."""
        if isinstance(name, Template):
            return name
        template = self._loaded.get(name)
        if template is None:
            template = self._loaded[name] = super().get_template(name, parent, globals)
        return template

    def make_globals(self, d: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        """The globals of the environment themselves: no template has any of its own."""
        assert not d
        return self.globals

    def included(
        self,
        chosen: str | Template | Sequence[str | Template],
        context: Context | None,
        own: Mapping[str, Any],
        *,
        may_be_missing: bool,
    ) -> str:
        """The text of an included template, or the first there is of several.

        It sees the context and the names of the template that includes it, if it is given them. Raises
        `TemplateNotFound` for one that is missing and may not be.
        """
        try:
            template = self.get_or_select_template(chosen)  # type: ignore[arg-type]  # a list of either will do
        except TemplateNotFound:
            if may_be_missing:
                return ""
            raise
        if context is None:
            return str(template.make_module())
        return "".join(
            template.root_render_func(template.new_context(context.get_all(), shared=True, locals=own))
        )

    def used_by(self, name: str) -> frozenset[str | None]:
        """The templates that one names itself, with `None` for one chosen by an expression."""
        if name not in self._used:
            file = self._theme.templates.get(name)
            try:
                self.parse(file.content.decode(errors="replace") if file else "", name)
            except TemplateSyntaxError:
                self._used[name] = frozenset()
        return self._used[name]

    def _parse(self, source: str, name: str | None, filename: str | None) -> nodes.Template:
        template: nodes.Template = _FixedTexts(self._translate).visit(super()._parse(source, name, filename))
        self._used[name or ""] = frozenset(meta.find_referenced_templates(template))
        return template


def _bounded_range(*bounds: int) -> range:
    numbers = range(*bounds)
    if len(numbers) > LOOP_LIMIT:
        raise TemplateError(f"range() gives at most {LOOP_LIMIT:,} numbers")
    return numbers


def _no_random(_values: object) -> NoReturn:
    raise TemplateError(
        "random would make other bytes in each build. Choose by what is the same in all, as |first does."
    )


class _FixedTexts(NodeTransformer):
    """Puts the theme's texts in place of `t("name")`: they are the same on every page."""

    def __init__(self, translate: Callable[[str], str]) -> None:
        self._translate = translate

    def visit_Call(self, node: nodes.Call) -> nodes.Node:  # noqa: N802 - the name of the node
        """The text, where its name is written out and nothing is to be filled in."""
        match node:
            case nodes.Call(
                node=nodes.Name(name="t"),
                args=[nodes.Const(value=str() as name)],
                kwargs=[],
                dyn_args=None,
                dyn_kwargs=None,
            ):
                try:
                    return nodes.Const(self._translate(name), lineno=node.lineno)
                except SitegenError:
                    return node  # told with its place when it is used
        return self.generic_visit(node)
