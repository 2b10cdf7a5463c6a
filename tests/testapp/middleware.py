"""A strict Content-Security-Policy."""

import os

# The origin of the provider's script, frame and API.
ORIGIN = os.environ.get("WAGTAIL_PAYMENTS_TEST_ORIGIN", "")

POLICY = (
    f"default-src 'self'; script-src 'self' {ORIGIN}; style-src 'self'; frame-src 'self' {ORIGIN}; "
    f"connect-src 'self' {ORIGIN}; img-src 'self' data:; object-src 'none'; base-uri 'none'"
)


def strict_csp(get_response):
    def middleware(request):
        response = get_response(request)
        if not request.path.startswith("/admin/"):
            policy = response.headers.get("Content-Security-Policy")
            response.headers["Content-Security-Policy"] = (
                f"{POLICY}, {policy}" if policy else POLICY
            )
        return response

    return middleware
