"""A pretend payment company, for demos and tests. It keeps state of its own and moves no money."""
