"""What the pretend company does: the only code that changes its books."""
