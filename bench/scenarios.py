"""What is done to a site before each build that is measured."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from bench.corpus import PICTURES, Post, picture, post
from bench.generators import Generator

SITES = Path(__file__).with_name("sites")


class Site:
    """The site of the corpus in the hands of one generator."""

    def __init__(self, generator: Generator, folder: Path, count: int) -> None:
        self.generator = generator
        self.folder = folder
        self.count = count
        self._old = folder.with_suffix(".old")
        self._template = folder / generator.template
        self.subject = _subject(count)
        """The post that is edited."""
        self._newest = post(count, count)

    def create(self) -> None:
        """Makes the folder anew with everything but the posts."""
        self._move_away(self.folder)
        shutil.copytree(SITES / self.generator.site, self.folder)
        pictures = self.folder / self.generator.pictures
        pictures.mkdir(parents=True)
        for number in range(PICTURES):
            (pictures / f"figure-{number}.png").write_bytes(picture(number))
        (self.folder / self.generator.posts).mkdir(parents=True)

    def write(self, item: Post) -> None:
        """Writes the file of a post."""
        self._path(item).write_text(self.generator.notation(item))

    def restore(self) -> None:
        """Takes every edit back."""
        self.write(self.subject)
        self._path(self._newest).unlink(missing_ok=True)
        shutil.copyfile(SITES / self.generator.site / self.generator.template, self._template)

    def forget(self) -> None:
        """Moves the output and all that the generator keeps between builds out of the way.

        Nothing is deleted while builds are measured: for minutes afterwards, ext4 without a journal looks at every
        deleted file before it makes a new one, which can cost a build more than all else it does.
        """
        for name in (self.generator.output, *self.generator.memory):
            self._move_away(self.folder / name)

    def start_over(self) -> None:
        """Forgets everything and reads all sources, so that they are in the page cache as after any edit.

        At large sizes the outputs of earlier builds have taken their place there.
        """
        self.forget()
        for folder in (self.generator.posts, self.generator.pictures):
            for path in (self.folder / folder).iterdir():
                path.read_bytes()

    def _move_away(self, path: Path) -> None:
        self._old.mkdir(parents=True, exist_ok=True)
        if path.exists():
            path.rename(self._old / f"{len(list(self._old.iterdir()))}")

    def tidy(self) -> None:
        """Deletes what was moved out of the way."""
        shutil.rmtree(self._old, ignore_errors=True)

    def edit_body(self) -> None:
        """Adds a paragraph to a post two thirds down the list."""
        self.write(replace(self.subject, rest=self.subject.rest + "\nOne more thought on this.\n"))

    def edit_title(self) -> None:
        """Changes the title of the same post."""
        self.write(replace(self.subject, title=self.subject.title + " revised"))

    def add_post(self) -> None:
        """Adds a post newer than all others, which shifts the pages of every list it is in."""
        self.write(self._newest)

    def edit_template(self) -> None:
        """Changes the foot of every page."""
        text = self._template.read_text()
        self._template.write_text(text.replace("Made to be measured.", "Made to be measured twice."))

    def _path(self, item: Post) -> Path:
        return self.folder / self.generator.posts / f"{item.slug}.md"


def _subject(count: int) -> Post:
    """The post that is edited: an English one two thirds down the list, so not on the first page."""
    candidates: Iterable[Post] = (post(number, count) for number in range(count // 3, count))
    return next(item for item in candidates if not item.is_chinese)


@dataclass(frozen=True)
class Scenario:
    """A build that is measured, and what comes before it."""

    name: str
    prepare: Callable[[Site], None]
    repeats: bool = False
    """Whether the build can be run again without preparing it."""


SCENARIOS = (
    Scenario("cold", Site.start_over),
    Scenario("nothing changed", lambda _site: None, repeats=True),
    Scenario("one body edited", Site.edit_body),
    Scenario("one title edited", Site.edit_title),
    Scenario("one post added", Site.add_post),
    Scenario("one template edited", Site.edit_template),
)
"""In this order each follows on the one before, as in an author's day."""
