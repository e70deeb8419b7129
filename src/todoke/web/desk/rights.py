"""Which right each page of the desk asks for. A URL that is not listed here opens for nobody."""

from collections.abc import Mapping

from todoke.foundation.accounts.values import Right, Viewer
from todoke.foundation.labels import Labelled
from todoke.web.board import rights as board


class Access(Labelled):
    """What a page asks for where it is not a right."""

    PUBLIC = "public", "だれでも"
    SIGNED_IN = "signed_in", "サインインした職員"
    NOBODY = "nobody", "未設定（だれにも開かない）"


RIGHT_OF: Mapping[str, Right | Access] = {
    "sign-in": Access.PUBLIC,
    "sign-in-link": Access.PUBLIC,
    "set-up": Access.PUBLIC,
    "second-step": Access.PUBLIC,
    "sign-out": Access.SIGNED_IN,
    "password": Access.SIGNED_IN,
    "account": Access.SIGNED_IN,
    "set-up-second-step": Access.SIGNED_IN,
    "recovery-codes": Access.SIGNED_IN,
    "end-session": Access.SIGNED_IN,
    "prove-again": Access.SIGNED_IN,
    "home": Access.SIGNED_IN,
    "first-steps": Access.SIGNED_IN,
    "approvals": Access.SIGNED_IN,
    "cases": Right.VIEW_CASES,
    "case": Right.VIEW_CASES,
    "evidence": Right.VIEW_CASES,
    "evidence-bundle": Right.REVEAL_NUMBERS,  # it holds the certificate, serial and all
    "attachment": Right.VIEW_CASES,
    "attachment-open": Right.VIEW_CASES,
    "attachment-copy": Right.VIEW_CASES,
    "attachment-numbers": Right.MOVE_CASES,
    "attachment-release": Right.RELEASE_ATTACHMENTS,
    "attachment-scan": Right.RELEASE_ATTACHMENTS,
    "sealed-attachments": Right.VIEW_CASES,
    "export-cases": Right.VIEW_CASES,
    "ask-export": Right.VIEW_CASES,
    "export-request": Right.VIEW_CASES,
    "agree-export": Right.VIEW_CASES,  # the second person agrees by a right of its own, who asked takes back
    "take-export": Right.VIEW_CASES,
    "returns": Right.VIEW_CASES,
    "move-case": Right.MOVE_CASES,
    "return-case": Right.MOVE_CASES,
    "decide-party": Right.DECIDE_IDENTITY,
    "confirm-party": Right.DECIDE_IDENTITY,
    "drop-party": Right.DECIDE_IDENTITY,
    "release-hold": Right.MOVE_CASES,
    "answer-withdrawal": Right.MOVE_CASES,
    "hand-over-again": Right.MOVE_CASES,
    "choose-substitute": Right.MOVE_CASES,
    "statuses": Right.TYPE_STATUSES,
    "status-typed": Right.TYPE_STATUSES,
    "import": Right.IMPORT_PACKAGES,
    "pending": Right.VIEW_QUARANTINE,
    "quarantine": Right.VIEW_QUARANTINE,
    "quarantined": Right.VIEW_QUARANTINE,
    "package-evidence": Right.VIEW_QUARANTINE,
    "reprocess": Right.RELEASE_QUARANTINE,
    "reconcile": Right.RECONCILE,
    "accept-ledger": Right.RECONCILE,
    "accept-theirs": Right.RECONCILE,
    "resume-after-restore": Right.RECONCILE,
    "resume-notices": Right.RECONCILE,
    "links": Right.LOAD_LINKS,
    "residents": Right.LOAD_LINKS,
    "reveal-numbers": Right.REVEAL_NUMBERS,
    "protected": Right.REGISTER_PROTECTED,
    "load-protected": Right.REGISTER_PROTECTED,
    "end-protected": Right.REGISTER_PROTECTED,
    "disposal": Right.VIEW_DISPOSAL,
    "disposal-rule": Right.VIEW_DISPOSAL,
    "propose-disposal": Right.DISPOSE,
    "disposal-run": Right.VIEW_DISPOSAL,
    "confirm-disposal": Right.APPROVE_DISPOSAL,
    "drop-disposal": Right.VIEW_DISPOSAL,  # the maker takes back, the approver sends back
    "resume-disposal": Right.APPROVE_DISPOSAL,
    "disposal-certificate": Right.VIEW_DISPOSAL,
    "disposal-certificate-file": Right.VIEW_DISPOSAL,
    "place-hold": Right.HOLD_DISPOSAL,
    "lift-hold": Right.HOLD_DISPOSAL,
    "channels": Right.MANAGE_SYSTEM,
    "procedures": Right.MANAGE_SYSTEM,
    "staff": Right.MANAGE_STAFF,
    "new-staff": Right.MANAGE_STAFF,
    "staff-member": Right.MANAGE_STAFF,
    "leaving-staff": Right.MANAGE_STAFF,
    "set-last-day": Right.MANAGE_STAFF,
    "give-role": Right.MANAGE_STAFF,
    "end-role": Right.MANAGE_STAFF,
    "reset-second-step": Right.MANAGE_STAFF,
    "end-sessions": Right.MANAGE_STAFF,
    "staff-link": Right.MANAGE_STAFF,
    "end-staff": Right.MANAGE_STAFF,
    "allow-alone": Right.MANAGE_STAFF,
    "end-alone": Right.MANAGE_STAFF,
    "daily": Right.VIEW_DAILY_REPORT,
    "audit": Right.VIEW_AUDIT,
    "audit-of": Right.VIEW_AUDIT,
    "system": Right.VIEW_SYSTEM,
    "operations": Right.VIEW_SYSTEM,
    "trust": Right.VIEW_SYSTEM,
    "choose-checker": Right.CHOOSE_CHECKERS,
    "unpark": Right.MANAGE_SYSTEM,
    "survey": Access.PUBLIC,  # answered by a one-time code, without a name
    **board.RIGHT_OF,
}

# Acts before which whoever sits here proves it anew（ASVS 7.5.3）: asked when the form is sent, nothing typed is lost.
ASKS_AGAIN = frozenset(
    {
        "reveal-numbers", "evidence-bundle", "attachment-release", "propose-disposal", "confirm-disposal",
        "resume-disposal", "new-staff", "staff-link", "end-staff", "allow-alone", "set-last-day", "give-role",
        "end-role", "reset-second-step", "recovery-codes", "agree-export", "take-export", "accept-theirs",
    }
)  # fmt: skip
ASKS_AGAIN_TO_READ = frozenset({"evidence-bundle", "export-cases"})  # a file leaves by a link
BEFORE_SECOND_STEP = frozenset({"set-up-second-step", "password", "sign-out"})

OPENS_SCOPES_ITSELF = frozenset(
    {"import", "links", "residents", "reconcile", "accept-ledger", "accept-theirs"}
)  # when they take files or call out: ScopeMiddleware


def need_of(name: str | None) -> Right | Access:
    """What the page of a URL name asks for."""
    return RIGHT_OF.get(name or "", Access.NOBODY)


def is_met(need: Right | Access, viewer: Viewer) -> bool:
    """Whether a signed-in person may open a page that asks for this."""
    if isinstance(need, Right):
        return viewer.may(need)
    return need is not Access.NOBODY
