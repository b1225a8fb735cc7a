"""Runs the grammar of a regular-expression lexer of Pygments, several times faster than Pygments does.

Pygments tries the rules of a state one after the other until one matches. Most cannot match, as a first look at the
text would tell: a rule for numbers begins with a digit. So each state keeps, for each character that may stand
ahead, the few rules that can begin there (see `beginnings`). They are tried in Pygments' order, so the first match
is the same one. An expression is parsed when its state is first entered and compiled when it is first tried, and
text in ASCII is lexed without the large sets of foreign letters.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from typing import Any, Generic, TypeAlias, TypeVar

from pygments import lexer as pygments_lexer
from pygments.lexer import LexerContext, RegexLexer, words
from pygments.token import Error, _TokenType
from pygments.util import Future

from sitegen.render.highlight.beginnings import ANYTHING, Mask, mask_of, union
from sitegen.render.highlight.expressions import Expression, narrow, read_expression, spell

# The type stubs of Pygments leave out the types of this function.
bygroups: Any = pygments_lexer.bygroups

Label = TypeVar("Label")
"""What stands for a type of token in the result: a class of CSS, or the type itself."""

Action: TypeAlias = Any
"""A type of token, a callback that yields tokens, or nothing."""

NewState: TypeAlias = int | str | tuple[str, ...] | list[str] | None
"""How many states to pop (negative), what to push (a list where there is nothing else to it), or nothing."""

Definition: TypeAlias = tuple[str | Future, Action, NewState]
"""One rule, as a lexer defines it."""

Match: TypeAlias = Callable[[str, int], re.Match[str] | None]

Rule: TypeAlias = tuple[Match | None, Any, Any, NewState]
"""One rule, ready to run: how to match, the label, the callback or the labels of groups, the new state.

Where one character is the whole match there is nothing to match, and the character takes the place of the callback.
"""


class Grammar(Generic[Label]):
    """The states of a lexer, with the labels that its tokens shall get."""

    def __init__(
        self,
        definitions: Mapping[str, Sequence[Definition]],
        flags: int,
        label_of: Callable[[_TokenType], Label],
        newline: _TokenType,
        *,
        is_ascii: bool,
        reach: int | None = None,
    ) -> None:
        """A grammar for texts that are ASCII alone, or for any.

        `newline` is the type of a newline that no rule matches. `reach` is how many characters of the text a rule
        sees. Many a rule looks for something as far as the end of the text, at each word anew: without a bound,
        twice the text takes four times as long.
        """
        self.labels = _Labels(label_of)
        self.newline = newline
        self.flags = flags
        self.is_ascii = is_ascii
        self.reach = reach
        self.states = {name: _State(self, rules) for name, rules in definitions.items()}

    def run(
        self, lexer: RegexLexer, text: str, stack: list[str], context: LexerContext | None = None
    ) -> list[Label | str]:
        """The tokens of `text`, the very ones that Pygments finds: label, value, label, value and so on.

        One list, since a tuple for each token costs as much as finding it. `context` is for the callbacks of an
        ExtendedRegexLexer, which may move its position and its stack.
        """
        labels, states = self.labels, self.states
        tokens: list[Label | str] = []
        push = tokens.append
        state = states[stack[-1]]
        position = context.pos if context else 0
        while True:
            try:
                character = text[position]
            except IndexError:
                character = ""
            rules, rules_at_line_start = state[character]
            if rules is not rules_at_line_start and (not position or text[position - 1] == "\n"):
                rules = rules_at_line_start
            for match, label, action, new_state in rules:
                if match is None:
                    push(label)
                    push(action)
                    position += 1
                else:
                    found = match(text, position)
                    if found is None:
                        continue
                    position = found.end()
                    if action is None:
                        if label is not None:
                            push(label)
                            push(found[0])
                    elif type(action) is tuple:
                        for group, group_label in action:
                            if value := found[group]:
                                push(group_label)
                                push(value)
                    elif context is None:
                        for _, token, value in action(lexer, found):
                            push(labels[token])
                            push(value)
                    else:
                        context.pos, context.stack = found.start(), stack
                        for _, token, value in action(lexer, found, context):
                            push(labels[token])
                            push(value)
                        position, stack = context.pos, context.stack
                        state = states[stack[-1]]
                if new_state is not None:
                    if type(new_state) is list:
                        stack += new_state
                    elif new_state == -1 and len(stack) > 1:
                        stack.pop()
                    else:
                        _change_state(stack, new_state)
                    state = states[stack[-1]]
                break
            else:
                if not character:
                    return tokens
                if character == "\n":
                    stack[:] = ["root"]
                    state = states["root"]
                    push(labels[self.newline])
                else:
                    push(labels[Error])
                push(character)
                position += 1


def _change_state(stack: list[str], new_state: int | str | tuple[str, ...] | list[str]) -> None:
    """Pops and pushes as a rule says, always leaving one state."""
    if isinstance(new_state, int):
        del stack[max(len(stack) + new_state, 1) :]
        return
    for name in (new_state,) if isinstance(new_state, str) else new_state:
        if name == "#pop":
            if len(stack) > 1:
                stack.pop()
        elif name == "#push":
            stack.append(stack[-1])
        else:
            stack.append(name)


class _Labels(dict[_TokenType, Label]):
    """The label of every type of token."""

    def __init__(self, label_of: Callable[[_TokenType], Label]) -> None:
        super().__init__()
        self.label_of = label_of

    def __missing__(self, token: _TokenType) -> Label:
        self[token] = label = self.label_of(token)
        return label


class _State(dict[str, tuple[tuple[Rule, ...], tuple[Rule, ...]]]):
    """The rules to try by the character that stands ahead, within a line and at its start."""

    def __init__(self, grammar: Grammar[Any], definitions: Sequence[Definition]) -> None:
        super().__init__()
        self.grammar = grammar
        self.definitions = definitions

    @cached_property
    def rules(self) -> list[tuple[Mask, _Rule]]:
        """The rules with what can stand ahead of them, read when the state is first entered."""
        rules = [_read_rule(self.grammar, definition) for definition in self.definitions]
        return [(rule.ahead, rule) for rule in rules]

    def __missing__(self, character: str) -> tuple[tuple[Rule, ...], tuple[Rule, ...]]:
        if character > "\x80":
            self[character] = candidates = self["\x80"]
            return candidates
        mask = mask_of(character)
        found = [rule.at(character) for ahead, rule in self.rules if ahead & mask]
        at_line_start = tuple(rule for rule, _ in found)
        within_line = tuple(rule for rule, needs_line_start in found if not needs_line_start)
        if len(within_line) == len(at_line_start):
            within_line = at_line_start
        self[character] = within_line, at_line_start
        return within_line, at_line_start


class _Rule:
    """One rule of a state, compiled when it is first tried."""

    def __init__(self, grammar: Grammar[Any], expression: Expression, definition: Definition) -> None:
        _, action, new_state = definition
        self.ahead = expression.beginnings.ahead
        self.expression = expression
        self.reach = grammar.reach
        self.label = grammar.labels[action] if isinstance(action, _TokenType) else None
        self.action = action if self.label is None else None
        if labels := _group_labels(action, grammar.labels):
            self.action = labels
        self.new_state = new_state
        if isinstance(new_state, tuple) and not any(name.startswith("#") for name in new_state):
            self.new_state = list(new_state)

    def at(self, character: str) -> tuple[Rule, bool]:
        """The rule where `character` stands ahead, and whether it needs the start of a line."""
        beginnings = self.expression.beginnings
        if beginnings.single & mask_of(character) and self.label is not None:
            return (None, self.label, character, self.new_state), False
        return self.matched_by(self.expression), beginnings.at_line_start

    def matched_by(self, expression: Expression) -> Rule:
        """The rule, ready to run."""
        match, reach = expression.match, self.reach
        if reach is None:
            return (match, self.label, self.action, self.new_state)

        def bounded(text: str, position: int) -> re.Match[str] | None:
            return match(text, position, position + reach)

        return (bounded, self.label, self.action, self.new_state)


class _WordRule(_Rule):
    """A rule for a list of words, whose first letter must stand ahead."""

    def __init__(
        self, grammar: Grammar[Any], prefix: Expression, definition: Definition, known: words
    ) -> None:
        super().__init__(grammar, prefix, definition)
        self.flags = grammar.flags
        self.words = known
        ignore_case = bool(prefix.parsed.state.flags & re.IGNORECASE)
        self.by_initial: dict[Mask, list[str]] = {}
        for word in known.words:
            self.by_initial.setdefault(mask_of(word[0], ignore_case=ignore_case), []).append(word)
        self.ahead = union(self.by_initial)

    def at(self, character: str) -> tuple[Rule, bool]:
        """The rule for those words of the list that can begin here: quicker to compile, and to match."""
        mask = mask_of(character)
        some = [word for initial, group in self.by_initial.items() if initial & mask for word in group]
        source = spell(words(some, self.words.prefix, self.words.suffix))
        return self.matched_by(read_expression(source, self.flags)), False


def _read_rule(grammar: Grammar[Any], definition: Definition) -> _Rule:
    """The rule that a lexer defines so."""
    regex, flags = definition[0], grammar.flags
    if isinstance(regex, words) and "" not in regex.words:
        try:
            prefix = read_expression(regex.prefix, flags)
        except re.error:  # It opens a group that the suffix closes.
            pass
        else:
            beginnings = prefix.beginnings
            takes_nothing = prefix.parsed.getwidth() == (0, 0)
            if takes_nothing and beginnings.ahead == ANYTHING and not beginnings.at_line_start:
                return _WordRule(grammar, prefix, definition, regex)
    source = spell(regex)
    return _Rule(
        grammar, read_expression(narrow(source, flags) if grammar.is_ascii else source, flags), definition
    )


def _group_labels(action: Action, labels: _Labels[Label]) -> tuple[tuple[int, Label], ...] | None:
    """The labels of a match's groups, when `action` comes from `bygroups` and names nothing but tokens."""
    if getattr(action, "__code__", None) is not bygroups().__code__:
        return None
    (arguments,) = (cell.cell_contents for cell in action.__closure__)
    if not all(argument is None or isinstance(argument, _TokenType) for argument in arguments):
        return None
    return tuple(
        (number, labels[argument]) for number, argument in enumerate(arguments, 1) if argument is not None
    )
