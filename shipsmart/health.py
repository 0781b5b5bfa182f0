"""Is this process able to serve? For load balancers and for the demo."""

from django.db import DatabaseError, connection
from django.http import HttpRequest, JsonResponse

from shipsmart.quotes import rulebook


def healthz(_: HttpRequest) -> JsonResponse:
    """Answer 200 with the rulebook's version, or 503 when the database is away."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError as error:
        return JsonResponse({"status": "database_away", "message": str(error)[:200]}, status=503)
    return JsonResponse({"status": "ok", "rulebook": rulebook.current().version})
