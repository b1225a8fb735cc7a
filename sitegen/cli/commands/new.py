"""`sitegen new`: begins a post."""

from __future__ import annotations

import click

from sitegen.cli.clock import parse_moment, time_on_the_wall
from sitegen.cli.session import Session, WritingCommand, session_options, shown


@click.command(cls=WritingCommand)
@click.argument("title")
@click.option("--draft", is_flag=True, help="Begin a draft; `sitegen publish` makes it a post.")
@click.option(
    "-c",
    "--category",
    "categories",
    multiple=True,
    metavar="NAME",
    help="A category, with / below another: Notes/Python. Can be given again.",
)
@click.option("-t", "--tag", "tags", multiple=True, metavar="NAME", help="A tag. Can be given again.")
@click.option("--date", metavar="DATE", help="The date of the post. [default: now]")
@click.option("--slug", metavar="NAME", help="The name of the file, in place of the title.")
@session_options(json=True)
def command(
    session: Session,
    *,
    title: str,
    draft: bool,
    categories: tuple[str, ...],
    tags: tuple[str, ...],
    date: str | None,
    slug: str | None,
) -> None:
    """Begin a post called TITLE.

    Its text comes from scaffolds/post.md in the project, if there is one: {{ title }}, {{ date }}, {{ slug }},
    {{ categories }} and {{ tags }} are filled in.
    """
    from sitegen.scaffold.post import NewPost, write_new_post  # noqa: PLC0415

    config = session.config
    title = title.strip(" \t\n")
    if not title:
        raise click.UsageError("a post needs a title")
    for text in (title, slug or "", *categories, *tags):
        if not _is_text(text):
            raise click.UsageError("a post is written in UTF-8, which your terminal did not send")
    moment = parse_moment(date, config) if date else None
    paths = (tuple(name.strip(" \t\n") for name in path.split("/")) for path in categories)
    wanted = NewPost(
        title=title,
        is_draft=draft,
        categories=tuple(tuple(filter(None, path)) for path in paths),
        tags=tags,
        date=moment or (None if draft else time_on_the_wall(config)),
        slug=slug,
    )
    source = write_new_post(session.project, wanted)
    if session.console.json:
        session.console.document({"ok": True, "source": source})
    else:
        session.console.say(f"Created {shown(session.project / source)}")


def _is_text(text: str) -> bool:
    """Whether the terminal sent whole characters."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
