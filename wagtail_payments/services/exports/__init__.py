"""Exports: the tables, the file formats, and the files that a task creates."""
