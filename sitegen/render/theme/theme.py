"""A theme as found: its templates, texts, assets and options, with the site's own files in front."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sitegen.config import Config
from sitegen.digests import blake2b
from sitegen.files import files_below, read_file
from sitegen.model import Digest, Url, Value
from sitegen.render.theme.chain import bounds, chosen_options, parse_theme_toml, theme_chain
from sitegen.render.theme.frozen import frozen

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


def read_theme(project: Path, config: Config, generated: Mapping[str, bytes]) -> ThemeFiles:
    """The theme that the settings name, over those that it extends; `generated` are further assets by name.

    Raises `SitegenError` for an unknown theme, a broken `theme.toml` and options that the theme does not declare.
    """
    chain = theme_chain(project, config.theme.name)
    layers = [(theme.folder, theme.shown) for theme in reversed(chain)] + [(project, "")]
    templates = _layered(project, layers, "templates", (".html", ".xml", ".txt"))
    assets = _layered(project, layers, "assets", None)
    for name, content in generated.items():
        assets.setdefault(name, ThemeFile(path=Path(name), shown=name, content=content))
    texts: dict[str, dict[str, str]] = {}
    for layer in layers:
        # Text by text, so that a site may change one word and keep the others.
        for name, file in _layered(project, [layer], "i18n", (".toml",)).items():
            own = {key: str(value) for key, value in parse_theme_toml(file.content, file.shown).items()}
            texts.setdefault(name.removesuffix(".toml"), {}).update(own)
    options: dict[str, Any] = frozen(chosen_options(project, chain, config))
    common = blake2b(repr((sorted(texts.items()), sorted(options.items()))).encode(), digest_size=16)
    return ThemeFiles(
        templates=templates,
        texts=texts,
        assets=assets,
        options=options,
        asset_urls={name: _fingerprinted(name, file.content) for name, file in sorted(assets.items())},
        common=Digest(common.digest()),
    )


def _layered(
    project: Path, layers: list[tuple[Path, str]], kind: str, suffixes: tuple[str, ...] | None
) -> dict[str, ThemeFile]:
    """The files below `kind` in each layer by their names; later layers replace earlier ones."""
    found: dict[str, ThemeFile] = {}
    for folder, shown in layers:
        root, place = folder / kind, f"{shown}/{kind}" if shown else kind
        for name in files_below(root, place, bounds(folder, project)):
            path = root / name
            if not suffixes or path.suffix in suffixes:
                content = read_file(path, f"{place}/{name}")
                found[name] = ThemeFile(path=path, shown=f"{place}/{name}", content=content)
    return dict(sorted(found.items()))


def _fingerprinted(name: str, content: bytes) -> Url:
    stem, dot, suffix = name.rpartition(".")
    mark = blake2b(content, digest_size=5).hexdigest()
    return Url(f"/assets/{stem}.{mark}{dot}{suffix}" if dot else f"/assets/{name}.{mark}")
