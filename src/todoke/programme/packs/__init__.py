"""Guidelines as data: editions in, their nodes, links and what became of each item out（手順書・計画の版をデータとして持つ）."""
