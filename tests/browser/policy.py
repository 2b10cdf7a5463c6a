"""The strict policy, beside one that a view sets itself: a browser keeps to both."""

from tests.testapp.middleware import POLICY


def strict_csp(get_response):
    def middleware(request):
        response = get_response(request)
        if not request.path.startswith("/admin/"):
            ours = response.headers.get("Content-Security-Policy")
            response.headers["Content-Security-Policy"] = f"{POLICY}, {ours}" if ours else POLICY
        return response

    return middleware
