"""From Markdown to HTML: one manuscript in, its rendered text out."""
