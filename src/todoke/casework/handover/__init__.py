"""基幹連携: opened cases in; rows of batch files that the core system took once each, with its receipts, out."""
