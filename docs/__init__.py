"""The documentation, of which two pages are made from the code."""
