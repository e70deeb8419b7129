"""日報: the state of all stages in; one sheet of counts each working morning out. No personal data."""
