"""連携サーバ: packages come from a portal, a watched folder or a person's hand; stored originals go out, in order."""
