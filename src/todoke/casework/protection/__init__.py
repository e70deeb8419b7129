"""支援措置対象者: whom an offender must not find — numbers with their time come in; whom to hide goes out.

Who is on the list is hidden from the moment it is written, and shown again only after the last day has passed: when
in doubt, hidden（住民基本台帳事務における支援措置, 住民基本台帳事務処理要領 第5-10）.
"""
