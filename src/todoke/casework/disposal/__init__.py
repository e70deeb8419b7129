"""保存と廃棄: what has been kept long enough comes in; what two persons let go of is unreadable, with a certificate."""
