"""What schemathesis checks besides its own checks. Its command loads this file (tests/faults/contract.py)."""

import schemathesis

INVALID = "/api/v1/docs/#invalid"
NO_RECEIPT = [{"field": "receipt", "detail": "Send the six words here, or in the Askpeer-Receipt header."}]


@schemathesis.check
def what_the_schema_allows_is_never_invalid(ctx, response, case):
    """What the schema allows may be refused for what it says, never for its form.

    But for one thing that a schema cannot say: the receipt stands in the body or in a header.
    """
    mode = case.meta and case.meta.generation.mode
    if response.status_code != 422 or not (mode and mode.is_positive):
        return
    problem = response.json()
    if problem["type"] == INVALID and problem["errors"] != NO_RECEIPT:
        raise AssertionError(f"The schema allows this, and the service calls it invalid: {problem['errors']}")
