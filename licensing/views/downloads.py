"""Handing out a stored file: as an attachment, never opened or guessed at by the browser, never kept by a cache."""

from django.db.models.fields.files import FieldFile
from django.http import FileResponse

SANDBOX = "sandbox; default-src 'none'"


def attachment(file: FieldFile, *, name: str, media_type: str) -> FileResponse:
    """The file under a name for the person who saves it."""
    response = FileResponse(file.open("rb"), as_attachment=True, filename=name, content_type=media_type)
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = SANDBOX
    response["Cache-Control"] = "private, no-store"
    return response
