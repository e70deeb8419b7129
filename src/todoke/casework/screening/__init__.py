"""Looks into attachments before anybody opens them: malware, active content, sanitised copies（添付の検査と無害化）."""
