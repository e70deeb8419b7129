"""The URL table: every page hangs below a namespace whose rights file names what it asks for."""

from django.urls import include, path

urlpatterns = [path("board/", include("todoke.web.board.urls")), path("", include("todoke.web.desk.urls"))]

handler400 = "todoke.web.shared.refusals.bad_request"
handler403 = "todoke.web.shared.refusals.forbidden"
handler404 = "todoke.web.shared.refusals.not_found"
handler500 = "todoke.web.shared.refusals.server_error"
