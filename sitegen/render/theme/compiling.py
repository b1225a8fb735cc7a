"""Compiling templates: the output that Jinja2's own code makes, by less work for each page.

Most of what a plain page costs is not what its template does but what Jinja2 does around it: a method for each
attribute, an object for each text that needs no escaping, chained mappings for each inclusion.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, MutableMapping
from typing import Any

from jinja2 import Environment, Template, nodes
from jinja2.compiler import CodeGenerator, Frame
from jinja2.runtime import Context
from jinja2.visitor import NodeTransformer
from markupsafe import Markup, escape

from sitegen.errors import SitegenError

_find_special = re.compile("[&<>\"']").search


def _escaped(value: object) -> str:
    """A value as it stands in HTML. Unlike `escape`, wraps no text that may stand there as it is."""
    kind = type(value)
    if kind is Markup or (kind is str and not _find_special(value)):  # type: ignore[call-overload]  # it is a text
        return value  # type: ignore[return-value]  # as above
    return escape(value)


class _ThemeCode(CodeGenerator):
    """Writes the Python code of a template."""

    def visit_Include(self, node: nodes.Include, frame: Frame) -> None:  # noqa: N802 - the name of the node
        """Writes the code that includes a template, if it has any effect.

        Some say nothing, such as unused places for a site's own HTML, and whatever is in it, an inclusion takes a
        tenth of the time of a small page.
        """
        assert isinstance(self.environment, ThemeEnvironment)
        name = node.template.value if isinstance(node.template, nodes.Const) else None
        if name in self.environment.silent:
            return
        if not isinstance(name, str) or node.ignore_missing or not node.with_context:
            super().visit_Include(node, frame)
            return
        self.writeline("yield from " if frame.buffer is None else f"{frame.buffer}.extend(", node)
        self.write(f"environment.included({name!r}, context, {self.dump_local_context(frame)})")
        if frame.buffer is not None:
            self.write(")")

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


class ThemeEnvironment(Environment):
    """The environment of one theme."""

    code_generator_class = _ThemeCode
    escaped = staticmethod(_escaped)
    silent: frozenset[str] = frozenset()
    """The templates that hold nothing but comments."""
    translate: Callable[[str], str]
    """The function `t`."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self._loaded: dict[str, Template] = {}

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

    def included(self, name: str, context: Context, own: Mapping[str, Any]) -> Iterator[str]:
        """The parts of an included template, which sees the context and the names of the template that includes it."""
        template = self.get_template(name)
        return template.root_render_func(template.new_context(context.get_all(), shared=True, locals=own))

    def _parse(self, source: str, name: str | None, filename: str | None) -> nodes.Template:
        template: nodes.Template = _FixedTexts(self.translate).visit(super()._parse(source, name, filename))
        return template


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
