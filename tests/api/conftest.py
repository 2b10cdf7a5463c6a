"""schemathesis is only imported by runs that ask for it: ``pytest -p schemathesis``."""


def pytest_ignore_collect(collection_path, config):
    asked = config.pluginmanager.hasplugin("schemathesis")
    return True if collection_path.name == "test_schemathesis.py" and not asked else None
