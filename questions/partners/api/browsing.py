"""What a partner's page shows without a receipt: topics, the service, the library; and the unknown address."""

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from questions.partners import listing
from questions.partners.api import caring, schema
from questions.partners.api.bases import answer, partner_of, read
from questions.partners.api.conditional import KeptView
from questions.partners.api.problems import KINDS, Problem
from questions.partners.api.serializers import AnswerOut, LibraryIn, LibraryOut, ServiceOut, TopicOut
from questions.publication import searching


class TopicsView(KeptView):
    """Every topic, under the partner's choice of labels."""

    @schema.described("List topics", ok={200: TopicOut(many=True)}, problems=schema.WITH_KEY, kept=True)
    def get(self, request: Request) -> Response:
        return answer(TopicOut, listing.topics(partner_of(request)), many=True)


class ServiceView(KeptView):
    """Opening hours, whether somebody is here now, the promise to a question asked now, and your own signposts."""

    @schema.described("See hours and promise", ok={200: ServiceOut}, problems=schema.WITH_KEY, kept=True)
    def get(self, request: Request) -> Response:
        return answer(ServiceOut, listing.service(partner_of(request), now=timezone.now()))


class LibraryView(KeptView):
    """Published answers, newest first; with words, the best match first."""

    required_scope = "publish"

    @schema.described(
        "Search the library",
        ok={200: LibraryOut},
        problems=(*schema.WITH_SCOPE, "invalid", "refused"),
        headers=[LibraryIn],
        kept=True,
    )
    def get(self, request: Request) -> Response:
        partner, asked = partner_of(request), read(LibraryIn, request.query_params.dict())
        words = asked.get("q", "")
        page = searching.find(words, topic=asked.get("topic"), cursor=asked.get("cursor", ""))
        safety = caring.while_searching(words, page, partner=partner, now=timezone.now())
        return answer(LibraryOut, listing.library(partner, page) | {"safety": safety})


class AnswerView(KeptView):
    """One published answer in full."""

    required_scope = "publish"

    @schema.described(
        "Read an answer",
        ok={200: AnswerOut},
        problems=(*schema.WITH_SCOPE, "not-found", "withdrawn"),
        headers=[schema.SLUG],
        kept=True,
    )
    def get(self, request: Request, slug: str) -> Response:
        found = listing.answer(partner_of(request), slug=slug)
        if found is not None:
            return answer(AnswerOut, found)
        slug_of_problem = "withdrawn" if listing.was_withdrawn(slug) else "not-found"
        raise Problem(slug_of_problem, KINDS[slug_of_problem].remedy)


@extend_schema(exclude=True)
class NowhereView(APIView):
    """Every address of the API that nothing answers."""

    authentication_classes = ()
    permission_classes = ()
    http_method_names = ["get", "head", "post", "put", "patch", "delete", "options"]

    def initial(self, request: Request, *args: object, **kwargs: object) -> None:
        raise Problem("not-found", KINDS["not-found"].remedy)
