"""Word lists that the name recogniser goes by. Not registers: a rare name without a cue is missed."""

from functools import cache
from pathlib import Path


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# Capitalised words that stand where a name could and are none.
NOT_A_NAME = _words(
    """
    regards sincerely cheers signed love hey a about adhd after age aged aids all als also although american
    an anaemic and anemic any anyone
    approximately april arab are around as asian ask asthmatic at august australian autistic baby back because
    been before being best bipolar black blood bmi board both boy bp brazilian british brother but by can
    canadian caucasian chest child chinese christian christmas clinic copd covid ct currently dear december
    despite diabetic did do doc doctor doctors does dr due during dutch each easter ecg ed ekg english er
    european even ever every everybody everyone father february female filipino first folks following for forum
    french friday friend friends from ft further gender generally gentlemen gerd german girl given god good gp
    greek had has have he head heart hello her here hi high him his hispanic hiv hope hoping hospital how
    however hpv i ibs icu if in indian irish is it italian iud ivf january japanese jesus jewish july june just
    kind kindly korean ladies last latino look looking low madam male many march may members mexican miss monday
    most mother mr mri mrs ms much muslim my need negative never new no not nothing november now nurse october
    of ok old on once one only or other our over pain patient patients pcos per please positive pregnant problem
    problems prof professor question recently regarding russian same saturday scottish september several severe
    she should since sir sirs sister so some spanish std still subject such sudden sunday support symptoms take
    taking tb team thai than thank thanks that the their then there these they this through thursday to today
    tuesday type uk under until up us usa usually uti vegan vegetarian very warm was we wednesday weight welsh
    what when where which while who why will with without woman would yes yesterday you young your yours
    """
)

# Common given names: enough to read "Leo 7 yrs" or "Grace Miller" without a cue; not a register of names.
GIVEN = _words(
    """
    aaron abby abdul abigail adam adrian agnieszka ahmad ahmed aisha akiko akosua alan albert alejandro
    alessandro alex alexander alexandra alexei alfie ali alice alicia alison alvaro ama amanda amara amber
    amelia amina amir amit amy ana ananya anderson andrea andres andrew andy angela angus anil anita anjali ann
    anna anne anneliese anthony antonio aoife archie aria arif arjun arlo arthur arun ashley astrid ava aylin
    ayse ayu barbara beatrice beatriz becky ben benjamin beth betty bilal bill billy bjorn bob bobby bogdan
    bohdan boris brandon brenda brian bruce caleb callum camila carl carla carlos carmen carol caroline
    catherine cathy charles charlie charlotte chelsea chiara chidi chioma chloe chris christina christine
    christopher ciara cindy claire clara colin connor cormac craig cynthia daisy dan daniel daniela danielle
    danny dariush darren dave david dawn debbie deborah deepak dennis derek diana diane diego dimitri divya
    dmitri donald donna dorothy doug douglas dragan dylan ed eddie edward eleanor elena eli elif elijah
    elizabeth ella ellen ellie emeka emily emma emmanuel emre eoin eric erica erik erin ethan eva evan evelyn
    evie ewa ezra faisal farah fatima fatma felix fergus fernando finn fiona florence francesca francesco
    francis francisco frank fred freddie freya gabriel gary gavin gemma george georgia gina giovanni giulia
    giuseppe gloria gordon graham greg gregory greta hamish hamza hannah harold harper harriet harry haruto
    harvey hassan hazel heather hector heinrich helen henrietta henrik henry hiroshi holly howard hugo hussein
    ian ibrahim ifeoma imogen imran ines ingmar ingrid irene irina isaac isabel isabella isabelle isla ivan
    ivana ivy jack jackie jacob jacqueline jade jake jakub james jamie jan jane janet janice jason jasper javier
    jay jean jeff jeffrey jelena jennifer jenny jeremy jerry jesse jessica jihoon jill jim jimmy jiwoo joan
    joanna joanne joao joe joel johan john johnny jon jonathan jordan jorge jose joseph josh joshua joyce juan
    judith judy julia julian julie juliet jurgen kamau karen karl katarzyna kate katherine kathleen kathryn
    kathy katie katrin kavita keith kelly ken kenji kenneth kenny kevin khadija khalid kim kimberly klaus kofi
    krzysztof kwabena kwame kyle laila lakshmi lara larry lars laura lauren layla leah leila lena leo leon
    leonard lerato leslie lewis leyla liam liesel lily linda lindsay linh lisa liz logan lola lorenzo lorraine
    louie louis louise luca lucas lucia lucy luis luka luke luna lydia lynn maggie malgorzata malik marc marco
    marcus marek margaret maria mariana marie mario marion mark marko martha martin mary maryam mason mateo
    matilda matt matteo matthew maureen maya meera megan mehmet mei mercedes mia michael michelle miguel mike
    mikkel milan millie minh minjun mohamed mohammad mohammed molly monica muhammad mustafa mykola nadia nancy
    naomi nasrin natalia natalie natasha nathan neha neil ngozi nguyen niamh nicholas nick nicola nicole nigel
    nina noah nomsa noor nora norman nurul oisin oksana olga oliver olivia omar orla oscar otieno owen pablo pam
    pamela patricia patrick paul paula pauline pawel pedro penny peter petra phil philip phoebe phyllis pierre
    piotr pooja poppy priscilla priya rachel rafael rahul raj rajesh ralph ramesh ravi ray raymond rebecca
    reggie reza ricardo richard rick rita rob robert roberto robin rocio roger rohit ron ronald rory rosa rosie
    ross roy ruby russell ruth ryan sadie sakura sally sam samantha samir samuel sandra sanjay santiago saoirse
    sara sarah scarlett scott sean sebastian seojun sergei sergio shane shannon sharon sheila shirin shirley
    sienna silas simon siobhan sipho siti sofia somchai sophia sophie soren stacy stanley stella stephanie
    stephen steve steven stuart sue sunil sunita suresh susan suzanne sven svetlana sylvia takashi tamara tania
    tanya tara tatiana ted teresa terry thabo thanh thea theo theodore theresa thiago thomas tiago tim timothy
    tina toby todd tom tomasz tommy tony tracy tyler uma ursula usman valentina valerie vanessa vera veronica
    vicky victor victoria vijay vikram vincent violet virginia vivian vladimir walter wanda wanjiru wayan wayne
    wei wendy wesley will william willow wolfgang wyatt yasmin yolanda yousef yuki yuri yusuf yvonne zach
    zachary zainab zara zdenek zeynep zoe zoey
    """
)

# Given names that are words, months or places as well: never a name without a cue.
ALSO_WORDS = _words(
    """
    ama poppy willow ivy sienna luna amber bill chelsea daisy dawn ed faith florence georgia grace hazel hope
    ivy jade jay jean jordan joy mark
    mason may mercedes pam penny ray rob rose ross ruby stella sue tim victoria violet virginia wesley will
    """
)

# Given names that are places, brands of medicines or somebody's disease as well.
NOT_ALONE = _words(
    """
    addison adam adams alexander allegra alice america asia aurora austin berlin brooklyn camila candida carey
    carolina charcot charlotte chad chester china cleveland columbus cuba dakota dallas denver diamond diana
    diane duane eden eli ella england errin estelle francisco france galen gay german heather holland houston
    india ireland israel ivory jackson jacksonville jacksonian jamaica jersey jerusalem jordan juliet juliette
    kent kenya lincoln london lourdes lyme madison manila marie mercedes milan montana natalie nevada nora
    norman odessa orlando pacific paris parkinson phoenix pierre porsha princeton ramsay raynaud rico robin
    rocky roma salvador samoa san santa santiago santos savannah sheldon sidney sydney todd trinidad tyrone
    valencia venetia vera vienna warren washington wayne yasmin york
    """
)

# Chinese surnames in Latin letters, without those that are English words.
PINYIN = _words(
    """
    bai cai cao chang chao chen cheng chiang chien chiu chou chu chuang chung cui deng ding dong duan fang feng gao
    gong guo hao hou hsiao hsieh hsu hu huang hung jia jiang jin kang kong kuo lai lei liang liao lin liu lu luo mao
    meng ni pei peng qian qin qiu ren shao shen shi su tang tao teng tian tsai tseng wan wang wei wen weng wong wu
    xia xiao xie xiong xu xue yang yao ye yeh yin yuan zeng zhang zhao zheng zhong zhou zhu zou
    """
)


@cache
def _census() -> tuple[frozenset[str], frozenset[str]]:
    text = (Path(__file__).parent / "census.txt").read_text(encoding="utf-8")
    given, surnames = "\n".join(line for line in text.splitlines() if not line.startswith("#")).split("\n\n")
    return _words(given) | GIVEN, _words(surnames)


@cache
def given_names() -> frozenset[str]:
    """Common given names in lower case, without those that are also words of English."""
    return _census()[0] - ALSO_WORDS


def surnames() -> frozenset[str]:
    """Common surnames of the United States in lower case, without those that are also words of English."""
    return _census()[1]


# Whom people write about, as alternatives of a pattern.
KIN = (
    "son|daughter|husband|wife|mum|mom|mommy|mummy|mother|father|dad|daddy|brother|sister|friend|"
    "colleague|co-?worker|partner|boyfriend|girlfriend|fianc[eé]e?|grandson|granddaughter|grandma|"
    "grandmother|grandpa|grandfather|nan|gran|granny|baby|child|kid|boy|girl|toddler|infant|nephew|niece|"
    "cousin|uncle|aunt|auntie|neighbou?r|roommate|flatmate|boss|teacher|therapist|nurse|gp|doctor|"
    "physician|surgeon|specialist|physio(?:therapist)?|cardiologist|dentist|in-law|twins?|little one|"
    "newborn|stepson|stepdaughter|stepdad|stepmum|stepmom|ex|carer|caregiver|dermatologist|neurologist|"
    "urologist|gyn(?:a?ecologist)?|psychiatrist"
)

# Words of medicine and geography that people capitalise.
WORD_LIKE = _words(
    """
    candida yeast acne active adult advice advantage american angeles ankle arabia arm attached back black blood
    blue bone bowel brain calcium call cancer capsule cause causes care cell cells center chest children
    children's click clinical common city cold colon cough count county cream cross dancer controlling current
    days definition definitions diabetes disease diseases disorder dose drops ear eastern effects facts fact
    factors fallopian find east edit eye fever file flu foot free gel green hair hand health healthy heart
    height help hepatitis herpes hip history hong hormone hypertension image infection institute insulin iron
    joint key kidney learn lifestyle major medicare medicines middle national kingdom knee kong lanka left leg
    level levels liver los lower lung months neck new north nose oil park part people photo plan plans points
    pox pressure rash registry related red risk report reports result results right road san saudi scalp scan
    shoulder skin south sri states stomach street sugar state syndrome syrup tablet tablets tea test tests
    therapy throat time treatment treatments tube types total ultrasound united update upper urgent urinary
    variant visit vitamin who weeks weight west white wrist x-ray xray years york zealand
    """
)

# A hospital's name that begins so tells nothing of where it is.
GENERAL_HOSPITAL = _words(
    """
    a american children's childrens community day dental district eye general local major mayo medical my
    national our outpatient regional the university walk-in
    """
)

# Common Chinese surnames, both scripts.
SURNAMES = (
    "陳林黃张張李王吳吴劉刘蔡楊杨許许鄭郑謝谢郭洪邱曾廖賴赖徐周葉叶蘇苏莊庄呂吕江何蕭萧羅罗高潘簡简朱鍾钟"
    "彭游詹胡施沈余盧卢梁趙赵顏颜柯翁魏孫孙戴范方宋鄧邓杜傅侯曹薛丁卓馬马董唐藍蓝蔣蒋石紀纪姚連连馮冯歐欧"
    "程湯汤黄田康姜汪白鄒邹尤巫鐘涂龔龚嚴严韓韩袁陸陆金夏崔譚谭孔賈贾錢钱秦史龍龙萬万雷賀贺毛郝邵孟閻阎任"
    "于安包柏鮑鲍貝贝卜岑柴常車车褚狄刁樊費费封鳳凤符傅干甘葛耿宮宫古谷顧顾關关管桂國国哈杭和洪花滑霍姬計计"
    "季冀焦金靳景"
    "荊荆居鞠柯寇匡鄺邝雷黎酈郦厲厉酃利廉廖凌柳婁娄樓楼盧鲁魯路滿满梅糜苗閔闵莫牟穆倪聂聶牛農农潘龐庞裴皮平"
    "蒲溥戚齊齐祁強"
    "喬乔屈瞿權权冉饒饶芮桑沙尚申盛師师舒帥帅司宋蘇宿隋臺談谈滕田童屠宛韋韦溫温聞闻烏乌武奚席冼咸項项辛刑邢幸熊宣荀"
    "寻晏燕陽阳易殷尹應雍尤游虞俞喻苑樂岳云臧查翟詹戰战章甄支植竺祝諸诸庄卓宗祖左闕阙藺蔺隗曲朴佘佟覃郗郎郁"
    "鄔邬鄢闞阚隆靖鞏巩"
)
COMPOUND_SURNAMES = (
    "歐陽|欧阳|司馬|司马|諸葛|诸葛|上官|司徒|夏侯|皇甫|尉遲|尉迟|公孫|公孙|慕容|張簡|范姜|端"
    "木|東方|东方|令狐|宇文|長孫|长孙"
)

# Characters that are common in given names, both scripts.
GIVEN_HAN = (
    "小冠子元友永世正仲希晉晋育孟姿紋纹毓雅婷怡君志明家豪俊傑杰淑芬美玲惠娟秀英芳麗丽華华建國国文宏偉伟強"
    "强承恩宇軒轩柏翰冠廷子涵欣妤詩诗品睿"
    "思遠远佳穎颖慧敏靜静宜雯琪瑋玮哲凱凯倫伦彥彦均安琳萱瑜筠薇婉如玉珍珠鳳凤蘭兰梅香貞贞素月桂春花蓮莲櫻"
    "娜莉瑩莹潔洁晴昕妍彤曉晓峰鵬鹏龍龙飛飞浩然博超磊洋勇軍军輝辉剛刚斌波鑫濤涛亮辰梓桐悅悦嘉琦瑞祥福榮荣"
    "昌盛德仁義义禮礼智信忠孝展成達达銘铭振邦維维倩雪雲云霞燕紅红艷艳娥晨陽阳朗逸凡若曦夢梦瑤瑶奕澤泽覺觉"
    "政憲宪裕隆添財财木火土水樹树森林山海豐丰勝胜利吉"
)

# Cities and well-known hospitals that begin a hospital's name, as alternatives of a pattern.
CITY = (
    "[台臺][北中南東东大]|新北|桃[園园]|高雄|基隆|新竹|嘉[義义]|苗栗|彰化|南投|"
    "[雲云]林|屏[東东]|宜[蘭兰]|花[蓮莲]|澎湖|金[門门]|[長长]庚|[榮荣]民?[總总]|"
    "[馬马]偕|慈[濟济]|[國国]泰|新光|[亞亚]東|奇美|成大|彰基|三[總总]|[義义]大|"
    "[萬万]芳|[雙双]和|振[興兴]|耕莘|北京|上海|天津|重[慶庆]|[廣广]州|深圳|南京|杭州|"
    "武[漢汉]|成都|西安|[瀋沈]陽|[廈厦]門|[廈厦]门|青島|青岛|大[連连]|[濟济]南|"
    "[長长]沙|[鄭郑]州|香港|澳[門门]|協和|协和|華西|华西"
)
