"""Live preview: the site as it will be, served from memory while one writes."""
