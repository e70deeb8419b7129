"""本人特定の入口ではなく申請者の特定（②→③-3）: certificate serials and stated numbers in; 宛名番号 per party out.

This finds which resident an application is about. It is no 本人確認: that was the portal's and the signature's work.
"""
