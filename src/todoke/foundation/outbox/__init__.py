"""外へ出す仕事の台帳: effects outside, written in the business transaction; sent at least once, effective once."""
