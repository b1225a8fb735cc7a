"""Markdown: from the text of a post to its HTML."""
