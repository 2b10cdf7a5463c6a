"""How well payments are processed, and what staff have to do."""
