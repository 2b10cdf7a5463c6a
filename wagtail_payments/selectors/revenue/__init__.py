"""Revenue and the other reports."""
