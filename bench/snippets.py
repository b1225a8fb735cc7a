"""Code for the posts of the corpus: fragments of six languages, with names and numbers drawn at random."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

from bench.vocabulary import ENGLISH


def code_block(random: Random) -> str:
    """A fenced block in one of the languages, most of them 10 to 60 lines long."""
    language = random.choice(tuple(FRAGMENTS))
    lines = [line for _ in range(random.randint(3, 8)) for line in FRAGMENTS[language](random)]
    if language == "json":
        lines = ["{", *lines, '  "version": 3', "}"]
    return "\n".join((f"```{language}", *lines, "```"))


def _name(random: Random) -> str:
    return "_".join(random.choices(ENGLISH, k=random.choice((1, 1, 2))))


def _remark(random: Random) -> str:
    return " ".join(random.choices(ENGLISH, k=random.randint(6, 16))).capitalize()


def _python(random: Random) -> list[str]:
    owner, item, key, size = _name(random), _name(random), _name(random), random.randint(2, 900)
    return [
        "@lru_cache(maxsize=None)",
        f"def {owner}({item}: list[str], *, {key}: int = {size}) -> dict[str, float]:",
        f'    """{_remark(random)}."""',
        f"    found = {{entry: len(entry) / {size}.0 for entry in {item} if entry != '{key}'}}",
        f"    return found or {{'{key}': -1.5e-3}}  # {_name(random)}",
        "",
    ]


def _javascript(random: Random) -> list[str]:
    owner, item, key, size = _name(random), _name(random), _name(random), random.randint(2, 900)
    return [
        f"export async function {owner}({item}, {{ limit = {size} }} = {{}}) {{",
        f"  // {_remark(random)}.",
        f"  const {key} = (await {item}.load(`/${{limit}}/{key}`)) ?? [];",
        f"  if (!/^{key[:3]}\\d+$/.test({key}[0])) throw new Error('{owner}');",
        f"  return {key}.map((entry) => entry.{item} * {size});",
        "}",
        "",
    ]


def _bash(random: Random) -> list[str]:
    owner, item, size = _name(random), _name(random), random.randint(2, 900)
    return [
        f'for {item} in "$HOME"/{owner}/*.log; do',
        f'  [[ -s "${{{item}}}" ]] || continue  # {_name(random)}',
        f"  awk '{{ sum += $2 }} END {{ print sum / {size} }}' \"${item}\" >> {owner}.txt",
        "done",
    ]


def _cpp(random: Random) -> list[str]:
    owner, item, key, size = _name(random), _name(random), _name(random), random.randint(2, 900)
    return [
        "template <class Key, class Value = int>",
        f"std::optional<Value> {owner}(const std::map<Key, Value>& {item}, Key {key}) noexcept {{",
        f"  const auto place = {item}.find({key});",
        f"  if (place == {item}.end() || place->second > {size}u) {{",
        f'    std::fprintf(stderr, "{key}: %d\\n", 0x{size:04x});  // {_remark(random)}',
        "    return std::nullopt;",
        "  }",
        "  return place->second;",
        "}",
        "",
    ]


def _json(random: Random) -> list[str]:
    number = random.randint(1, 99999)
    return [
        f'  "{_name(random)}_{number}": {{ "{_name(random)}": [{number}, 2.5e-3, null], "on": true }},',
        f'  "{_name(random)}_{number}": "{_remark(random)}",',
    ]


def _yaml(random: Random) -> list[str]:
    number = random.randint(1, 99999)
    return [
        f"{_name(random)}_{number}:  # {_name(random)}",
        f"  - name: {_name(random)}",
        f'    with: {{ port: {number}, host: "{_name(random)}" }}',
        f"  - {_name(random)}: true",
    ]


FRAGMENTS: dict[str, Callable[[Random], list[str]]] = {
    "bash": _bash,
    "cpp": _cpp,
    "javascript": _javascript,
    "json": _json,
    "python": _python,
    "yaml": _yaml,
}
