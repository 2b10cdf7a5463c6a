"""Views, tables and widgets that the admin's screens share."""
