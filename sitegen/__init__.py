"""A static-site generator for dated blog posts."""

__version__ = "0.1.0"
