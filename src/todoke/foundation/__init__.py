"""共通基盤: what every line of work stands on — the fence between bodies, accounts, audit, vault, outbox."""
