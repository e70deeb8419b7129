"""担当課の窓口画面: a signed-in member of staff in; lists, details, decisions and downloads out."""
