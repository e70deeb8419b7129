"""What may go wrong with backups: each with a code that the nightly check shows, and what to do next."""

from typing import ClassVar

from todoke.foundation.errors import TodokeError


class RecipientMissing(TodokeError):
    """There is no usable public key to encrypt for."""

    code: ClassVar[str] = "BKP-101"
    sentence: ClassVar[str] = (
        "控えの宛先の公開鍵（{where}）がないか、正しくありません。"
        "`todoke backup keygen` で作り、公開鍵だけをこの機械に置いてください。"
    )


class PieceMissing(TodokeError):
    """A file that the manifest names is not there."""

    code: ClassVar[str] = "BKP-102"
    sentence: ClassVar[str] = (
        "控えのファイル（{where}）がありません。別の控えを使い、いま新しい控えを取ってください。"
    )


class PieceDamaged(TodokeError):
    """A file has another size or hash than when it was written: cut off, or bits have turned."""

    code: ClassVar[str] = "BKP-103"
    sentence: ClassVar[str] = (
        "控えのファイル（{where}）が壊れています。媒体を確かめ、別の控えを使い、いま新しい控えを取ってください。"
    )


class ManifestDamaged(TodokeError):
    """The list of a set cannot be read, or is not what was signed."""

    code: ClassVar[str] = "BKP-104"
    sentence: ClassVar[str] = (
        "控えの目録（{where}）が壊れているか、署名が合いません。この控えを使わず、別の控えを使ってください。"
    )


class WrongKey(TodokeError):
    """The private key does not open this set."""

    code: ClassVar[str] = "BKP-105"
    sentence: ClassVar[str] = (
        "この秘密鍵では控えを開けません（{where}）。控えを取ったときの宛先の秘密鍵を使ってください。"
    )


class NotEmpty(TodokeError):
    """A restore would meet what is there already."""

    code: ClassVar[str] = "BKP-106"
    sentence: ClassVar[str] = (
        "復元先が空ではありません（{where}）。空のデータベースと空の TODOKE_VAR に復元してください。"
    )


class DatabaseDamaged(TodokeError):
    """The copy of the database does not pass its own check."""

    code: ClassVar[str] = "BKP-107"
    sentence: ClassVar[str] = (
        "データベースの検査に通りません（{where}）。控えを作りませんでした。運用を止めて原因を調べてください。"
    )


class RowsMissing(TodokeError):
    """Rows are hidden from the role, or their number is not what it must be."""

    code: ClassVar[str] = "BKP-108"
    sentence: ClassVar[str] = (
        "表（{where}）のすべての行を写せません。行が隠されているか、件数が合いません。接続のロールと行の境を確かめてください。"
    )


class VersionUnknown(TodokeError):
    """The set was taken by a version that this one does not know."""

    code: ClassVar[str] = "BKP-109"
    sentence: ClassVar[str] = (
        "この控えは別の版の届で取られています（{where}）。同じ版か、それより新しい版で復元してください。"
    )


class OtherDatabase(TodokeError):
    """A set of one database product cannot be restored into another."""

    code: ClassVar[str] = "BKP-110"
    sentence: ClassVar[str] = (
        "この控えは {where} のものです。TODOKE_DATABASE_URL を同じ種類のデータベースにしてください。"
    )


class BytesMissing(TodokeError):
    """A row refers to bytes that are not in the vault or not in the set."""

    code: ClassVar[str] = "BKP-111"
    sentence: ClassVar[str] = (
        "データベースの行が指す原本のバイト（{where}）がありません。保管庫を確かめ、前の控えから戻してください。"
    )


class KeysMissing(TodokeError):
    """Without the keys nothing in the vault can be read."""

    code: ClassVar[str] = "BKP-112"
    sentence: ClassVar[str] = (
        "原本の鍵（{where}）がありません。鍵の控えを --keys で渡すか、keys/ を先に戻してください。"
    )


class NoRoom(TodokeError):
    """The place for backups, or the working folder, cannot be written."""

    code: ClassVar[str] = "BKP-113"
    sentence: ClassVar[str] = (
        "控えを書き込めません（{where}）。場所の空きと書き込み権を確かめ、もう一度取ってください。前の控えはそのままです。"
    )


class AnotherRuns(TodokeError):
    """Another command works on the same place."""

    code: ClassVar[str] = "BKP-114"
    sentence: ClassVar[str] = "ほかの控えの処理が動いています。終わってから、もう一度実行してください。"


class NotReconciled(TodokeError):
    """Sending may not begin again before the core's ledger was fetched and looked at since the restore."""

    code: ClassVar[str] = "BKP-115"
    sentence: ClassVar[str] = (
        "復元のあと、{where} の台帳をまだ突き合わせていません。台帳を取り寄せて確かめてから再開してください。"
    )


class ReasonMissing(TodokeError):
    """The ledgers do not agree, and nobody has said why sending begins again all the same."""

    code: ClassVar[str] = "BKP-116"
    sentence: ClassVar[str] = "台帳が一致していません。食い違いを確かめ、再開する理由を書いてください。"


class SetUnknown(TodokeError):
    """There is no such set, or none at all."""

    code: ClassVar[str] = "BKP-117"
    sentence: ClassVar[str] = "控え（{where}）がありません。`todoke backup list` で名前を確かめてください。"


class OwnerNeeded(TodokeError):
    """The rows can be written back by the owner of the tables only."""

    code: ClassVar[str] = "BKP-118"
    sentence: ClassVar[str] = (
        "表の所有者として接続できません（{where}）。TODOKE_DATABASE_OWNER_URL に所有者のロールを指定してください。"
    )


class PlaceMissing(TodokeError):
    """Nobody has said where backups go."""

    code: ClassVar[str] = "BKP-119"
    sentence: ClassVar[str] = (
        "控えの置き場所が決まっていません。TODOKE_BACKUP_DIR に別の媒体の場所を指定してください。"
    )


class GroupUnknown(TodokeError):
    """The set holds a group of bodies for which this installation has no database, or not the one asked for."""

    code: ClassVar[str] = "BKP-120"
    sentence: ClassVar[str] = (
        "団体の組（{where}）のデータベースがありません。TODOKE_DATABASE_GROUPS_FILE を、控えを取ったときと同じ組にしてください。"
    )


class RestoreUnfinished(TodokeError):
    """A restore was begun here and has not come to its end."""

    code: ClassVar[str] = "BKP-121"
    sentence: ClassVar[str] = (
        "復元（{where}）が途中です。同じ控えで `todoke restore` をもう一度実行し、終わってから動かしてください。"
    )


class NoVersions(TodokeError):
    """The set was to rely on the versions that the bucket keeps, and it keeps none."""

    code: ClassVar[str] = "BKP-122"
    sentence: ClassVar[str] = (
        "バケット（{where}）は版を保持していません。版の保持（versioning）を有効にするか、"
        "TODOKE_BACKUP_OBJECTS=copy にしてください。"
    )


class BucketMissing(TodokeError):
    """The set holds objects, and this installation has no bucket to put them into."""

    code: ClassVar[str] = "BKP-123"
    sentence: ClassVar[str] = (
        "この控え（{where}）には S3互換の保管の原本があります。TODOKE_S3_BUCKET などの設定をしてから復元してください。"
    )


class BodyIsMoving(TodokeError):
    """A body is on its way from one database to another: a set would hold it twice or not at all."""

    code: ClassVar[str] = "BKP-124"
    sentence: ClassVar[str] = (
        "団体（{where}）を別のデータベースへ移している途中です。終えるか取り消してから、控えを取ってください。"
    )
