"""監査証跡: who did or saw what, written in the business transaction, chained and sealed within a minute."""
