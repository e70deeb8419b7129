"""偽のウイルス対策ソフト: a scanner that finds test signatures, and can stall, refuse, lie and grow old."""
