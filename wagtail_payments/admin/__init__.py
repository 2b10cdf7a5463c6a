"""What staff touch."""
