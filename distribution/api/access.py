"""Who asks the staff API, and whether their role shows what they ask for."""

from typing import Any

from django.conf import settings
from django.http import Http404
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework.authentication import BaseAuthentication
from rest_framework.authentication import SessionAuthentication as DjangoSession
from rest_framework.exceptions import AuthenticationFailed, PermissionDenied, Throttled
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

from leads.api.caller import LONGEST_KEY, WRONG_KEYS_BURST, WRONG_KEYS_PER_SECOND, address_of
from leads.api.rate import limiter
from leads.clock import database_now
from leads.services.keys import PREFIX as KEY_PREFIX
from leads.services.tokens import PREFIX, token_holder

WRONG = "The token is missing, unknown, revoked or expired. Send it as the header `Authorization: Bearer <personal token>`."
A_KEY = "This is a campaign's key: it posts leads and reads its own. Staff ask with a personal token of their own."


class TokenAuthentication(BaseAuthentication):
    """`Authorization: Bearer sw_user_...`, looked up each time. Keys of campaigns open nothing here."""

    def authenticate(self, request: Request) -> tuple[Any, None] | None:
        scheme, _, plain = request.headers.get("Authorization", "").partition(" ")
        if not scheme:
            return None
        user = None
        if scheme.lower() == "bearer" and plain.startswith(PREFIX) and len(plain) <= LONGEST_KEY:
            user = token_holder(plain=plain, now=database_now())
        if user is None:
            wrong = limiter().wait_seconds(f"wrong:{address_of(request)}", per_second=WRONG_KEYS_PER_SECOND, burst=WRONG_KEYS_BURST)
            if wrong:
                raise Throttled(wrong)
            raise AuthenticationFailed(A_KEY if plain.startswith(KEY_PREFIX) else WRONG, code="bad_token")
        return user, None

    def authenticate_header(self, request: Request) -> str:
        return "Bearer"


class SessionAuthentication(DjangoSession):
    """Whoever is signed in to the pages. Strangers get 401, as without a token."""

    def authenticate_header(self, request: Request) -> str:
        return "Bearer"

    def enforce_csrf(self, request: Request) -> None:
        try:
            super().enforce_csrf(request)
        except PermissionDenied as error:
            raise PermissionDenied(code="csrf_failed") from error


class TokenInSchema(OpenApiAuthenticationExtension):
    target_class = TokenAuthentication
    name = "personalToken"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {
            "type": "http",
            "scheme": "bearer",
            "description": "A token of your own, `sw_user_...`, made on the page *Personal tokens*.",
        }


class SessionInSchema(OpenApiAuthenticationExtension):
    target_class = SessionAuthentication
    name = "session"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {"type": "apiKey", "in": "cookie", "name": settings.SESSION_COOKIE_NAME, "description": "Signed in to the pages."}


class RoleShows(BasePermission):
    """What a role does not show is as absent as on the pages: 404, like an address that does not exist."""

    def has_permission(self, request: Request, view: Any) -> bool:
        if not request.user.is_authenticated:
            return False
        if not request.user.has_perm(view.permission):
            raise Http404
        return True


class EveryPerson(BaseThrottle):
    """As many requests a second as a campaign's key may make, for each person."""

    wait_for = 0

    def allow_request(self, request: Request, view: Any) -> bool:
        if not request.user.is_authenticated:
            return True
        self.wait_for = limiter().wait_seconds(f"staff:{request.user.pk}", per_second=settings.INTAKE_RATE, burst=settings.INTAKE_BURST)
        return not self.wait_for

    def wait(self) -> float:
        return float(self.wait_for)
