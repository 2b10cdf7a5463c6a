"""What visitors and providers touch."""
