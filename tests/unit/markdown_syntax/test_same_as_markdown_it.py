"""Our block and inline parsers are quicker ways to the tokens of markdown-it: the same for any text."""

from __future__ import annotations

from hypothesis import example, given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token

from sitegen.render.markdown.blocks import BlockParser
from sitegen.render.markdown.inlines import InlineParser, emphasis

_PIECES = [
    *"abc 1.)(\\\t*_`~-+=#>[]!<&:;\"'|^{}$@/",
    *[
        "\n",
        "\n\n",
        "\n    ",
        "\n> ",
        "\n- ",
        "\n1. ",
        "  \n",
        "\n\t",
        "\n```\n",
        "\n~~~ a\n",
        "\n---\n",
        "\n===\n",
    ],
    *[
        "**",
        "__",
        "***",
        "``",
        "](",
        "[a]",
        "[a]: /b\n",
        "![",
        "<a>",
        "<!-- x -->",
        "<http://a.b>",
        "&amp;",
        "\\\n",
    ],
    *["*a*", "**b c**", "`d e`", "[f g](/h)", "[i](j.k/l?m#n)", " `` o` "],
    *["<div>", "\n\n# ", "\n## b ##\n", "x_y_z", "\n  - ", "\n   1) ", "\n>>", "http://a.b/c"],
]
TEXTS = st.lists(st.sampled_from(_PIECES), max_size=40).map("".join)


def quick() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"maxNesting": 60})
    parser.inline.ruler.at("emphasis", emphasis)
    parser.block = BlockParser(parser.block, {})
    parser.inline = InlineParser(parser.inline, {}, is_cjk_friendly=True)
    return parser


def described(tokens: list[Token]) -> list[object]:
    """All that rendering sees of tokens; text is the same whether it is one token or several."""
    found: list[object] = []
    for token in tokens:
        if token.type == "text" and found and isinstance(found[-1], str):
            found[-1] += token.content
        elif token.type == "text":
            found.append(token.content)
        else:
            children = described(token.children or [])
            found.append(
                (
                    token.type,
                    token.tag,
                    token.attrs,
                    token.map,
                    token.info,
                    token.hidden,
                    token.markup,
                    children,
                )
                + (() if token.type == "inline" else (token.content,))
            )
    return [part for part in found if part != ""]


@given(TEXTS)
@example("a\n-\n")
@example("- a\n\n  ---\nb")
@example("> a\n---\n> b\n===")
@example("[a\nb]: c\n'd\n# e'")
@example("* a\n*\n\n  b")
@example("  # a #\\# b ## \n#")
@example("```\na\n    ```\n  ```\n~~~")
@example("   ```a\n   b\n c")
@example("***a** b*__c_d__")
@example('[a](b "c\n')
@example("*a **b**c*")
@example("**a**b**c** d*e*f*")
@example("[a](javascript:b) [c](javascriptd) `e``f` `g `")
def test_any_text_gives_the_tokens_of_markdown_it(text: str) -> None:
    original = MarkdownIt("commonmark", {"maxNesting": 60})
    assert described(quick().parse(text)) == described(original.parse(text))
