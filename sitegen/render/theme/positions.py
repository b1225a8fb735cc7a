"""Columns in templates, of which Jinja2 keeps only lines: looked for once there is a fault to show."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from jinja2 import Environment, TemplateError, TemplateNotFound, TemplateSyntaxError, nodes
from jinja2.lexer import Lexer
from jinja2.parser import Parser

from sitegen.errors import SitegenError
from sitegen.render.theme.textless import TextlessError
from sitegen.render.theme.unknown_names import UnknownNameError


class Span(NamedTuple):
    """A part of one line."""

    column: int
    """Counted in characters from 1."""
    length: int


class _Place(int):
    """The number of a line that knows the column too; Jinja2 hands it on from the token to the node or the error."""

    column: int

    @classmethod
    def at(cls, line: int, column: int) -> _Place:
        place = cls(line)
        place.column = column
        return place


class _PlacingLexer(Lexer):
    """A lexer whose line numbers are places."""

    def tokeniter(
        self, source: str, name: str | None, filename: str | None = None, state: str | None = None
    ) -> Iterator[tuple[int, str, str]]:
        """The tokens; between two of them Jinja2 drops nothing but blanks."""
        text = source.replace("\r\n", "\n").replace("\r", "\n")
        end = 0
        try:
            for line, kind, value in super().tokeniter(source, name, filename, state):
                start = text.index(value, end)
                end = start + len(value)
                yield _Place.at(line, start - text.rfind("\n", 0, start)), kind, value
        except TemplateSyntaxError as error:
            if not isinstance(error.lineno, _Place):  # raised by the loop above, about what comes next
                start = end + len(text[end:]) - len(text[end:].lstrip())
                error.lineno = _Place.at(error.lineno, start - text.rfind("\n", 0, start))
            raise


def _parsed(environment: Environment, text: str) -> nodes.Template:
    """A template whose nodes know their places. Raises `TemplateSyntaxError` that knows its own."""
    parser = Parser(environment, "")
    parser.stream = _PlacingLexer(environment).tokenize(text)
    return parser.parse()


def fault_span(environment: Environment, text: str, line: int, error: Exception) -> Span | None:
    """What in a line of a template an error is about; `None` where it may be one of several things."""
    if isinstance(error, TemplateSyntaxError):
        return _syntax_span(environment, text)
    template = _parsed(environment, text)
    asked = _shown(template) if isinstance(error, TextlessError) else template.find_all(nodes.Node)
    spans = sorted({span for node in asked if (span := _span(node, line, error))})
    is_certain = len(spans) == 1 or (spans and isinstance(error, UnknownNameError | TemplateNotFound))
    return spans[0] if is_certain else None


def _shown(template: nodes.Template) -> Iterator[nodes.Node]:
    """What stands in `{{ }}`."""
    for output in template.find_all(nodes.Output):
        yield from (node for node in output.nodes if not isinstance(node, nodes.TemplateData))


def _syntax_span(environment: Environment, text: str) -> Span | None:
    try:
        environment.compile(_parsed(environment, text))
    except TemplateSyntaxError as error:
        return Span(error.lineno.column, 1) if isinstance(error.lineno, _Place) else None
    return None


def _span(node: nodes.Node, line: int, error: Exception) -> Span | None:
    """The part of a line that a node takes, if the error may be about it."""
    if node.lineno != line or not isinstance(node.lineno, _Place):
        return None
    column = node.lineno.column
    match error, node:
        case UnknownNameError(name=name), nodes.Name(name=asked) if asked == name:
            return Span(column, len(name))
        case UnknownNameError(name=name), nodes.Getattr(attr=asked) if asked == name:
            return Span(column + len("."), len(name))
        case UnknownNameError(name=name), nodes.Getitem(arg=nodes.Const(value=asked)) if asked == name:
            return Span(column + len('["'), len(name))
        case TemplateNotFound(name=name), nodes.Const(value=asked) if asked == name:
            return Span(column, len(f'"{name}"'))
        case ((UnknownNameError() | TemplateNotFound()), _):
            return None
        case RecursionError(), nodes.Include():
            return Span(column, len("include"))
        case Exception(), nodes.Call(node=nodes.Name(name=asked) | nodes.Getattr(attr=asked)):
            return Span(column - len(asked), len(asked))  # the place is that of the parenthesis
        case TextlessError(), nodes.Name(name=asked):
            return Span(column, len(asked))
        case TextlessError(), nodes.Getattr(attr=asked):
            return Span(column + len("."), len(asked))
        case TextlessError(), nodes.Filter(name=asked):
            return Span(column, len(asked))
        case TextlessError(), _:
            return Span(column, 1)
        case TemplateError(), nodes.Filter(name="random"):
            return Span(column, len("random"))
        case ((SitegenError() | TemplateError()), _):
            return None
        case _, nodes.BinExpr() | nodes.Filter():
            return Span(column, 1)
    return None
