"""Helpers for tests of the JSON API."""

API = "/payments/api/"


def refused(response, status, code):
    """Check that the response is a problem document, and return it."""
    assert response.status_code == status, response.content
    assert response["Content-Type"] == "application/problem+json"
    problem = response.json()
    assert (problem["status"], problem["code"]) == (status, code)
    assert set(problem) >= {"type", "title", "detail", "errors"}
    assert problem["detail"]
    return problem
