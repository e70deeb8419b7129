"""The addresses of the desk. Each name stands in rights.py, or the page opens for nobody."""

from django.urls import path

from .pages import acts, approvals, audit, cases, entrance, home, intake, linkage, packages, staff, system

app_name = "desk"
urlpatterns = [
    path("", home.home, name="home"),
    path("first-steps/", home.first_steps, name="first-steps"),
    path("sign-in/", entrance.sign_in_page, name="sign-in"),
    path("sign-in/<str:token>/", entrance.sign_in_link, name="sign-in-link"),
    path("setup/<str:token>/", entrance.set_up, name="set-up"),
    path("sign-out/", entrance.sign_out, name="sign-out"),
    path("password/", entrance.password, name="password"),
    path("cases/", cases.worklist, name="cases"),
    path("cases/<uuid:uuid>/", cases.case, name="case"),
    path("cases/<uuid:uuid>/attachments/<int:attachment_id>/", cases.attachment, name="attachment"),
    path("cases/<uuid:uuid>/move/", acts.move_case, name="move-case"),
    path("cases/<uuid:uuid>/parties/<int:party_id>/", acts.decide_party, name="decide-party"),
    path("cases/<uuid:uuid>/release/", acts.release_hold, name="release-hold"),
    path("cases/<uuid:uuid>/again/", acts.hand_over_again, name="hand-over-again"),
    path("cases/<uuid:uuid>/substitute/", acts.choose_substitute, name="choose-substitute"),
    path("statuses/", linkage.statuses, name="statuses"),
    path("statuses/<int:message_id>/typed/", linkage.status_typed, name="status-typed"),
    path("reconcile/", linkage.reconcile, name="reconcile"),
    path("import/", intake.import_packages, name="import"),
    path("links/", intake.links, name="links"),
    path("channels/", intake.channels, name="channels"),
    path("pending/", packages.pending, name="pending"),
    path("quarantine/", packages.quarantine, name="quarantine"),
    path("packages/<uuid:uuid>/", packages.quarantined, name="quarantined"),
    path("packages/<uuid:uuid>/reprocess/", packages.reprocess, name="reprocess"),
    path("staff/", staff.staff, name="staff"),
    path("staff/new/", staff.new_staff, name="new-staff"),
    path("staff/<int:staff_id>/link/", staff.staff_link, name="staff-link"),
    path("staff/<int:staff_id>/end/", staff.end_staff, name="end-staff"),
    path("staff/<int:staff_id>/alone/", approvals.allow_alone, name="allow-alone"),
    path("staff/<int:staff_id>/alone/end/", approvals.end_alone, name="end-alone"),
    path("approvals/", approvals.waiting, name="approvals"),
    path("system/", system.system, name="system"),
    path("system/<str:kind>/<int:row>/again/", system.unpark, name="unpark"),
    path("audit/", audit.audit, name="audit"),
    path("audit/<str:kind>/<str:object_id>/", audit.audit_of, name="audit-of"),
]
