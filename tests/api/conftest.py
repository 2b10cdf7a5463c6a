"""schemathesis is only imported with ``pytest -p schemathesis``."""


def pytest_ignore_collect(collection_path, config):
    enabled = config.pluginmanager.hasplugin("schemathesis")
    return True if collection_path.name == "test_schemathesis.py" and not enabled else None
