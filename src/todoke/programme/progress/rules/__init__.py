"""Decisions about progress; pure. `standing` from reports, `figures` from standings, `workbook` rows, `indicators`."""
