"""Signed snapshots of towns in; comparable aggregates, questions and answers out（提出・照会・集計・支援台帳）."""
