"""The walls that stand in the database itself: row-level security, append-only tables, the application role's grants.

Every migration that adds tables ends with `RaiseWalls(app_label)`. On PostgreSQL each table of a body gets a policy
that is forced on its owner too, so that a connection that forgot its scope sees nothing and can insert nothing;
on both databases the audit refuses UPDATE and DELETE. A test compares the walls with the models.
"""

from django.conf import settings
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState
from django.db.models import Model

UNFENCED = frozenset(
    {
        "foundation.BodyMove", "foundation.OneTimeLink", "foundation.Organisation", "foundation.SignInName",
        "foundation.SignInTries",
    }
)  # fmt: skip
APPEND_ONLY = frozenset(
    {
        "foundation.AuditEntry", "foundation.AuditLink", "foundation.AuditSeal",
        "casework.RevocationChoiceRow", "programme.EditionRow",
        "programme.AdoptionRow", "programme.AssessmentRow", "programme.PlanChangeRow", "programme.PlanEvidenceRow",
        "programme.PlanSnapshotRow", "programme.StatementRow", "programme.ReportRow", "programme.IndicatorValueRow",
        "programme.CloseRow", "programme.ForwardRuleRow", "programme.CaseDayRow", "programme.PaperCountRow",
    }
)  # fmt: skip
_POLICY = "organisation_id = NULLIF(current_setting('todoke.organisation', true), '')::varchar"


def is_fenced(model: type[Model]) -> bool:
    """Whether a table's rows belong to one body each."""
    fields = {field.name for field in model._meta.get_fields()}
    return "organisation" in fields and model._meta.label not in UNFENCED


class RaiseWalls(Operation):
    """Raise the walls of one app's tables; raising them twice changes nothing."""

    reversible = True

    def __init__(self, app_label: str) -> None:
        """For the tables of this app as they stand at this point of the migrations."""
        self.label = app_label

    def deconstruct(self) -> tuple[str, list[str], dict[str, object]]:
        """As a migration file writes it."""
        return (self.__class__.__qualname__, [self.label], {})

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        """The models do not change."""

    def database_forwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,
        to_state: ProjectState,
    ) -> None:
        """Write policies, triggers and grants."""
        models = [model for model in to_state.apps.get_models() if model._meta.app_label == self.label]
        for model in models:
            if schema_editor.connection.vendor == "postgresql" and is_fenced(model):
                _fence_table(schema_editor, model._meta.db_table)
            if model._meta.label in APPEND_ONLY:
                _make_append_only(schema_editor, model._meta.db_table)
        if schema_editor.connection.vendor == "postgresql":
            _grant(schema_editor, list(to_state.apps.get_models()))

    def database_backwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,
        to_state: ProjectState,
    ) -> None:
        """The walls fall with their tables."""

    def describe(self) -> str:
        """As `migrate` prints it."""
        return f"Raise the walls of {self.label}"


def _fence_table(editor: BaseDatabaseSchemaEditor, table: str) -> None:
    editor.execute(f'ALTER TABLE "{table}" ENABLE ROW LEVEL SECURITY')
    editor.execute(f'ALTER TABLE "{table}" FORCE ROW LEVEL SECURITY')
    editor.execute(f'DROP POLICY IF EXISTS own_rows ON "{table}"')
    editor.execute(f'CREATE POLICY own_rows ON "{table}" USING ({_POLICY}) WITH CHECK ({_POLICY})')


def _make_append_only(editor: BaseDatabaseSchemaEditor, table: str) -> None:
    if editor.connection.vendor == "sqlite":
        for verb in ("UPDATE", "DELETE"):
            editor.execute(
                f'CREATE TRIGGER IF NOT EXISTS "{table}_no_{verb.lower()}" BEFORE {verb} ON "{table}" '
                "BEGIN SELECT RAISE(ABORT, 'append-only'); END"
            )
        return
    editor.execute(
        "CREATE OR REPLACE FUNCTION todoke_append_only() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION 'append-only'; END $$"
    )
    for verb, per in (("UPDATE", "ROW"), ("DELETE", "ROW"), ("TRUNCATE", "STATEMENT")):
        name = f"{table}_no_{verb.lower()}"
        editor.execute(f'DROP TRIGGER IF EXISTS "{name}" ON "{table}"')
        editor.execute(
            f'CREATE TRIGGER "{name}" BEFORE {verb} ON "{table}" '
            f"FOR EACH {per} EXECUTE FUNCTION todoke_append_only()"
        )


def _grant(editor: BaseDatabaseSchemaEditor, models: list[type[Model]]) -> None:
    """Let the application role read and write rows, but neither change the audit nor own anything."""
    role = settings.TODOKE_APPLICATION_ROLE
    with editor.connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s AND rolname <> current_user", [role])
        if cursor.fetchone() is None:
            return
    name = editor.connection.ops.quote_name(role)
    editor.execute(f"GRANT USAGE ON SCHEMA public TO {name}")
    editor.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {name}")
    editor.execute(f"GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {name}")
    for model in models:
        if model._meta.label in APPEND_ONLY:
            editor.execute(f'REVOKE UPDATE, DELETE, TRUNCATE ON "{model._meta.db_table}" FROM {name}')
