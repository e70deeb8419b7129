"""申請者への連絡: events of cases that have to be told in; a status at the portal, or one to type there, out.

What is told is the 処理状況. It is no 処分通知: a decision reaches the applicant by its own formal way.
"""
