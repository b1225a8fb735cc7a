"""Finds the tokens of a text by a lexer of Pygments: by `grammar` where it is made of rules, else by Pygments.

What a lexer adds in Python (callbacks, a method of its own) is called as Pygments would call it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cache, cached_property
from itertools import accumulate
from types import CellType, FunctionType
from typing import Any, TypeVar

from pygments import lexer as pygments_lexer
from pygments.lexer import ExtendedRegexLexer, Lexer, LexerContext, RegexLexer
from pygments.token import Keyword, Name, Text, Whitespace, _TokenType

from sitegen.render.highlight.grammar import Action, Definition, Grammar

Label = TypeVar("Label")

Positioned = Iterator[tuple[int, _TokenType, str]]
"""Tokens with their positions, as lexers and callbacks of Pygments give them to each other."""

# The type stubs of Pygments leave out how it reads the definitions of its lexers.
RegexLexerMeta: Any = pygments_lexer.RegexLexerMeta
bygroups: Any = pygments_lexer.bygroups
using: Any = pygments_lexer.using


def find_tokens(
    lexer_class: type[Lexer],
    text: str,
    label_of: Callable[[_TokenType], Label],
    *,
    reach: int | None = None,
) -> list[Label | str]:
    """The tokens of `text` as label, value, label, value and so on, the very ones that Pygments finds.

    `text` ends with a newline and holds no carriage return. With a `reach` the time is in proportion to its length,
    and the tokens may differ from those of Pygments where one is longer than that; see `is_made_of_rules`.
    """
    lexer = _lexer(lexer_class, reach)
    if type_names := _type_names(lexer_class):
        tokens = _Run(lexer, text).tokens(label_of)
        _rename(tokens, type_names, label_of(Name), label_of(Keyword.Type))
        return tokens
    found: Any = lexer.get_tokens_unprocessed(text)
    if isinstance(found, _Run):
        return found.tokens(label_of)
    tokens = []
    push = tokens.append
    for _, token, value in found:
        push(label_of(token))
        push(value)
    return tokens


def is_made_of_rules(lexer_class: type[Lexer]) -> bool:
    """Whether a lexer is run by us, so that a reach bounds the time it takes."""
    return issubclass(quick_class(lexer_class), _RuleLexer | _ContextLexer)


@cache
def _lexer(lexer_class: type[Lexer], reach: int | None) -> Lexer:
    quick: Any = quick_class(lexer_class)
    # Lexers hand their options on to those that they use for a part of the text.
    lexer: Lexer = quick(stripnl=False, **({"reach": reach} if reach else {}))
    return lexer


@cache
def quick_class(lexer_class: type[Lexer]) -> type[Lexer]:
    """A lexer with the same result as `lexer_class`, quicker as far as it is made of rules.

    The class that runs the rules stands between `lexer_class` and `RegexLexer`. So whatever a lexer does by itself
    is done as ever, and only what it leaves to `RegexLexer` is done otherwise.
    """
    if lexer_class.__name__ in DEPEND_ON_OPTIONS:
        return lexer_class
    bases: tuple[type[Lexer], ...] = (lexer_class,)
    namespace: dict[str, Any] = {}
    method = lexer_class.get_tokens_unprocessed
    if method not in (RegexLexer.get_tokens_unprocessed, ExtendedRegexLexer.get_tokens_unprocessed):
        namespace["get_tokens_unprocessed"] = _with_quick_classes(method)
    if hasattr(lexer_class, "_innerLexerCls"):  # what a session lexer colours the commands with
        namespace["_innerLexerCls"] = quick_class(lexer_class._innerLexerCls)  # noqa: SLF001
    if issubclass(lexer_class, RegexLexer):
        bases += (_ContextLexer if issubclass(lexer_class, ExtendedRegexLexer) else _RuleLexer,)
        if not _has_variants(lexer_class):
            # Else the metaclass compiles every rule at once, which takes up to 30 ms.
            namespace["_tokens"] = cached_property(_compile_tokens)
    make_class: Any = type(lexer_class)
    quick: type[Lexer] = make_class(lexer_class.__name__, bases, namespace)
    return quick


DEPEND_ON_OPTIONS = frozenset({"Inform6TemplateLexer", "Inform7Lexer"})
"""Lexers that use themselves with other options, and so other states, for a part of the text."""


def _with_quick_classes(method: Any) -> FunctionType:
    """A lexer's own method, in which the names of lexers mean their quick classes.

    For such methods call `RegexLexer.get_tokens_unprocessed(self, text)`, or that of a parent, by name.
    """

    def replaced(name: str, value: Any) -> Any:
        if name == "__class__" or not isinstance(value, type) or not issubclass(value, Lexer):
            return value
        if vars(value).get("get_tokens_unprocessed") is method:  # `super(ThatLexer, self)`
            return value
        return STAND_INS.get(value) or quick_class(value)

    code = method.__code__
    names = {
        name: replaced(name, value) for name, value in method.__globals__.items() if name in code.co_names
    }
    cells = zip(code.co_freevars, method.__closure__ or (), strict=True)
    closure = tuple(CellType(replaced(name, cell.cell_contents)) for name, cell in cells)
    return FunctionType(code, {**method.__globals__, **names}, method.__name__, method.__defaults__, closure)


def _has_variants(lexer_class: type[Lexer]) -> bool:
    """Whether the options of a lexer decide which of several sets of states it has."""
    return bool(getattr(lexer_class, "token_variants", False))


class _RuleLexer(RegexLexer):
    """Runs the rules of a lexer."""

    def get_tokens_unprocessed(self, text: str, stack: Iterable[str] = ("root",)) -> Any:
        return _Run(self, text, stack)


class _ContextLexer(ExtendedRegexLexer):
    """Runs the rules of a lexer whose callbacks know the position and the stack."""

    # The stub of ExtendedRegexLexer does not know its own second argument.
    def get_tokens_unprocessed(  # type: ignore[override]
        self, text: str | None = None, context: LexerContext | None = None
    ) -> Any:
        context = context or LexerContext(text or "", 0)
        if context.end == len(context.text):
            return _Run(self, context.text, context.stack, context)
        # A callback asks for a part of the text, such as a here-document.
        by_pygments: Any = super().get_tokens_unprocessed
        return by_pygments(context=context)


class _Run:
    """What a lexer leaves to its rules.

    Callbacks, other lexers and a lexer's own method go through the tokens with their positions, as Pygments has it.
    Where none of them stands between, the tokens are found with their labels at once.
    """

    def __init__(
        self, lexer: Any, text: str, stack: Iterable[str] = ("root",), context: LexerContext | None = None
    ) -> None:
        self.lexer = lexer
        self.lexer_class: type[RegexLexer] = type(lexer)
        self.text = text
        self.stack = list(stack) if context is None else context.stack
        self.context = context

    def tokens(self, label_of: Callable[[_TokenType], Label]) -> list[Label | str]:
        """Label, value, label, value and so on."""
        reach = self.lexer.options.get("reach")
        grammar = _grammar(self.lexer_class, label_of, reach, is_ascii=self.text.isascii())
        return grammar.run(self.lexer, self.text, self.stack, self.context)

    def __iter__(self) -> Positioned:
        found: list[Any] = self.tokens(_itself)
        values = found[1::2]
        return zip(accumulate(map(len, values), initial=0), found[::2], values, strict=False)


STAND_INS: Mapping[type[Lexer], type[Lexer]] = {
    Lexer: Lexer,
    RegexLexer: _RuleLexer,
    ExtendedRegexLexer: _ContextLexer,
}


def _itself(token: _TokenType) -> _TokenType:
    return token


@cache
def _type_names(lexer_class: type[Lexer]) -> frozenset[str]:
    """The names that a lexer of the C family takes for types, which is all that its own method does."""
    if lexer_class.get_tokens_unprocessed.__qualname__ != "CFamilyLexer.get_tokens_unprocessed":
        return frozenset()
    family: Any = lexer_class
    return frozenset().union(
        family.stdlib_types, family.c99_types, family.c11_atomic_types, family.linux_types
    )


def _rename(tokens: list[Any], names: frozenset[str], label: Label, new_label: Label) -> None:
    """Gives the tokens labelled `label` whose text is one of `names` a new label."""
    if names.isdisjoint(tokens[1::2]):
        return
    for index, value in enumerate(tokens):
        if value in names and tokens[index - 1] == label:
            tokens[index - 1] = new_label


@cache
def _grammar(
    lexer_class: type[RegexLexer],
    label_of: Callable[[_TokenType], Label],
    reach: int | None,
    *,
    is_ascii: bool,
) -> Grammar[Label]:
    newline = Text if issubclass(lexer_class, ExtendedRegexLexer) else Whitespace
    flags = int(lexer_class.flags)
    return Grammar(_definitions(lexer_class), flags, label_of, newline, is_ascii=is_ascii, reach=reach)


def _definitions(lexer_class: Any) -> Mapping[str, Sequence[Definition]]:
    """The rules of every state, with those of included and inherited states in their places."""
    if _has_variants(lexer_class):
        states = lexer_class()._tokens  # noqa: SLF001 - there is no other way to ask
    else:
        states = _DefinitionReader(lexer_class).process_tokendef("", lexer_class.get_tokendefs())
    return {
        name: [(_source(regex), _quick_action(action), new_state) for regex, action, new_state in rules]
        for name, rules in states.items()
    }


def _source(regex: Any) -> Any:
    """How an expression was written; Pygments has its matching method in place of some."""
    return regex.__self__.pattern if callable(regex) else regex


class _DefinitionReader:
    """Pygments' own reading of the states of a lexer, which leaves the expressions as they are written."""

    process_tokendef = RegexLexerMeta.process_tokendef
    _process_state = RegexLexerMeta._process_state  # noqa: SLF001
    _process_new_state = RegexLexerMeta._process_new_state  # noqa: SLF001
    _process_token = RegexLexerMeta._process_token  # noqa: SLF001

    def __init__(self, lexer_class: type[RegexLexer]) -> None:
        self.flags = lexer_class.flags
        self._all_tokens: dict[str, Any] = {}
        self._tmpname = 0

    def _process_regex(self, regex: Any, _flags: int, _state: str) -> Any:
        return regex


def _compile_tokens(lexer: RegexLexer) -> Any:
    """The states as Pygments itself runs them, for a lexer that asks for them after all."""
    lexer_class: Any = type(lexer)
    lexer_class._all_tokens = {}  # noqa: SLF001 - as RegexLexerMeta does at the first call of a class
    lexer_class._tmpname = 0  # noqa: SLF001
    return lexer_class.process_tokendef("", lexer_class.get_tokendefs())


def _quick_action(action: Action) -> Action:
    """The same action; one that uses another lexer uses its quick class."""
    code = getattr(action, "__code__", None)
    if code is bygroups().__code__:
        arguments = action.__closure__[0].cell_contents
        return bygroups(*map(_quick_action, arguments))
    if code is using(Lexer).__code__:
        closed = dict(zip(code.co_freevars, (cell.cell_contents for cell in action.__closure__), strict=True))
        options = dict(closed["kwargs"])
        if "stack" in closed["gt_kwargs"]:
            options["state"] = closed["gt_kwargs"]["stack"]
        return using(quick_class(closed["_other"]), **options)
    if getattr(action, "__qualname__", "") == "YamlLexer.something.<locals>.callback":
        # Half of all callbacks in YAML: a token unless it is empty, as for any rule without a callback.
        return action.__closure__[0].cell_contents
    return action
