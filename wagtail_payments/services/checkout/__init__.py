"""From the form to an open checkout."""
