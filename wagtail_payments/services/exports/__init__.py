"""Files of payments: what they hold, how it is written, and those that a task makes."""
