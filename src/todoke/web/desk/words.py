"""Japanese words of the desk for codes of the audit: what was done, and to what kind of thing."""

from collections.abc import Mapping

OBJECT_KINDS: Mapping[str, str] = {
    "case": "申請",
    "application": "申請内容",
    "package": "申請データ",
    "staff": "職員",
    "organisation": "団体",
    "procedure": "手続",
    "channel": "受付経路",
    "link_generation": "番号紐付情報",
    "party": "申請の関係者",
    "message": "処理状況の連絡",
    "handover": "基幹への引渡し",
}

ACTIONS: Mapping[str, str] = {
    "organisation.registered": "団体を登録した",
    "procedure.assigned": "手続の担当を決めた",
    "staff.created": "職員を登録した",
    "staff.role_granted": "役割を与えた",
    "staff.deactivated": "利用を終了した",
    "staff.link_made": "サインイン用リンクを発行した",
    "staff.signed_in": "サインインした",
    "staff.signed_in_by_link": "リンクでサインインした",
    "staff.sign_in_refused": "サインインに失敗した",
    "staff.signed_out": "サインアウトした",
    "staff.password_set": "パスワードを変えた",
    "audit.seen": "監査証跡を見た",
    "channel.registered": "受付経路を登録した",
    "channel.made_due": "受信を急がせた",
    "channel.read": "受付経路から受信した",
    "package.received": "申請データを受信した",
    "package.accepted": "申請データを受理した",
    "package.quarantined": "申請データを隔離した",
    "package.pending": "申請データを確認待ちにした",
    "package.requeued": "再処理を指示した",
    "package.seen": "申請データの詳細を見た",
    "links.loaded": "番号紐付情報を取り込んだ",
    "links.refused": "番号紐付情報の取込みを中止した",
    "outbox.typed": "ポータルに手入力した",
    "case.seen": "申請の詳細を見た",
    "cases.searched": "申請を検索した",
    "attachment.downloaded": "添付ファイルを取り出した",
}
