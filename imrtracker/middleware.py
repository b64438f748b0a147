"""What every request passes on its way in."""

from django.core.exceptions import BadRequest

FORM = "application/x-www-form-urlencoded"


def refuse_half_forms(get_response):
    """Refuse a form of which only a part arrived before the line broke.

    Half a number is a number too: 41 births, cut short, would be stored as 4.
    """

    def middleware(request):
        if request.content_type == FORM:
            announced = int(request.META.get("CONTENT_LENGTH") or 0)
            if len(request.body) < announced:
                raise BadRequest("Only a part of the form arrived. Send it once more.")
        return get_response(request)

    return middleware
