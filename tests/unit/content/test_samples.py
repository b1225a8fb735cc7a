"""Real posts of other generators' blogs, read as they are."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from sitegen.config import Config
from sitegen.urls import post_url
from tests.unit.content.files import CHINA, read

SAMPLES = Path(__file__).parents[3] / "../shared/samples"

pytestmark = pytest.mark.skipif(
    not SAMPLES.is_dir(), reason="the sample posts (../shared/samples) are not here"
)


@pytest.mark.parametrize(
    ("folder", "count"),
    [
        ("sofastack-posts/content/zh/blog", 122),
        ("hexo-site/source/_posts", 58),
        ("hexo-notes/source/_posts", 1),
    ],
)
def test_every_post_loads_without_a_warning(folder: str, count: int) -> None:
    root = SAMPLES / folder
    files = sorted(path for path in root.rglob("*.md") if path.is_file())
    assert len(files) == count
    for file in files:
        manuscript, problems = read(file.read_bytes(), f"content/posts/{file.relative_to(root)}")
        assert not problems, "\n".join(map(str, problems))
        assert manuscript.metadata.title
        assert manuscript.metadata.date
        assert manuscript.text.strip()
        assert "\n---\n" not in manuscript.text[:20]


def test_the_sample_post_says_what_its_author_typed() -> None:
    source = SAMPLES / "hexo-notes/source/_posts/深度学习笔记.md"
    manuscript, _ = read(source.read_bytes(), "content/posts/深度学习笔记.md")
    found = manuscript.metadata
    assert found.date is not None
    assert (found.title, found.date.isoformat()) == ("深度学习笔记", "2018-05-08T23:54:20+08:00")
    assert (found.categories, found.tags) == ((("笔记",),), ("深度学习", "MXNet", "PyTorch"))
    assert post_url(found, CHINA) == "/2018/05/08/深度学习笔记/"
    assert manuscript.text == source.read_text(encoding="utf-8").split("---\n", 2)[2]


def test_the_posts_of_the_hexo_site_have_the_addresses_that_hexo_gives() -> None:
    """Its settings name files `:year-:month-:day-:title.md` and addresses `news/:year/:month/:day/:title/`."""
    root = SAMPLES / "hexo-site/source/_posts"
    settings = (root.parents[1] / "_config.yml").read_text(encoding="utf-8")
    pattern = next(
        line.split(":", 1)[1].strip() for line in settings.splitlines() if line.startswith("permalink:")
    )
    expected = json.loads((root.parents[1] / "expected-links.json").read_text(encoding="utf-8"))
    config = Config(permalink=pattern)
    addresses = {
        post_url(read(file.read_bytes(), f"content/posts/{file.name}")[0].metadata, config).lstrip("/")
        for file in root.glob("*.md")
    }
    assert addresses == {address for address, (source,) in expected.items() if source.startswith("_posts/")}
