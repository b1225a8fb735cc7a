"""The content loader: from the files of a project to manuscripts, which hold metadata and text."""
