"""In and out: log-in, log-out, changing merchant."""

from typing import Any

from django.contrib import messages
from django.contrib.auth import views as auth
from django.contrib.auth.forms import AuthenticationForm
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST
from django.views.i18n import set_language

from shipsmart.dashboard import throttle
from shipsmart.dashboard.access import SESSION_KEY, require_member, sealed

__all__ = ["ChangePassword", "Login", "Logout", "set_language", "switch_merchant"]


class Login(auth.LoginView):
    """Django's own log-in with our page and a limit on failures."""

    template_name = "registration/login.html"
    redirect_authenticated_user = True

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return sealed(super().dispatch(request, *args, **kwargs))

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        wait = throttle.minutes_to_wait(*self._who())
        if wait:
            return self._refuse(wait)
        return super().post(request, *args, **kwargs)

    def form_valid(self, form: AuthenticationForm) -> HttpResponseRedirect:
        throttle.forget(*self._who())
        return super().form_valid(form)

    def form_invalid(self, form: AuthenticationForm) -> HttpResponse:
        throttle.note_failure(*self._who())
        response = super().form_invalid(form)
        response.status_code = 422
        return response

    def _who(self) -> tuple[str, str]:
        return self.request.POST.get("username", ""), throttle.client_address(self.request)

    def _refuse(self, minutes: int) -> HttpResponse:
        message = ngettext(
            "Too many failed attempts. Try again in %(minutes)d minute.",
            "Too many failed attempts. Try again in %(minutes)d minutes.",
            minutes,
        ) % {"minutes": minutes}
        form = AuthenticationForm(self.request)
        context = self.get_context_data(form=form, refused=message)
        response = self.render_to_response(context, status=429)
        response["Retry-After"] = str(minutes * 60)
        return response


class Logout(auth.LogoutView):
    def get_default_redirect_url(self) -> str:
        return reverse("dashboard:login")


class ChangePassword(auth.PasswordChangeView):
    template_name = "registration/password_change.html"

    def get_success_url(self) -> str:
        return reverse("dashboard:home")

    def form_valid(self, form: Any) -> HttpResponse:
        messages.success(self.request, _("Your password is changed."))
        return super().form_valid(form)


@require_POST
@require_member
def switch_merchant(request: Any) -> HttpResponse:
    """Work for another merchant the user belongs to."""
    wanted = request.POST.get("merchant", "")
    found = next((member for member in request.memberships if str(member.merchant_id) == wanted), None)
    if found is None:
        raise Http404
    request.session[SESSION_KEY] = found.merchant_id
    return redirect("dashboard:home")
