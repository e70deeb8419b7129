"""Reports and evidence in; every figure of progress, derived from them, out（進捗報告・根拠・指標）."""
