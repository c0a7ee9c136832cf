"""How patterns read a text: lower case, simplified characters, one kind of apostrophe; every offset stays."""

_TRADITIONAL = (
    "亂來個倫側傷兒內兩別剛剝劇動區啞喚喪單嗆嘔噁噴嚕嚥嚨嚴堅塊壓夾婦孫學寶導島幣幾廁張強彎後從悶惡憂應懷慘撐擊擋擴攣斷時暈曬會東樂樓標"
    "機歲殘殺毆氣沒洩減滿潔潰煩熱燒燙爛爾現產瘡療癇癢癱癲發盤盪睜睪禍穩窩節簾糞紅紙級紺組結絞經維綠綿緊線織繼義聲聽脅脈脹腎腦腫腳膚膽"
    "膿臉臍臟臥舉華著蒼蓋藍藥蘋處蝦蟲術衛複褻見視覺記認語誤說講識譫護變費車軟輕轉辦農過遲遺還邊針鈕錠鎖鐘鐵長門閃閉開間關陰陽隻雙難電"
    "靜頸頻頭顆顎願顛顫風飛餓馬驗驟體髖鬱鮮鳴鹽麼黃點齒無嬰運連適邁乾痠週脣爺樣這給請問醫診號讓嗎進遠達溫濕條種狀塞淚勁壞場報嘗話書痙脫蕁尋"
)
_SIMPLIFIED = (
    "乱来个伦侧伤儿内两别刚剥剧动区哑唤丧单呛呕恶喷噜咽咙严坚块压夹妇孙学宝导岛币几厕张强弯后从闷恶忧应怀惨撑击挡扩挛断时晕晒会东乐楼标"
    "机岁残杀殴气没泄减满洁溃烦热烧烫烂尔现产疮疗痫痒瘫癫发盘荡睁睾祸稳窝节帘粪红纸级绀组结绞经维绿绵紧线织继义声听胁脉胀肾脑肿脚肤胆"
    "脓脸脐脏卧举华着苍盖蓝药苹处虾虫术卫复亵见视觉记认语误说讲识谵护变费车软轻转办农过迟遗还边针钮锭锁钟铁长门闪闭开间关阴阳只双难电"
    "静颈频头颗颚愿颠颤风飞饿马验骤体髋郁鲜鸣盐么黄点齿无婴运连适迈干酸周唇爷样这给请问医诊号让吗进远达温湿条种状塞泪劲坏场报尝话书痉脱荨寻"
)
_FOLD = str.maketrans(
    _TRADITIONAL + "’‘`´“”，？！：；（）０１２３４５６７８９．％、",
    _SIMPLIFIED + "''''\"\"，？！：；（）0123456789.%、",
)


def fold(text: str) -> str:
    """``text`` as the patterns read it: lower case, simplified characters, one apostrophe; length kept."""
    folded = text.lower()
    return (
        folded if len(folded) == len(text) else "".join(c.lower() if len(c.lower()) == 1 else c for c in text)
    ).translate(_FOLD)
