"""A Content-Security-Policy as strict as a careful site sets it."""

POLICY = (
    "default-src 'self'; script-src 'self'; style-src 'self'; frame-src 'self'; connect-src 'self'; "
    "img-src 'self' data:; object-src 'none'; base-uri 'none'"
)


def strict_csp(get_response):
    def middleware(request):
        response = get_response(request)
        if not request.path.startswith("/admin/"):
            ours = response.headers.get("Content-Security-Policy")
            response.headers["Content-Security-Policy"] = f"{POLICY}, {ours}" if ours else POLICY
        return response

    return middleware
