"""All URLs of the project: the product, sign-in, the administrators' site."""

from allauth.account.decorators import secure_admin_login
from django.conf import settings
from django.contrib import admin
from django.urls import include, path
from django.views.generic import TemplateView

admin.autodiscover()
# The administrators' site uses the same sign-in as everybody, with the same limits of failed attempts.
admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]

# Without a mail server, the page of allauth would promise an e-mail that never arrives.
without_email = [
    path("accounts/password/reset/", TemplateView.as_view(template_name="account/password_reset_closed.html"))
]

urlpatterns = [
    *([] if settings.CAN_SEND_EMAIL else without_email),
    path("accounts/", include("allauth.account.urls")),
    path("admin/", admin.site.urls),
    path("i18n/", include("django.conf.urls.i18n")),
    path("", include("transfers.urls")),
]

handler500 = "transfers.views.unavailable.server_error"
