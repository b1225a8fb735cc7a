r"""Formulas: `$…$` in a line, `$$…$$` in a line or as a block of its own, turned into MathML when the site is built.

A dollar sign is often only a dollar sign. `$…$` is a formula if no blank stands inside either of its signs and no
digit or word outside them goes on with it; the next sign must be the one that closes it. So prices (`$5 and $6`),
shell prompts and variables (`$ conda`, `$PATH:$HOME`) stay text, and Chinese needs no blanks: `设$x$为`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from functools import cached_property
from html import escape
from types import MappingProxyType
from typing import TYPE_CHECKING

from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.rules_block import StateBlock
from markdown_it.rules_core import StateCore
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token
from markdown_it.utils import EnvType, OptionsDict

from sitegen.render.markdown.complaints import complain

if TYPE_CHECKING:
    from math_core import LatexToMathML

_INLINE = re.compile(r"\$((?:[^$\\]|\\.)++)\$", re.DOTALL)
_DISPLAY = re.compile(r"\$\$((?:[^$\\]|\\.)++)\$\$", re.DOTALL)
_SUFFIX = re.compile(r"(?:th|st|nd|rd|s)?(?![A-Za-z0-9_])")
"""What may follow a formula: no word but the ending of an ordinal or a plural."""
_TEX = re.compile(r"[\\^_{}]")
_TEX_OR_SIGN = re.compile(r"[\\^_{}=+<>-]")

_DEFINES = re.compile(
    r"\\(?:(?:re)?newcommand|providecommand|def|gdef|let|DeclareMathOperator|label|(?:eq)?ref)\b"
)
"""What makes one formula of a post matter to the others."""
_NUMBERED = re.compile(r"\\begin\{(?:equation|align|gather|multline|flalign|alignat)\}")
_TAGGED = re.compile(r"\\(?:tag|label)\b")
_ENVIRONMENTS = re.compile(r"\\(begin|end)\{(split|eqnarray\*?)\}")
_MACROS = MappingProxyType(
    {"mbox": r"\text{#1}", "hbox": r"\text{#1}", "hdots": r"\dots", "bold": r"\mathbf{#1}"}
)
_MOST_REMEMBERED = 5000

_STYLE = re.compile(r' (?:class="([^"]*)" )?style="([^"]*)"')
_CLASSES = MappingProxyType(
    {
        "text-align:left": "math-left",
        "text-align:right": "math-right",
        "width:100%": "math-wide",
        "width:50%": "math-half",
        "padding-left:0": "math-flush-left",
        "padding-right:0": "math-flush-right",
        "padding-left:1em": "math-gap",
        "margin-left:-0.16666667em": "math-back",
        "font-variant-caps:small-caps": "math-small-caps",
        **{
            f"border-{side}:0.05em {line} currentcolor": f"math-{line}-{side}"
            for side in ("top", "left", "right")
            for line in ("solid", "dashed")
        },
    }
)
"""The class for each inline style of math-core: the site's content security policy forbids the styles."""
_STYLED = re.compile(r"<(mrow|mfrac)( [^>]*)?>|</(mrow|mfrac)>")
_STYLE_ATTRIBUTES = re.compile(r' (?:displaystyle|scriptlevel)="[^"]*"')
_TABLE_LEVEL = re.compile(r'(<mtable[^>]*) scriptlevel="[^"]*"')
_ACCENTS = MappingProxyType(
    {
        ">\u20d7<": ">→<",
        ">\u20db<": ">⋯<",
        ">\u0302<": ">ˆ<",
        ">\u0332</mo></mover>": ">¯</mo></mover>",
        ">\u0332</mo></munder>": ">_</mo></munder>",
    }
)
"""Combining characters have nothing to combine with in an element of their own, and browsers misplace them."""
_IDENTITY = re.compile(r' id="[^"]*"|</?a\b[^>]*>')


def add_formula_rules(parser: MarkdownIt) -> None:
    """Make `parser` read and render formulas; its rules begin with `$`."""
    parser.block.ruler.before(
        "fence", "math_block", math_block, {"alt": ["paragraph", "reference", "blockquote", "list"]}
    )
    parser.inline.ruler.before("escape", "math_inline", math_inline)
    parser.core.ruler.after("inline", "formulas", Translator().translate)
    parser.add_render_rule("math_inline", _render_inline)
    parser.add_render_rule("math_block", _render_block)


def math_inline(state: StateInline, silent: bool) -> bool:
    """The inline rule for formulas between dollar signs."""
    source, start = state.src, state.pos
    if state.env.get("math") is False or "$" in source[max(0, start - 1) : start]:
        return False
    is_display = source.startswith("$$", start)
    match = (_DISPLAY if is_display else _INLINE).match(source, start, state.posMax)
    if not match or not (is_display or _is_formula(source, match)) or not match[1].strip(" \t\n"):
        return False
    if not silent:
        token = state.push("math_inline", "", 0)
        token.content = match[1].strip(" \t\n")
        token.markup = "$$" if is_display else "$"
        state.env["has_formulas"] = True
    state.pos = match.end()
    return True


def _is_formula(source: str, match: re.Match[str]) -> bool:
    """Whether text between two dollar signs is a formula by what stands inside and around them."""
    text = match[1]
    if text[0] in " \t\n" or text[-1] in " \t\n" or "\n\n" in text:
        return False
    before = source[match.start() - 1 : match.start()] if match.start() else ""
    if before.isascii() and before.isalnum():
        return False
    if len(text) > 1 and not _SUFFIX.match(source, match.end()):
        return False
    if source[match.end() : match.end() + 1].isdigit():
        return False
    # Words in another script between two prices, `从$5涨到$`, are no formula without a sign of one.
    return text.isascii() or _TEX_OR_SIGN.search(text) is not None


def math_block(state: StateBlock, startLine: int, endLine: int, silent: bool) -> bool:  # noqa: N803
    """The block rule for `$$…$$` on lines of its own, without a blank line in it."""
    start = state.bMarks[startLine] + state.tShift[startLine]
    source = state.src
    if state.env.get("math") is False or not source.startswith("$$", start) or state.is_code_block(startLine):
        return False
    line = startLine
    text = source[start + 2 : state.eMarks[startLine]].rstrip(" \t")
    while not text.endswith("$$"):
        line += 1
        if "$$" in text or line >= endLine or state.isEmpty(line) or state.sCount[line] < state.blkIndent:
            return False
        text = source[state.bMarks[line] : state.eMarks[line]].rstrip(" \t")
    if text[:-2].find("$$") >= 0:
        return False
    if silent:
        return True
    content = state.getLines(startLine, line + 1, state.blkIndent, False).strip(" \t\n")[2:-2].strip(" \t\n")
    if not content:
        return False
    state.line = line + 1
    token = state.push("math_block", "", 0)
    token.map = [startLine, state.line]
    token.content = content
    token.markup = "$$"
    state.env["has_formulas"] = True
    return True


class Translator:
    """Turns TeX into MathML, and remembers the formulas that many posts use."""

    def __init__(self) -> None:
        self._remembered: dict[tuple[str, bool], str] = {}

    def translate(self, state: StateCore) -> None:
        """The core rule that puts the MathML of each formula into `token.meta["mathml"]`.

        A formula that cannot be read keeps its source, with a warning if it holds any TeX; else it never was one.
        """
        if not state.env.get("has_formulas"):
            return
        formulas = list(_formulas(state.tokens))
        convert = self._converter([token.content for token, _ in formulas])
        lines: list[str] = []
        for token, line in formulas:
            try:
                token.meta["mathml"] = convert(token.content, token.markup == "$$")
            except ValueError as error:
                if token.type == "math_inline" and not _TEX.search(token.content):
                    token.type, token.content = "text", f"{token.markup}{token.content}{token.markup}"
                    continue
                lines = lines or state.src.split("\n")
                first = token.content.split("\n", 1)[0]
                here = next((number for number in range(line, len(lines)) if first in lines[number]), line)
                complain(
                    state.env,
                    "math",
                    f"this formula is shown as it is typed: {error}",
                    line=here,
                    lines=lines,
                    excerpt=first,
                )

    def _converter(self, sources: Sequence[str]) -> Callable[[str, bool], str]:
        """What converts the formulas of one post: one by one, or in turn if they share definitions or numbers."""
        if any(_DEFINES.search(source) or _NUMBERED.search(source) for source in sources):
            translator = _new_translator(shares=True)
            return lambda tex, display: _convert(translator.convert_with_global_state, tex, display)
        return self._remember

    def _remember(self, tex: str, display: bool) -> str:
        key = (tex, display)
        if key not in self._remembered:
            if len(self._remembered) >= _MOST_REMEMBERED:
                self._remembered.clear()
            self._remembered[key] = _convert(self._translator.convert_with_local_state, tex, display)
        return self._remembered[key]

    @cached_property
    def _translator(self) -> LatexToMathML:
        return _new_translator(shares=False)


def _new_translator(*, shares: bool) -> LatexToMathML:
    # Loading it takes longer than a post without formulas does.
    from math_core import LatexToMathML  # noqa: PLC0415

    # No heading's id holds a colon, so the ids of labels can meet none.
    return LatexToMathML(macros=dict(_MACROS), fancy_error=False, global_group=shares, id_prefix="eq:")


def _convert(convert: Callable[..., str], tex: str, display: bool) -> str:
    """The MathML of a formula, without inline style; raises ValueError, saying why, if it cannot be read."""
    from math_core import LatexError  # noqa: PLC0415

    prepared = _ENVIRONMENTS.sub(_known_environment, tex)
    if display and _TAGGED.search(prepared) and "\\begin{" not in prepared:
        prepared = f"\\begin{{equation}}{prepared}\\end{{equation}}"
    try:
        html = convert(prepared, displaystyle=display)
    except LatexError as error:
        reason = str(error).partition(": ")[2].rstrip(".")
        raise ValueError(reason[:1].lower() + reason[1:]) from error
    html = _STYLE.sub(_class_for_style, html)
    for combining, spacing in _ACCENTS.items():
        html = html.replace(combining, spacing)
    html = _TABLE_LEVEL.sub(r"\1", html)
    return _with_style_elements(html) if "style=" in html else html


def _with_style_elements(mathml: str) -> str:
    """`mathml` with the style of rows and fractions on `<mstyle>`, where the standard has it."""
    are_styled: list[bool] = []

    def change(match: re.Match[str]) -> str:
        name, attributes = match[1], match[2] or ""
        if name is None:
            end = "</mstyle>" if match[3] == "mrow" else "</mfrac></mstyle>"
            return end if are_styled.pop() else match[0]
        style = "".join(_STYLE_ATTRIBUTES.findall(attributes))
        are_styled.append(style != "")
        if not style:
            return match[0]
        rest = _STYLE_ATTRIBUTES.sub("", attributes)
        return f"<mstyle{style}{rest}>" if name == "mrow" else f"<mstyle{style}><mfrac{rest}>"

    return _STYLED.sub(change, mathml)


def _known_environment(match: re.Match[str]) -> str:
    """The environment of today's TeX in place of an old or an inner one."""
    if match[2] == "split":
        return f"\\{match[1]}{{aligned}}"
    return "\\begin{array}{rcl}" if match[1] == "begin" else "\\end{array}"


def _class_for_style(match: re.Match[str]) -> str:
    """Classes, and a colour, in place of inline style."""
    classes = [match[1]] if match[1] else []
    colour = ""
    for declaration in match[2].split(";"):
        name, _, value = declaration.partition(":")
        if name.strip(" ") == "color":
            colour = f' mathcolor="{value.strip(" ")}"'
        style = f"{name.strip(' ')}:{value.strip(' ')}"
        if style in _CLASSES:
            classes.append(_CLASSES[style])
    return (f' class="{" ".join(classes)}"' if classes else "") + colour


def _formulas(tokens: Sequence[Token]) -> Iterator[tuple[Token, int]]:
    """The formulas of a text, each with the line on which its block begins."""
    line = 0
    for token in tokens:
        if token.map:
            line = token.map[0]
        if token.type == "math_block":
            yield token, line
        elif token.type == "inline" and "$" in token.content:
            for child in token.children or ():
                if child.type == "math_inline":
                    yield child, line
                elif child.type == "image":
                    yield from (
                        (inner, line) for inner in child.children or () if inner.type == "math_inline"
                    )


def _mathml(token: Token, env: EnvType) -> str:
    mathml = token.meta.get("mathml")
    if mathml is None:
        return f'<code class="math-error">{escape(f"{token.markup}{token.content}{token.markup}", quote=False)}</code>'
    return _IDENTITY.sub("", mathml) if env.get("summary") else str(mathml)


def _render_inline(
    _self: RendererHTML, tokens: Sequence[Token], index: int, _options: OptionsDict, env: EnvType
) -> str:
    return _mathml(tokens[index], env)


def _render_block(
    _self: RendererHTML, tokens: Sequence[Token], index: int, _options: OptionsDict, env: EnvType
) -> str:
    # Whoever has no mouse must be able to scroll a wide formula as well, so the box takes the focus.
    return f'<div class="math-block" tabindex="0">{_mathml(tokens[index], env)}</div>\n'
