"""Dated, signed one-way files in and out, between lines, bodies and deployments（署名付きファイルによる受け渡し）."""
