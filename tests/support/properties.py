"""How many inputs a property is tried with: few and always the same, or many and new ones when asked for.

`make test ARGS="tests/properties --hypothesis-profile=long"` asks. Nothing is kept beside the checkout's own cache.
"""

from hypothesis import HealthCheck, configuration, settings

from watchbill.home import CHECKOUT

FEW, MANY = 30, 2000


def bound_properties() -> None:
    """Settings for every property test; an option of the command line, which is read later, overrides them."""
    configuration.set_hypothesis_home_dir(CHECKOUT / ".cache" / "hypothesis")
    # The guard against leaving this machine is a fixture of each test function, and nothing in it depends on the input.
    common = settings(database=None, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
    settings.register_profile("few", common, derandomize=True, max_examples=FEW)
    settings.register_profile("long", common, derandomize=False, max_examples=MANY)
    settings.load_profile("few")
