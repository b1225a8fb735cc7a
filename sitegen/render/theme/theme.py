"""A theme as found: its templates, texts, assets and options, with the site's own files in front."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from hashlib import blake2b
from pathlib import Path
from typing import Any

from sitegen.config import Config
from sitegen.errors import Problem, SitegenError, did_you_mean
from sitegen.model import Digest, Url, Value

TEXT_ASSETS = (".css", ".js", ".svg", ".json", ".txt")


class ThemeFile(Value, frozen=True):
    """One file of a theme, by its name below `templates/`, `i18n/` or `assets/`."""

    path: Path
    shown: str
    """How problems name it: relative to the project, or `default theme: …`."""
    content: bytes


class ThemeFiles(Value, frozen=True):
    """All files of a theme, read once; the site's own `templates/`, `i18n/` and `assets/` stand in front."""

    templates: dict[str, ThemeFile]
    texts: dict[str, dict[str, str]]
    """By language, then by name."""
    assets: dict[str, ThemeFile]
    options: dict[str, Any]
    """The theme's defaults with the site's choices over them."""
    asset_urls: dict[str, Url]
    """Fingerprinted, below `/assets/`."""
    common: Digest
    """Over texts and options, which every template may use."""

    def asset(self, path: str) -> Url | None:
        """The fingerprinted address of an asset, `None` if there is none."""
        return self.asset_urls.get(path)

    @property
    def digest(self) -> Digest:
        """Over everything in the theme."""
        digest = blake2b(self.common, digest_size=16)
        for name, file in (*self.templates.items(), *self.assets.items()):
            digest.update(f"{name}\0{len(file.content)}\0".encode() + file.content)
        return Digest(digest.digest())


def builtin_themes() -> Path:
    """The folder of the themes that come with sitegen, in a wheel or in a checkout."""
    package = Path(__file__).parents[2]
    inside = package / "themes"
    return inside if inside.is_dir() else package.parent / "themes"


def read_theme(project: Path, config: Config, generated: Mapping[str, bytes]) -> ThemeFiles:
    """The theme that the settings name; `generated` are further assets by name, such as style sheets for code.

    Raises `SitegenError` for an unknown theme, a broken `theme.toml` and options that the theme does not declare.
    """
    folder = theme_folder(project, config.theme.name)
    layers = [(folder, _shown(folder, project)), (project, "")]
    declared = _read_toml(folder / "theme.toml", _shown(folder, project) + "/theme.toml")
    templates = _layered(layers, "templates", (".html", ".xml", ".txt"))
    assets = _layered(layers, "assets", None)
    for name, content in generated.items():
        assets.setdefault(name, ThemeFile(path=Path(name), shown=name, content=content))
    texts: dict[str, dict[str, str]] = {}
    for layer in layers:
        # Text by text, so that a site may change one word and keep the others.
        for name, file in _layered([layer], "i18n", (".toml",)).items():
            own = {key: str(value) for key, value in _parse_toml(file.content, file.shown).items()}
            texts.setdefault(name.removesuffix(".toml"), {}).update(own)
    options = _options(declared.get("options", {}), config)
    common = blake2b(repr((sorted(texts.items()), sorted(options.items()))).encode(), digest_size=16)
    return ThemeFiles(
        templates=templates,
        texts=texts,
        assets=assets,
        options=options,
        asset_urls={name: _fingerprinted(name, file.content) for name, file in sorted(assets.items())},
        common=Digest(common.digest()),
    )


def theme_folder(project: Path, name: str) -> Path:
    """The folder of a theme: the project's own before one that comes with sitegen. Raises `SitegenError`."""
    candidates = [project / "themes" / name, builtin_themes() / name]
    for folder in candidates:
        if (folder / "theme.toml").is_file():
            return folder
    known = sorted(
        {
            entry.parent.name
            for place in (project / "themes", builtin_themes())
            for entry in place.glob("*/theme.toml")
        }
    )
    raise SitegenError(
        Problem(
            code="theme",
            message=f'there is no theme "{name}": no themes/{name}/theme.toml, and none of that name comes with '
            f"sitegen.{did_you_mean(name, known)}",
            path="sitegen.toml",
            notes=(f"themes there are: {', '.join(known) or 'none'}",),
        )
    )


def _shown(folder: Path, project: Path) -> str:
    if folder.is_relative_to(project):
        return folder.relative_to(project).as_posix()
    return f"<sitegen>/themes/{folder.name}"


def _layered(
    layers: list[tuple[Path, str]], kind: str, suffixes: tuple[str, ...] | None
) -> dict[str, ThemeFile]:
    """The files below `kind` in each layer by their names; later layers replace earlier ones."""
    found: dict[str, ThemeFile] = {}
    for folder, shown in layers:
        root = folder / kind
        if not root.is_dir():
            continue
        for path in sorted(root.rglob("*")):
            name = path.relative_to(root).as_posix()
            hidden = any(part.startswith(".") for part in name.split("/"))
            if hidden or not path.is_file() or (suffixes and path.suffix not in suffixes):
                continue
            prefix = f"{shown}/" if shown else ""
            found[name] = ThemeFile(path=path, shown=f"{prefix}{kind}/{name}", content=path.read_bytes())
    return dict(sorted(found.items()))


def _fingerprinted(name: str, content: bytes) -> Url:
    stem, dot, suffix = name.rpartition(".")
    mark = blake2b(content, digest_size=5).hexdigest()
    return Url(f"/assets/{stem}.{mark}{dot}{suffix}" if dot else f"/assets/{name}.{mark}")


def _read_toml(path: Path, shown: str) -> dict[str, Any]:
    return _parse_toml(path.read_bytes(), shown)


def _parse_toml(content: bytes, shown: str) -> dict[str, Any]:
    try:
        return tomllib.loads(content.decode())
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        line = re.search(r"line (\d+)", str(error))
        raise SitegenError(
            Problem(
                code="theme",
                message=f"this is not TOML: {error}",
                path=shown,
                line=int(line[1]) if line else None,
            )
        ) from error


def _options(declared: Mapping[str, Any], config: Config) -> dict[str, Any]:
    """The declared options, each `{default, description, choices}`, with the site's values over them."""
    values = {name: option["default"] for name, option in declared.items()}
    problems = []
    for name, value in config.theme.options.items():
        option = declared.get(name)
        if option is None:
            problems.append(
                _option_problem(
                    f'the theme "{config.theme.name}" has no option "{name}".'
                    f"{did_you_mean(name, sorted(declared))}"
                )
            )
        elif type(value) is not type(option["default"]):
            kind = {str: "a text", bool: "true or false", int: "a whole number", list: "a list"}
            expected = kind.get(type(option["default"]), type(option["default"]).__name__)
            problems.append(_option_problem(f'the theme option "{name}" must be {expected}, not {value!r}'))
        elif "choices" in option and value not in option["choices"]:
            choices = ", ".join(f'"{choice}"' for choice in option["choices"])
            problems.append(
                _option_problem(f'the theme option "{name}" must be one of {choices}, not "{value}"')
            )
        else:
            values[name] = value
    if problems:
        raise SitegenError(problems)
    return values


def _option_problem(message: str) -> Problem:
    return Problem(code="settings", message=message, path="sitegen.toml")
