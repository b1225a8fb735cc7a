"""The builder: from sources to the finished site."""

from sitegen.build.builder import build
from sitegen.build.options import BuildOptions, BuildReport, Change, Observer, Pass

__all__ = ["BuildOptions", "BuildReport", "Change", "Observer", "Pass", "build"]
