"""Pages of other origins that may use the API: COUNCIL_ALLOWED_ORIGINS, with a token and never with a cookie."""

from flask import Flask, Response, make_response, request

from council.settings import Settings

METHODS = "GET, POST, PUT, DELETE"
HEADERS = "Authorization, Content-Type, Idempotency-Key, Last-Event-ID"
TOLD = "Council-Epoch, Location, Retry-After, X-Request-ID"
PREFLIGHT_SECONDS = "600"


def install(app: Flask, settings: Settings) -> None:
    """Answer a browser that asks first, and say whose page may read an answer. ``guard`` has refused all others."""
    origins = frozenset(settings.allowed_origins)

    @app.before_request
    def answer_preflight() -> Response | None:
        if request.method != "OPTIONS" or "Access-Control-Request-Method" not in request.headers:
            return None
        return make_response("", 204)

    @app.after_request
    def allow(response: Response) -> Response:
        origin = request.headers.get("Origin")
        if origin in origins and request.path.startswith("/api/"):
            response.headers["Access-Control-Allow-Origin"] = origin
            response.headers["Access-Control-Expose-Headers"] = TOLD
            response.headers.add("Vary", "Origin")
            if request.method == "OPTIONS":
                response.headers["Access-Control-Allow-Methods"] = METHODS
                response.headers["Access-Control-Allow-Headers"] = HEADERS
                response.headers["Access-Control-Max-Age"] = PREFLIGHT_SECONDS
        return response
