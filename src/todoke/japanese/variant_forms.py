"""異体字: characters that are one in a name though they are written in two ways（髙＝高, 﨑＝崎, 邊＝辺）.

The table is small, of common knowledge（人名用漢字と常用漢字の新旧字体、戸籍統一文字でよく見る俗字）and not official. It
only explains a difference: it never makes two persons one, and it never replaces what was written. A town that has a
larger table（IPA の MJ縮退マップなどから作ったもの）gives it as a file of groups; both are used together.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from .names import search_key

# One group per word: the first character is the one that the others are folded to.
_COMMON = """
高髙 崎﨑嵜 浜濱濵 辺邊邉 斎齋斉齊 沢澤 島嶋嶌 桜櫻 広廣 国國 竜龍 滝瀧 関關 黒黑 徳德 恵惠 真眞
静靜 吉𠮷 土圡𡈽 橋𣘺 青靑 清淸 緒緖 栄榮 営營 蛍螢 労勞 学學 覚覺 挙擧 誉譽 与與 声聲 売賣 読讀
続續 歩步 渉涉 館舘 応應 桧檜 検檢 険險 剣劍劔 倹儉 円圓 塩鹽 奥奧 横橫 黄黃 温溫 会會 絵繪 梅楳
毎每 価價 楽樂 薬藥 巻卷 勲勳 薫薰 渓溪 鶏鷄 経經 軽輕 茎莖 径徑 県縣 顕顯 厳嚴 巌巖 勧勸 観觀
歓歡 権權 気氣 帰歸 亀龜 穂穗 芸藝 暁曉 焼燒 尭堯 峡峽 狭狹 侠俠 来來 麦麥 万萬 実實 寿壽 寛寬
将將 奨奬 状狀 壮壯 荘莊 装裝 蔵藏 冨富 峰峯 秋穐 松枩 曽曾 増增 柳栁桺 桑桒 柏栢 彦彥 産產
穣穰 譲讓 嬢孃 壌壤 醸釀 駅驛 択擇 釈釋 訳譯 為爲 弥彌 称稱 祢禰 尓爾 弁辨辯瓣 瀬瀨 頼賴 涙淚 芦蘆
炉爐 乗乘 剰剩 条條 従從 縦縱 渋澁 塁壘 摂攝 畳疊 処處 叙敍敘 証證 粋粹 酔醉 砕碎 雑雜 随隨 枢樞
数數 晋晉 慎愼 鎮鎭 専專 伝傳 転轉 団團 単單 弾彈 禅禪 戦戰 獣獸 巣巢 桟棧 浅淺 践踐 銭錢 残殘
双雙 総總 聡聰 体體 台臺 鉄鐵 昼晝 虫蟲 庁廳 聴聽 点點 灯燈 党黨 当當 稲稻 闘鬪 独獨 触觸 届屆
弐貳 悩惱 脳腦 廃廢 発發 髪髮 抜拔 蛮蠻 恋戀 変變 湾灣 払拂 仏佛 仮假 並竝 餅餠 宝寶寳 豊豐 満滿
黙默 野埜 薮藪 予豫 余餘 揺搖 遥遙 謡謠 覧覽 乱亂 両兩 猟獵 緑綠 録錄 隣鄰 齢齡 霊靈 歴歷 暦曆
錬鍊 郎郞 涌湧 槙槇 蝉蟬 鴎鷗 麺麵 篭籠 桝枡 砺礪 蛎蠣 祷禱 涛濤 凛凜 煕熙 昂昻 晃晄 頴穎
衛衞 覇霸 亘亙 即卽 既旣 厩廐 参參 囲圍 図圖 圧壓 姫姬 姉姊 宮宫 尚尙 帯帶 強强 恒恆 悦悅 携擕
教敎 杯盃 栖棲 園薗 籔藪 槗橋
"""


@dataclass(frozen=True, slots=True)
class VariantForms:
    """Groups of characters that are one character in a name, as a table to the first of each group."""

    table: Mapping[int, str]

    def folded(self, text: str) -> str:
        """The text with every known variant as the first of its group. A key; never what is shown or stored."""
        return text.translate(self.table)

    def differing(self, one: str, other: str) -> tuple[tuple[str, str], ...]:
        """The places of two equally long texts where the characters differ though they are one, in order."""
        return tuple(
            (left, right)
            for left, right in zip(one, other, strict=False)
            if left != right and self.folded(left) == self.folded(right)
        )


def forms_of(groups: Iterable[str]) -> VariantForms:
    """The table of these groups; a character stands in the first group that names it, and chains are followed."""
    first: dict[str, str] = {}
    for group in groups:
        characters = list(dict.fromkeys(_plain(group)))
        head = next((first[one] for one in characters if one in first), characters[0] if characters else "")
        for one in characters:
            first.setdefault(one, head)
    return VariantForms({ord(one): _end(first, one) for one in first if _end(first, one) != one})


def _plain(group: str) -> str:
    return "".join(one for one in search_key(group) if not one.isspace())


def _end(first: Mapping[str, str], one: str) -> str:
    seen = {one}
    while one in first and first[one] not in seen:
        one = first[one]
        seen.add(one)
    return one


COMMON = forms_of(_COMMON.split())


def with_groups(lines: Iterable[str]) -> VariantForms:
    """The common table with a town's own groups before it: one group per line, `#` begins a remark."""
    own = [line.split("#", 1)[0].strip() for line in lines]
    return forms_of([*(line for line in own if line), *_COMMON.split()])


def folded(text: str) -> str:
    """The text folded by the common table."""
    return COMMON.folded(text)
