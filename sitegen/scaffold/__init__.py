"""New things in a project: the project itself, a post, a draft that becomes a post."""
