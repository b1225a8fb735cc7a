"""The content loader: from the files of a project to manuscripts, which hold metadata and text."""

from sitegen.content.data import read_data
from sitegen.content.dates import DateFault, read_date, site_zone
from sitegen.content.frontmatter import FrontMatter, Parts, take_apart
from sitegen.content.manuscripts import parse_manuscript, read_manuscript
from sitegen.content.metadata import read_metadata
from sitegen.content.scan import scan

__all__ = [
    "DateFault",
    "FrontMatter",
    "Parts",
    "parse_manuscript",
    "read_data",
    "read_date",
    "read_manuscript",
    "read_metadata",
    "scan",
    "site_zone",
    "take_apart",
]
