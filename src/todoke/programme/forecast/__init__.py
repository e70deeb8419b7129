"""A plan with its reports in; dates, load, chances and their reasons out（工程計算: 見通し、負荷平準）."""
