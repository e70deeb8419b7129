"""手続カタログ: the 31 手続, 転出届, 転入予約 and a body's own, and which section of a body answers for each."""
