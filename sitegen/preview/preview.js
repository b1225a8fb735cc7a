/* The preview's own; see events.py for what it hears. */
