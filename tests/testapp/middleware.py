"""A Content-Security-Policy as strict as a careful site sets it."""

import os

# Where a provider's script, frame and API are, for a site that uses such a provider.
ORIGIN = os.environ.get("WAGTAIL_PAYMENTS_TEST_ORIGIN", "")

POLICY = (
    f"default-src 'self'; script-src 'self' {ORIGIN}; style-src 'self'; frame-src 'self' {ORIGIN}; "
    f"connect-src 'self' {ORIGIN}; img-src 'self' data:; object-src 'none'; base-uri 'none'"
)


def strict_csp(get_response):
    def middleware(request):
        response = get_response(request)
        if not request.path.startswith("/admin/"):
            ours = response.headers.get("Content-Security-Policy")
            response.headers["Content-Security-Policy"] = f"{POLICY}, {ours}" if ours else POLICY
        return response

    return middleware
