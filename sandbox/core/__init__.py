"""偽の基幹システム: takes 一括取込 files, de-duplicates by row key, answers with receipts, and errs on demand."""
