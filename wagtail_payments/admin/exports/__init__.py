"""Files of exports in the admin."""
