"""A simulated payment company for demos and tests. It has tables of its own and moves no money."""
