"""Reports: what came in, from whom, for what."""
