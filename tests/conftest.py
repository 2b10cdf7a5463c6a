"""How the tests are shared out: what needs processes or a site of its own stays with one worker."""

from hypothesis import settings
from xdist.scheduler import LoadScopeScheduling

# A busy machine is slow; that is no failure.
settings.register_profile("tests", deadline=None)
settings.load_profile("tests")

TOGETHER = ("tests/browser", "tests/resilience"), ("tests/example_site",)


class Scheduling(LoadScopeScheduling):
    """One by one, so that those which empty the database stay last; folders with a site go together."""

    def _split_scope(self, nodeid):
        for folders in TOGETHER:
            if nodeid.startswith(folders):
                return folders[0]
        return nodeid


def pytest_xdist_make_scheduler(config, log):
    return Scheduling(config, log)
