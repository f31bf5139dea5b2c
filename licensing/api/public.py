"""What every public operation of the API shares: no session, strict bodies, errors by field."""

from typing import Any

from rest_framework.exceptions import APIException, ValidationError
from rest_framework.response import Response
from rest_framework.views import APIView, exception_handler

from licensing.api.bodies import StrictJSONParser


class PublicView(APIView):
    """Open to anybody, and the same for everybody: who asks plays no part."""

    authentication_classes = ()
    parser_classes = (StrictJSONParser,)

    def get_exception_handler(self) -> Any:
        return errors_by_field


def errors_by_field(error: Exception, context: dict[str, Any]) -> Response | None:
    """Every refusal as ``{field: [sentences]}``; what is wrong with the whole stands under ``detail``."""
    response = exception_handler(error, context)
    if response is not None and isinstance(error, APIException) and not isinstance(error, ValidationError):
        response.data = {"detail": [str(error.detail)]}
    elif response is not None and isinstance(response.data, list):
        response.data = {"detail": response.data}
    return response
