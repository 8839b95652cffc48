"""What schemathesis checks of Mortar beside its own checks."""

import schemathesis

INTERNAL = "Something went wrong inside Mortar"


@schemathesis.check
def no_internal_error(ctx, response, case):
    """Heketi's contract answers 500 to much that is no fault of the server; what is unexpected says so in these words."""
    assert INTERNAL not in response.text, f"{response.status_code}: {response.text}"
