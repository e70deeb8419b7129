"""Looks into attachments before anybody opens them: malware, active content, sanitised copies（添付の検査と無害化）.

In: the attachments that intake accepted. Out: per attachment whether and how the desk may open it.
"""
