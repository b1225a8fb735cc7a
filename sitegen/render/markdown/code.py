"""Renders code blocks: a figure with the language, an optional title and the coloured text."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from html import escape

from markdown_it import MarkdownIt
from markdown_it.common.utils import unescapeAll
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from markdown_it.utils import EnvType, OptionsDict

from sitegen.config import Config
from sitegen.errors import Problem
from sitegen.render.highlight import display_name, find_language, highlight, largest_coloured, printable
from sitegen.render.markdown.info import CodeOptions, Ranges, read_info
from sitegen.render.markdown.known_code import FIGURE, KnownCode, code_digest


def install_code_rules(md: MarkdownIt, config: Config) -> None:
    """Makes `md` render fences as figures with coloured code, and indented code as plain `<pre><code>`.

    `env` may hold `problems` (a list that is added to), `path` (of the source file), `first_line` (the line of that
    file on which the text begins) and `code` (a `KnownCode`).
    """

    def fence(
        _self: RendererHTML, tokens: Sequence[Token], index: int, _options: OptionsDict, env: EnvType
    ) -> str:
        token = tokens[index]
        info, line_numbers = unescapeAll(token.info), config.highlight.line_numbers
        identifier, classes = str(token.attrs.get("id", "")), str(token.attrs.get("class", ""))
        known: KnownCode = env.get("code") or KnownCode()
        key = code_digest(token.content, info, str(line_numbers), identifier, classes)
        figure = known.get(key)
        if figure is None:
            problems: list[Problem] = []
            figure = render_code(
                token.content,
                info,
                line_numbers=line_numbers,
                identifier=identifier,
                classes=classes,
                problems=problems,
                path=env.get("path"),
                line=env.get("first_line", 1) + token.map[0] if token.map else None,
            )
            if problems:  # which are to be told each time
                env.get("problems", []).extend(problems)
            else:
                known.add(key, figure)
        return figure

    def code_block(
        _self: RendererHTML, tokens: Sequence[Token], index: int, _options: OptionsDict, _env: EnvType
    ) -> str:
        return f"<pre><code>{escape(printable(tokens[index].content))}</code></pre>\n"

    md.add_render_rule("fence", fence)
    md.add_render_rule("code_block", code_block)


def render_code(
    text: str,
    info: str = "",
    *,
    line_numbers: bool = False,
    identifier: str = "",
    classes: str = "",
    problems: list[Problem] | None = None,
    path: str | None = None,
    line: int | None = None,
) -> str:
    """The HTML of a fenced block whose text is `text` and whose opening line says `info`.

    Without its tags the code is `text`, character by character. `line_numbers` is what holds when `info` does
    not say. What cannot be understood in `info` is left out and told in `problems`, for `line` of `path`.
    """
    options, unclear = read_info(info)
    count = text.count("\n") + (not text.endswith("\n") and text != "")
    complaints = [*unclear, *_lines_beyond(options, count)]
    language = find_language(options.language) if options.is_coloured else None
    if language and len(text) > (limit := largest_coloured(language)):
        complaints.append(
            f"A {language.name} block of {len(text):,} characters is not coloured; the limit is {limit:,}."
        )
    if problems is not None:
        problems += [
            Problem(
                code="code",
                message=complaint,
                path=path,
                line=line,
                source=f"```{info}" if info else None,
                severity="warning",
            )
            for complaint in complaints
        ]
    html = highlight(text, language)
    numbered = line_numbers if options.has_line_numbers is None else options.has_line_numbers
    line_classes = _line_classes(options, count, text if language and language.alias == "diff" else "")
    if numbered or line_classes:
        html = _wrap_lines(html, line_classes, options.first_number if numbered else None)
    alias = language.alias if language else options.language.lower()
    figure = f'{FIGURE} class="{escape(" ".join(filter(None, ("code", classes))))}"'
    figure += f' id="{escape(identifier)}">' if identifier else ">"
    code = f'<code class="language-{escape(alias)}">' if alias else "<code>"
    return f'{figure}{_caption(options)}<pre tabindex="0">{code}{html}</code></pre></figure>\n'


def _caption(options: CodeOptions) -> str:
    """The title, its link and the language, as far as there are any."""
    parts = []
    if options.title:
        parts.append(f'<span class="code-title">{escape(options.title)}</span>')
    if options.url:
        parts.append(
            f'<a class="code-link" href="{escape(options.url)}">{escape(options.url_text or options.url)}</a>'
        )
    if label := display_name(options.language):
        parts.append(f'<span class="code-language">{escape(label)}</span>')
    return f"<figcaption>{' '.join(parts)}</figcaption>" if parts else ""


def _line_classes(options: CodeOptions, count: int, diff: str) -> dict[int, str]:
    """The further classes of each line that has any, by its number from 1."""
    shift = options.first_number - 1
    marked = tuple((first - shift, last - shift) for first, last in options.marked)
    lines = {
        "hl": _numbers(marked + options.highlighted, count),
        "ins": _numbers(options.inserted, count),
        "del": _numbers(options.deleted, count),
    }
    for number, line in enumerate(diff.split("\n"), 1):
        if line[:1] in DIFF_SIGNS and not line.startswith(("+++ ", "--- ")):
            lines[DIFF_SIGNS[line[0]]].add(number)
    classes: dict[int, str] = {}
    for name, numbers in lines.items():
        for number in numbers:
            classes[number] = f"{classes.get(number, '')} {name}"
    return classes


DIFF_SIGNS = {"+": "ins", "-": "del"}


def _numbers(ranges: Ranges, count: int) -> set[int]:
    """The lines in ranges, of a block of `count` lines."""
    numbers: set[int] = set()
    done = 0
    for first, last in sorted(ranges):
        numbers.update(range(max(first, done + 1), min(last, count) + 1))
        done = max(done, last)
    return numbers


def _wrap_lines(html: str, classes: Mapping[int, str], first_number: int | None) -> str:
    """Every line in a span of its own, its newline included, with the number to show as an attribute."""
    lines = html.split("\n")
    ends_with_newline = lines[-1] == ""
    if ends_with_newline:
        lines.pop()
    wrapped = []
    for index, line in enumerate(lines):
        number = "" if first_number is None else f' data-line="{first_number + index}"'
        newline = "\n" if ends_with_newline or index < len(lines) - 1 else ""
        wrapped.append(f'<span class="line{classes.get(index + 1, "")}"{number}>{line}{newline}</span>')
    return "".join(wrapped)


def _lines_beyond(options: CodeOptions, count: int) -> Iterator[str]:
    """Complaints about ranges that name lines the block does not have."""
    for ranges in (options.marked, options.highlighted, options.inserted, options.deleted):
        begin = options.first_number if ranges is options.marked else 1
        for first, last in ranges:
            if first > last:
                yield f"The lines {first}-{last} run backwards."
            elif first < begin:
                yield f"Line {first} is to be marked, but the block begins with line {begin}."
            elif last >= begin + count:
                yield f"Line {last} is to be marked, but the block ends with line {begin + count - 1}."
