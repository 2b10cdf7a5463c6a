"""The views, menus and forms of the Wagtail admin."""
