"""The sandbox's services: the only code that writes its tables."""
