"""原本保管: bytes in; an encrypted, durable blob with a reference out. Nothing is overwritten."""
