"""Finds the language that an author names at a fence: its display name and its Pygments lexer."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING

from sitegen.model import Value

if TYPE_CHECKING:  # Pygments is imported for the first block that needs it.
    from pygments.lexer import Lexer

PLAIN_NAMES = frozenset(
    {"none", "nohighlight", "no-highlight", "plain", "plaintext", "plain-text", "raw", "text", "txt"}
)
"""What authors write who want no colours."""

FURTHER_ALIASES = {
    "assembly": "gas",
    "astro": "html",
    "blade": "html+php",
    "cc": "cpp",
    "cjs": "javascript",
    "cmd": "bat",
    "conf": "ini",
    "crontab": "bash",
    "cshtml": "html",
    "curl": "bash",
    "cxx": "cpp",
    "dos": "bat",
    "dotenv": "bash",
    "ejs": "html",
    "env": "bash",
    "gitignore": "bash",
    "gradle": "groovy",
    "h": "c",
    "handlebars": "html+handlebars",
    "hbs": "html+handlebars",
    "hive": "sql",
    "hpp": "cpp",
    "htm": "html",
    "https": "http",
    "ino": "arduino",
    "jinja2": "html+jinja",
    "jsonc": "json",
    "kt": "kotlin",
    "kts": "kotlin",
    "mdx": "markdown",
    "mjs": "javascript",
    "ml": "ocaml",
    "njk": "html+jinja",
    "node": "javascript",
    "nunjucks": "html+jinja",
    "oracle": "plpgsql",
    "patch": "diff",
    "pgsql": "postgresql",
    "plist": "xml",
    "plsql": "plpgsql",
    "rss": "xml",
    "shellscript": "bash",
    "shellsession": "console",
    "styl": "sass",
    "stylus": "sass",
    "svelte": "html",
    "svg": "xml",
    "terminal": "console",
    "vb": "vb.net",
    "viml": "vim",
    "vue": "html",
    "wxml": "html",
    "wxss": "css",
    "x86asm": "nasm",
    "xhtml": "html",
}
"""Names that blogs use and Pygments does not know, with the nearest that it knows."""

DISPLAY_NAMES = {
    "astro": "Astro",
    "bat": "Batch",
    "blade": "Blade",
    "cmd": "Batch",
    "console": "Console",
    "docker": "Dockerfile",
    "dockerfile": "Dockerfile",
    "dotenv": ".env",
    "ejs": "EJS",
    "env": ".env",
    "gitignore": ".gitignore",
    "gradle": "Gradle",
    "handlebars": "Handlebars",
    "hbs": "Handlebars",
    "hive": "Hive",
    "https": "HTTP",
    "jsonc": "JSON with comments",
    "latex": "LaTeX",
    "mdx": "MDX",
    "mermaid": "Mermaid",
    "njk": "Nunjucks",
    "node": "Node.js",
    "nunjucks": "Nunjucks",
    "oracle": "Oracle SQL",
    "pgsql": "PostgreSQL",
    "plsql": "PL/SQL",
    "rss": "RSS",
    "scss": "SCSS",
    "sh": "Shell",
    "shell": "Shell",
    "shellscript": "Shell",
    "styl": "Stylus",
    "stylus": "Stylus",
    "svelte": "Svelte",
    "svg": "SVG",
    "tex": "TeX",
    "vim": "Vim script",
    "viml": "Vim script",
    "vue": "Vue",
    "wxml": "WXML",
    "wxss": "WXSS",
    "zsh": "Zsh",
}
"""How a language is called on the page where Pygments' own name would puzzle the reader."""


class Language(Value, frozen=True):
    """A language that can be coloured."""

    alias: str
    """The name that stands for it in classes, such as `python` or `cpp`."""
    name: str
    """What the reader sees: `Python`, `C++`."""
    module: str
    """The module of its Pygments lexer."""
    lexer: str
    """The class of that lexer."""

    @property
    def lexer_class(self) -> type[Lexer]:
        """The lexer itself, imported when it is first asked for."""
        loaded: type[Lexer] = getattr(import_module(self.module), self.lexer)
        return loaded


def find_language(name: str) -> Language | None:
    """The language that an author calls `name`, in any case, or nothing when Pygments has no lexer for it.

    Plain text is no language. Lexers that other packages register are not looked for: what is installed beside
    sitegen must not change a page.
    """
    alias = name.lower()
    if alias in PLAIN_NAMES:
        return None
    known = _languages().get(FURTHER_ALIASES.get(alias, alias))
    if known is None:
        return None
    canonical, language_name, module, lexer = known
    return Language(alias=canonical, name=DISPLAY_NAMES.get(alias, language_name), module=module, lexer=lexer)


def display_name(name: str) -> str:
    """What the reader sees for the language `name`: `C++` for `cpp`; an unknown name as it was typed."""
    if name.lower() in PLAIN_NAMES:
        return ""
    language = find_language(name)
    return language.name if language else DISPLAY_NAMES.get(name.lower(), name)


@cache
def _languages() -> dict[str, tuple[str, str, str, str]]:
    """Every alias with the first alias, the name, the module and the class of its lexer."""
    # Not pygments.lexers.get_lexer_by_name: that walks through 600 lexers at each call and asks plugins.
    from pygments.lexers._mapping import LEXERS  # noqa: PLC0415 - costs 25 ms, so only where there is code

    languages: dict[str, tuple[str, str, str, str]] = {}
    for lexer, (module, name, aliases, _, _) in LEXERS.items():
        for alias in aliases:
            languages.setdefault(alias.lower(), (aliases[0].lower(), name, module, lexer))
    return languages
