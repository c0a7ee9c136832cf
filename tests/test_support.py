"""What a source says of a sentence: contradictions, doses, and the verdicts. All sentences are invented."""

from dataclasses import replace

import pytest

from drafter.checking import check, with_texts
from drafter.checking.contradiction import contradiction
from drafter.checking.doses import Dose, changes_in, doses_in
from drafter.checking.medicines import medicines_in
from drafter.checking.passages import kind_of
from drafter.checking.support import support_rate, supports
from drafter.domain import Draft, MoreInfo, Point, Section, Sentence, Support, Verdict
from tests.test_checking import ASKED, draft, source

CONTRADICTING = [
    ("Do not take ibuprofen.", "You can take ibuprofen."),
    ("You can take ibuprofen for the pain.", "Avoid ibuprofen and aspirin."),
    ("Take 5 mg of prednisolone.", "Take 5 ml of prednisolone."),
    ("休息兩週。", "休息六週。"),
    (
        "Chickenpox can be passed on before the spots appear.",
        "Chickenpox cannot be passed on before the spots appear.",
    ),
    ("You should drive again the next day.", "You should not drive again the next day."),
    ("Gout is hereditary.", "Gout is not hereditary."),
    ("There is a cure for coeliac disease.", "There is no cure for coeliac disease."),
    ("A biopsy is needed for this mole.", "A biopsy is not needed for this mole."),
    ("You need a tetanus booster for this wound.", "You don't need a tetanus booster for this wound."),
    ("Never squeeze the boil.", "You can squeeze the boil."),
    ("Keep the wound wet in the first week.", "Do not keep the wound wet in the first week."),
    ("Breastfeeding mothers can take codeine.", "Breastfeeding mothers must not take codeine."),
    ("Naproxen is safe with warfarin.", "Naproxen is not safe with warfarin."),
    ("You may take aspirin for the headache.", "Avoid aspirin."),
    ("Take an anti-inflammatory such as ibuprofen.", "Please avoid anti-inflammatory tablets."),
    ("Flying is allowed with a grommet.", "Flying is not allowed with a grommet."),
    ("Warts are caused by a virus.", "Warts are not caused by a virus."),
    ("The lump is painful in mumps.", "In mumps the lump is not painful."),
    ("Antihistamines help with a cold sore.", "Antihistamines do not help with a cold sore."),
    ("Swimming is fine with grommets.", "Swimming should be avoided with grommets."),
    ("It is safe to eat grapefruit with simvastatin.", "It is unsafe to eat grapefruit with simvastatin."),
    ("You must fast before the thyroid test.", "It is not necessary to fast before the thyroid test."),
    ("Stop the metformin before the operation.", "Do not stop the metformin before the operation."),
    ("Vitamin C prevents colds.", "Vitamin C does not prevent colds."),
    ("Rosacea is infectious.", "Rosacea isn't infectious."),
    ("The appendix lies on the right side.", "The appendix lies on the left side."),
    ("Sleep on your left side in late pregnancy.", "Sleep on your right side in late pregnancy."),
    ("The upper eyelid is inflamed.", "The lower eyelid is inflamed."),
    ("Take omeprazole before breakfast.", "Take omeprazole after breakfast."),
    ("Coffee increases the urge to pass water.", "Coffee reduces the urge to pass water."),
    ("Take naproxen 250 mg twice a day.", "Take naproxen 500 mg twice a day."),
    ("Levothyroxine 50 mcg is the starting dose.", "Levothyroxine 50 mg is the starting dose."),
    ("The stitches come out after five days.", "The stitches come out after fourteen days."),
    ("The plaster stays on for three weeks.", "The plaster stays on for eight weeks."),
    ("Apply the cream once a day.", "Apply the cream four times a day."),
    ("Keep the fridge for insulin below 8 °C.", "Keep the fridge for insulin below 25 °C."),
    ("Repeat the smear after 12 months.", "Repeat the smear after 36 months."),
    ("Give 5 ml of the syrup.", "Give 15 ml of the syrup."),
    ("Ibuprofen 10 mg/kg is given to children.", "Ibuprofen 20 mg/kg is given to children."),
    ("About 20 % of people have reflux.", "About 60 % of people have reflux."),
    ("A fever is a temperature of 100.4 °F.", "A fever is a temperature of 102.2 °F."),
    ("Take two puffs of salbutamol.", "Take six puffs of salbutamol."),
    ("Take 2 tablets at bedtime.", "Take half a tablet at bedtime."),
    ("Rest the voice for 48 hours.", "Rest the voice for 7 days."),
    ("水痘會傳染給家人。", "水痘不會傳染給家人。"),
    ("懷孕期間可以服用布洛芬。", "懷孕期間不可以服用布洛芬。"),
    ("這個傷口需要縫合。", "這個傷口不需要縫合。"),
    ("手術後可以洗澡。", "手術後不能洗澡。"),
    ("痛風可以喝啤酒。", "痛風不要喝啤酒。"),
    ("抗生素對感冒有效。", "抗生素對感冒沒有效。"),
    ("乙肝會遺傳。", "乙肝不會遺傳。"),
    ("发烧时可以吃阿司匹林。", "发烧时不要吃阿司匹林。"),
    ("这种湿疹会传染。", "这种湿疹不会传染。"),
    ("左側輸尿管有結石。", "右側輸尿管有結石。"),
    ("每天服用普拿疼500毫克。", "每天服用普拿疼1000毫克。"),
    ("傷口每天換藥一次。", "傷口每天換藥四次。"),
    ("石膏要固定六週。", "石膏要固定兩週。"),
    ("拆线需要七天。", "拆线需要十四天。"),
    ("飯前服用二甲雙胍。", "飯後服用二甲雙胍。"),
    ("上眼皮發炎。", "下眼皮發炎。"),
    ("建議照胃鏡。", "不建議照胃鏡。"),
    ("眼药水每天滴三次。", "眼药水每天滴八次。"),
    ("It's fine to shower with the dressing on.", "Please don't shower with the dressing on."),
    (
        "This type of eczema can spread from person to person.",
        "This type of eczema can't spread from person to person.",
    ),
    ("Your colleague should stop taking the metoprolol.", "Your colleague should not stop taking the metoprolol."),
    (
        "Pregnant women may use naproxen in the last three months.",
        "Naproxen must not be used by pregnant women in the last three months.",
    ),
    ("The weakness comes from the left side of the brain.", "The weakness comes from the right side of the brain."),
    ("Take one 20 mg omeprazole capsule each morning.", "Take one 40 mg omeprazole capsule each morning."),
    ("Physiotherapy is usually needed for six weeks.", "Physiotherapy is usually needed for six months."),
    ("Paracetamol is harmful to the liver at this dose.", "Paracetamol is not harmful to the liver at this dose."),
    ("There are good tablets against this fungus.", "There are no good tablets against this fungus."),
    ("Wait two days before you drive.", "Wait two weeks before you drive."),
    ("Massage helps a frozen shoulder.", "Massage does not help a frozen shoulder."),
    ("The vaccine protects against shingles.", "The vaccine doesn't protect against shingles."),
    ("Use the hydrocortisone cream on the face.", "Never use the hydrocortisone cream on the face."),
    ("You can stop the antidepressant at once.", "You must not stop the antidepressant at once."),
    ("Children with chickenpox can take ibuprofen.", "Ibuprofen should not be given to children with chickenpox."),
    (
        "Keep taking the warfarin before the tooth is pulled.",
        "Do not keep taking the warfarin before the tooth is pulled.",
    ),
    (
        "The scan shows nothing in the upper part of the lung.",
        "The scan shows nothing in the lower part of the lung.",
    ),
    ("Insulin pens are kept at 4 °C.", "Insulin pens are kept at 30 °C."),
    ("The bruise should be gone in two weeks.", "The bruise should be gone in two months."),
    (
        "A normal resting pulse is 60 to 100, so no treatment is needed.",
        "A normal resting pulse is 60 to 100, but treatment is needed.",
    ),
    ("Alcohol is allowed with metronidazole.", "Alcohol is forbidden with metronidazole."),
    ("You can go back to work tomorrow.", "You cannot go back to work tomorrow."),
    ("This mole must be removed.", "This mole need not be removed."),
    ("Eat before the blood test.", "Do not eat before the blood test."),
    ("The tablets should be chewed.", "The tablets should not be chewed."),
    ("Bed rest is recommended for back pain.", "Bed rest is not recommended for back pain."),
    ("Amoxicillin is taken for five days.", "Amoxicillin is taken for ten days."),
    ("Drops are given into the right ear.", "Drops are given into the left ear."),
    ("這種藥可以和葡萄柚一起吃。", "這種藥不可以和葡萄柚一起吃。"),
    ("您的同事應該停用阿斯匹靈。", "您的同事不應該停用阿斯匹靈。"),
    ("足底筋膜炎需要打石膏。", "足底筋膜炎不需要打石膏。"),
    ("哺乳媽媽能吃這種抗生素。", "哺乳媽媽不能吃這種抗生素。"),
    ("扭傷後應該熱敷。", "扭傷後不應該熱敷。"),
    ("灰指甲會傳染給別人。", "灰指甲不會傳染給別人。"),
    ("右邊卵巢有水瘤。", "左邊卵巢有水瘤。"),
    ("抗生素要吃滿七天。", "抗生素要吃滿三天。"),
    ("甲状腺结节需要手术。", "甲状腺结节不需要手术。"),
    ("孕妇可以打流感疫苗。", "孕妇不可以打流感疫苗。"),
    ("服用二甲双胍500毫克。", "服用二甲双胍850毫克。"),
    ("术后一周可以跑步。", "术后一周不能跑步。"),
    ("这是遗传病。", "这不是遗传病。"),
    ("體溫超過38度要看醫生。", "體溫超過39.5度要看醫生。"),
    ("The tick bite needs antibiotics straight away.", "The tick bite does not need antibiotics straight away."),
    ("You can wear contact lenses with the eye drops.", "You should not wear contact lenses with the eye drops."),
    ("A stye is dangerous for the eye.", "A stye is not dangerous for the eye."),
    ("Give the toddler aspirin for the fever.", "Never give the toddler aspirin for the fever."),
    ("Sertraline can be combined with tramadol.", "Sertraline must not be combined with tramadol."),
    ("The splint is worn on the left wrist.", "The splint is worn on the right wrist."),
    ("Folic acid 400 mcg a day is enough.", "Folic acid 5 mg a day is enough."),
    (
        "Tamiflu works within two days of the first symptom.",
        "Tamiflu works within seven days of the first symptom.",
    ),
    ("The inhaler is used four times a day.", "The inhaler is used once a day."),
    ("Ear wax should be removed with cotton buds.", "Ear wax should never be removed with cotton buds."),
    ("There is a vaccine against glandular fever.", "There is no vaccine against glandular fever."),
    ("The implant protects you for three years.", "The implant protects you for ten years."),
    ("Colds are treated with antibiotics.", "Colds are not treated with antibiotics."),
    ("It's safe to fly in week 30 of the pregnancy.", "It isn't safe to fly in week 30 of the pregnancy."),
    ("You need to fast for the cholesterol test.", "You don't need to fast for the cholesterol test."),
    ("The scar will fade.", "The scar will not fade."),
    ("Fizzy drinks increase the risk of stones.", "Fizzy drinks decrease the risk of stones."),
    ("Take the iron after meals.", "Take the iron before meals."),
    ("Please cover the blister with a plaster.", "Please don't cover the blister with a plaster."),
    ("Sleep with the upper body raised.", "Sleep with the lower body raised."),
    ("您可以戴隱形眼鏡點眼藥水。", "您不可以戴隱形眼鏡點眼藥水。"),
    ("蜂窩性組織炎需要住院。", "蜂窩性組織炎不需要住院。"),
    ("這顆痣要切除。", "這顆痣不用切除。"),
    ("牛皮癬會傳染。", "牛皮癬不會傳染。"),
    ("鐵劑要在飯前吃。", "鐵劑要在飯後吃。"),
    ("孩子發燒可以吃阿斯匹靈。", "孩子發燒禁止吃阿斯匹靈。"),
    ("夾板戴在左手腕。", "夾板戴在右手腕。"),
    ("葉酸每天400微克。", "葉酸每天5毫克。"),
    ("隔離五天。", "隔離十四天。"),
    ("水泡可以刺破。", "水泡不要刺破。"),
    ("高血压患者应该多吃盐。", "高血压患者不应该多吃盐。"),
    ("哺乳期可以喝咖啡。", "哺乳期不能喝咖啡。"),
    ("伤口需要缝针。", "伤口不需要缝针。"),
]
AGREEING_OR_OF_OTHER_MATTERS = [
    ("Take naproxen 250 mg.", "Take paracetamol 500 mg."),
    ("Amoxicillin 500 mg and ibuprofen 400 mg are usual.", "Ibuprofen 400 mg is usual."),
    ("Take 1-2 tablets.", "Take two tablets."),
    ("Rest for 3 to 5 days.", "Rest for 4 days."),
    ("Rest for at least two weeks.", "Rest for three weeks."),
    ("The cough lasts up to three weeks.", "The cough lasts two weeks."),
    ("Take paracetamol 1 g.", "Take paracetamol 1000 mg."),
    ("The fever went on for 48 hours.", "The fever went on for two days."),
    ("A temperature of 38 °C is a fever.", "A temperature of 100.4 °F is a fever."),
    ("If the pain does not settle, have an X-ray.", "Have an X-ray."),
    ("It is not only the knee but also the hip that hurts.", "It is the knee that hurts."),
    ("Not all moles are harmless.", "Moles are harmless."),
    ("Hives are not always an allergy.", "Hives are an allergy."),
    ("This is not uncommon after birth.", "This is common after birth."),
    ("There is no doubt that smoking harms the lungs.", "Smoking harms the lungs."),
    ("You cannot take too much care of the wound.", "You can take care of the wound."),
    ("Do not take ibuprofen on an empty stomach.", "Take ibuprofen with food."),
    ("Do not take ibuprofen for more than three days.", "You can take ibuprofen."),
    ("Do not use the cream near the eyes.", "Use the cream twice a day."),
    ("Do not stop the tablets suddenly.", "Stop the tablets gradually."),
    ("Avoid heavy lifting.", "You can lift light things."),
    ("Avoid ibuprofen if you have asthma.", "You can take ibuprofen for the ankle."),
    ("You do not need antibiotics.", "You can ask about antibiotics."),
    ("An operation may not be needed.", "An operation is needed if the pain stays."),
    ("It might not be gout.", "It could be gout."),
    ("Her left knee hurts.", "Put ice on the right ankle."),
    ("The left heel hurts and the right heel is fine.", "The right heel is fine."),
    (
        "Pain in the right upper belly points to the gallbladder.",
        "Pain in the right lower belly points to the appendix.",
    ),
    ("Both kidneys are normal.", "The left kidney is normal."),
    ("A baby of 3 months needs three vaccinations.", "A baby of 6 months needs three vaccinations."),
    ("Children under 12 years should not take aspirin.", "Children under 16 years should not take aspirin."),
    ("This was published in 2012.", "This was published in 2019."),
    ("The study followed 300 people.", "The study followed 500 people."),
    ("I am 34 years old and have reflux.", "I am 61 years old and have reflux."),
    ("It began 3 weeks ago.", "It began 6 weeks ago."),
    ("See a doctor within a week.", "See a doctor within three days if it is red."),
    ("Repeat the test after three months.", "Treat for six months."),
    ("Is it safe to swim?", "It is not safe to swim."),
    ("Can I take ibuprofen?", "Do not take ibuprofen."),
    ("Whether or not it is gout, drink water.", "It is not gout."),
    ("You should not worry about the scar.", "You should look after the scar."),
    ("Don't hesitate to call the clinic.", "Call the clinic."),
    ("Don't forget to take the metformin.", "Take the metformin."),
    ("Nothing is wrong with the heart.", "The heart is fine."),
    ("Without treatment the nail does not heal.", "With treatment the nail heals."),
    ("The rash does not itch at night.", "The rash itches in the sun."),
    ("Ice helps more than heat.", "Heat helps."),
    ("Paracetamol does not reduce swelling.", "Ibuprofen reduces swelling."),
    ("You need not fast.", "You may fast."),
    ("No fever, no cough.", "A fever needs rest."),
    ("Exercise lowers blood pressure.", "Salt raises blood pressure."),
    ("Take vitamin D after the meal with fat.", "Take iron before meals."),
    ("It isn't just a cold.", "It is a cold sore."),
    ("Take one tablet in the morning and two at night.", "Take two tablets at night."),
    ("A dose of 5 mg is low and 10 mg is usual.", "10 mg is usual."),
    ("Prednisolone 40 mg for five days is usual in asthma.", "Prednisolone 5 mg is usual in polymyalgia."),
    ("Rarely, the hair does not grow back.", "The hair grows back."),
    ("Some people cannot drink milk.", "You can drink milk."),
    ("Until the wound is closed, do not swim.", "You can swim."),
    ("Most warts do not need treatment.", "Warts on the face need treatment."),
    ("No more than 4 g of paracetamol a day.", "Take 1 g of paracetamol."),
    ("The right treatment is rest.", "The left wrist needs rest."),
    ("It left a scar.", "The right cheek has a scar."),
    ("You are right, it is a virus.", "It is a virus."),
    ("不一定會傳染。", "會傳染給家人。"),
    ("不只是感冒，也有鼻竇炎。", "是感冒。"),
    ("如果不痛就可以運動。", "痛的時候不要運動。"),
    ("能不能運動要看狀況。", "可以運動。"),
    ("胃不舒服可以吃清淡一點。", "胃舒服。"),
    ("不要空腹吃布洛芬。", "可以吃布洛芬。"),
    ("不要吃太多鹽。", "可以吃鹽。"),
    ("心律不整要檢查。", "心律要檢查。"),
    ("不得不開刀。", "需要開刀。"),
    ("左膝痛，右膝正常。", "右膝正常。"),
    ("三個月大的嬰兒可以打疫苗。", "六個月大的嬰兒可以打疫苗。"),
    ("休息三到五天。", "休息四天。"),
    ("每次一至兩顆。", "每次兩顆。"),
    ("普拿疼500毫克，布洛芬400毫克。", "布洛芬400毫克。"),
    ("腳不會痛嗎？", "腳會痛。"),
    ("并不是所有的痣都要切除。", "痣要切除。"),
    ("不用太担心伤口。", "注意伤口。"),
    ("2019年的研究有三百人。", "2012年的研究有五百人。"),
    ("懷孕時不要吃布洛芬。", "平時可以吃布洛芬。"),
    ("症狀持續兩週要就醫。", "服藥兩週。"),
    ("右上腹痛可能是膽囊。", "右下腹痛可能是闌尾。"),
    ("不排除骨折。", "骨折。"),
    ("沒有發燒的話不用吃退燒藥。", "發燒可以吃退燒藥。"),
    ("Ibuprofen can be taken with food.", "Ibuprofen should not be taken without food."),
    ("The dressing can stay on in the shower.", "The dressing should not stay on for longer than a week."),
    (
        "Shingles is not contagious once the blisters have dried.",
        "Shingles is contagious while there are blisters.",
    ),
    ("Most people recover in six weeks.", "Some people need six months to recover."),
    ("You don't need a scan unless the weakness gets worse.", "A scan is needed when the weakness gets worse."),
    ("It's not clear whether it is caused by stress.", "It is caused by stress."),
    (
        "Take 400 mg ibuprofen three times a day with 500 mg paracetamol.",
        "Paracetamol 500 mg can be added to ibuprofen.",
    ),
    ("Adults take 10 mg cetirizine and children 5 mg.", "Adults take 10 mg cetirizine."),
    ("The pain often goes within three weeks, but can last up to three months.", "The pain can last three months."),
    (
        "Your left foot is affected by the nerve, your right foot is not.",
        "Your left foot is affected by the nerve.",
    ),
    ("There's no need to be afraid of the biopsy.", "A biopsy is needed."),
    ("I would not rule out gout.", "Gout is ruled out by the blood test."),
    ("Do not drive until you can brake hard.", "You can drive when you can brake hard."),
    ("If you are not pregnant, you can take naproxen.", "Do not take naproxen if you are pregnant."),
    ("Not everyone with a goitre needs an operation.", "A goitre this big needs an operation."),
    ("Neither tablets nor creams help against it.", "Laser treatment helps against it."),
    ("Smoking is bad for the wound, so do not smoke.", "Smoking delays healing of the wound."),
    ("You can swim, but not in a pool.", "You can swim."),
    ("It should be better in a week or two.", "If it is not better in two weeks, come back."),
    ("Don't wait: see a doctor today.", "See a doctor today."),
    ("You do not have to stop running.", "You can reduce running."),
    ("The mole does not look dangerous.", "A mole that bleeds looks dangerous."),
    ("No test can prove it.", "A blood test supports it."),
    ("I'm not worried about the cough.", "A cough is worrying in smokers."),
    (
        "The stitches are removed after seven days on the face and after fourteen on the knee.",
        "The stitches are removed after fourteen days on the knee.",
    ),
    ("The upper limit of normal is 40.", "The lower limit of normal is 10."),
    ("Take the left-over tablets back to the pharmacy.", "Take the tablets right after eating."),
    ("One in ten people gets it.", "About one in ten people gets it by the age of 60."),
    ("In 2015 he had surgery on his back.", "In 2021 he had surgery on his back."),
    ("A 30-year-old man had this.", "A 62-year-old man had this."),
    ("After two hours it should work.", "It works for eight hours."),
    ("Drink 2 litres a day.", "Drink 200 ml before bed."),
    ("Nobody should take it without advice.", "You can take it with advice."),
    ("Steroid tablets can't be stopped overnight.", "Steroid tablets can be stopped slowly."),
    ("It isn't the tablets that cause it but the virus.", "The virus causes it."),
    ("You are not too old for the vaccine.", "You are old enough for the vaccine."),
    ("Rest does no harm.", "Rest is not harmful."),
    ("The test is not positive.", "The test is negative."),
    ("That is not something ibuprofen can treat.", "Ibuprofen can treat fever."),
    ("Why not take paracetamol?", "Do not take paracetamol with alcohol."),
    ("我們不排除是痛風，要抽血。", "可能是痛風。"),
    ("不要擔心，多喝水就好。", "多喝水。"),
    ("不痛的時候可以慢跑。", "膝蓋痛時不要慢跑。"),
    ("並非每個人都要開刀。", "嚴重的人要開刀。"),
    ("可以吃布洛芬，但不要超過三天。", "可以吃布洛芬。"),
    ("不是細菌感染就不用吃抗生素。", "細菌感染要吃抗生素。"),
    ("這不是不能治，只是要花時間。", "這可以治療。"),
    ("左腳痛了三個月，右腳痛了一週。", "右腳痛了一週。"),
    ("普拿疼一次一顆，一天最多八顆。", "普拿疼一次一顆。"),
    ("六個月以下的嬰兒不要喝水。", "嬰兒可以喝水。"),
    ("他二十歲時開過刀。", "他三十歲時開過刀。"),
    ("孕妇不能吃这个药。", "这个药饭后吃。"),
    ("不仅要吃药，还要运动。", "要吃药。"),
    ("没有症状的人不需要检查。", "有症状的人需要检查。"),
    ("该不该吃药要问医生。", "不该吃药。"),
    ("别担心，这很常见。", "这很常见。"),
    ("不能自行停药。", "可以在医生指导下停药。"),
    ("The tick bite needs watching for four weeks.", "The tick bite does not need antibiotics."),
    ("Contact lenses should not be worn overnight.", "You can wear contact lenses during the day."),
    ("A stye is not dangerous, though it hurts.", "A stye hurts."),
    ("Aspirin is for adults only.", "Aspirin is not for children."),
    ("Sertraline should not be stopped without a plan.", "Sertraline can be reduced with a plan."),
    ("The left wrist is broken and the right one is bruised.", "The right wrist is bruised."),
    ("Folic acid 400 mcg is usual, 5 mg in epilepsy.", "Folic acid 5 mg is taken in epilepsy."),
    ("Take it within two days.", "Take it for five days."),
    ("Most colds don't need a doctor.", "A cold with high fever needs a doctor."),
    ("Do not lie flat for long.", "Lie flat for ten minutes."),
    ("You don't just need rest, you need physiotherapy.", "You need rest."),
    ("If it isn't infected, antibiotics won't help.", "Antibiotics help when it is infected."),
    ("Not until the swelling is gone should you run.", "You should run again when the swelling is gone."),
    ("I can't say that it is cancer.", "It is cancer."),
    ("There is no reason not to swim.", "You can swim."),
    ("The test can't tell viruses from bacteria.", "The test can tell how strong the inflammation is."),
    ("A woman of 25 needs a smear every three years.", "A woman of 55 needs a smear every five years."),
    ("In 1998 the tablets were withdrawn.", "In 2004 the tablets were withdrawn."),
    (
        "Paracetamol 500 mg every six hours, ibuprofen 200 mg every eight hours.",
        "Ibuprofen 200 mg every eight hours.",
    ),
    ("Two tablets are two too many.", "Take two tablets."),
    ("It takes 10 to 14 days.", "It takes about two weeks."),
    ("It takes at least a month.", "It takes six weeks."),
    ("No milk for the first hour.", "Milk is fine with the tablets."),
    ("You won't need surgery if the brace works.", "You need surgery if the brace fails."),
    ("Few people lose their sense of taste.", "People lose their sense of taste."),
    ("The medicine is not cheap.", "The medicine is good."),
    ("It's no use waiting.", "Waiting is fine."),
    ("Upper back pain has other causes than lower back pain.", "Lower back pain has many causes."),
    ("The right dose is 5 mg.", "The left ear needs drops."),
    ("You never know when it starts.", "It starts at night."),
    ("沒有懷孕的話可以照X光。", "懷孕不可以照X光。"),
    ("不建議長期吃安眠藥。", "可以短期吃安眠藥。"),
    ("不一定需要住院。", "需要住院。"),
    ("左耳聽不見，右耳正常。", "右耳正常。"),
    ("未滿六歲的兒童不要吃咳嗽藥。", "大人可以吃咳嗽藥。"),
    ("一天喝兩千毫升的水。", "一次喝兩百毫升的水。"),
    ("他今年五十歲。", "他今年三十歲。"),
    ("發燒三天要看醫生。", "咳嗽兩週要看醫生。"),
    ("不是所有藥都傷肝。", "這個藥傷肝。"),
    ("要不要開刀由您決定。", "要開刀。"),
    ("不要等到痛了才吃藥。", "痛的時候吃藥。"),
    ("没有发烧就不用退烧药。", "可以用退烧药。"),
    ("不少病人会失眠。", "病人不会失眠吗？"),
    ("布洛芬不能和阿司匹林一起吃。", "可以吃布洛芬。"),
    ("服药期间不要喝酒。", "平时可以喝酒。"),
]


@pytest.mark.parametrize(("said", "held"), CONTRADICTING)
def test_sentences_that_cannot_both_hold_contradict_each_other(said: str, held: str) -> None:
    assert contradiction(said, held)
    assert contradiction(held, said)


@pytest.mark.parametrize(("said", "held"), AGREEING_OR_OF_OTHER_MATTERS)
def test_sentences_that_can_both_hold_are_left_alone(said: str, held: str) -> None:
    assert contradiction(said, held) is None
    assert contradiction(held, said) is None


@pytest.mark.parametrize(
    ("said", "held", "reason"),
    [
        ("The left kidney has a stone.", "The right kidney has a stone.", "left against right"),
        ("Take 500 mg of naproxen.", "Take 250 mg of naproxen.", "500 mg against 250 mg"),
        ("Scabies is not contagious.", "Scabies is contagious.", "not against yes"),
        ("Scabies is contagious.", "Scabies is not contagious.", "yes against not"),
        ("You can take ibuprofen.", "Avoid ibuprofen.", "ibuprofen is told to be avoided there"),
        ("可以吃布洛芬。", "不可以吃布洛芬。", "ibuprofen is told to be avoided there"),
        ("Rest the voice for two days.", "Rest the voice for 7 days.", "two days against 7 days"),
    ],
)
def test_the_reason_of_a_contradiction_is_short_and_names_what_differs(said: str, held: str, reason: str) -> None:
    assert contradiction(said, held) == reason


def test_a_contradiction_is_found_in_any_sentence_of_two_texts() -> None:
    assert contradiction("It itches. Scabies is not contagious.", "Scabies is contagious. Wash the sheets.")


# -- doses

Read = tuple[str, float, float]


def read(text: str) -> list[Read]:
    return [(dose.unit, dose.low, dose.high) for dose in doses_in(text)]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Take 1,000 mg.", [("mg", 1000, 1000)]),
        ("500,000 units of penicillin.", [("unit", 500_000, 500_000)]),
        ("50萬單位", [("unit", 500_000, 500_000)]),
        ("two and a half tablets", [("tablet", 2.5, 2.5)]),
        ("half a tablet at night", [("tablet", 0.5, 0.5)]),
        ("1 1/2 tablets", [("tablet", 1.5, 1.5)]),
        ("½ tablet", [("tablet", 0.5, 0.5)]),
        ("Take a capsule.", [("tablet", 1, 1)]),
        ("twenty-five units", [("unit", 25, 25)]),
        ("服用半錠", [("tablet", 0.5, 0.5)]),
        ("一次一顆半", [("tablet", 1.5, 1.5)]),
        ("吃兩顆", [("tablet", 2, 2)]),
        ("打二十五單位", [("unit", 25, 25)]),
        ("400 mg to 600 mg", [("mg", 400, 600)]),
        ("between 5 and 10 mg", [("mg", 5, 10)]),
        ("一至兩顆", [("tablet", 1, 2)]),
        ("0,5 mg or 500 mcg", [("mg", 0.5, 0.5)]),
        ("250 mg/5 mL", [("mg/ml", 50, 50)]),
        ("10 units of U-100 insulin", [("unit", 10, 10), ("unit/ml", 100, 100)]),
        ("15 mg/kg", [("mg/kg", 15, 15)]),
        ("每公斤", []),
        ("one teaspoon", [("ml", 5, 5)]),
        ("every 6 to 8 hours", [("a day", 3, 4)]),
        ("every other day", [("a day", 0.5, 0.5)]),
        ("once weekly", [("a week", 1, 1)]),
        ("每週一次", [("a week", 1, 1)]),
        ("每8小時一次", [("a day", 3, 3)]),
        ("眼藥水每天點四次", [("a day", 4, 4)]),
        ("a 1% hydrocortisone cream", [("%", 1, 1)]),
    ],
)
def test_doses_are_read_in_figures_and_words(text: str, found: list[Read]) -> None:
    assert read(text) == found


@pytest.mark.parametrize(
    "text",
    [
        "Blood pressure 120/80, glucose 5 mmol/L, 90 mg/dL, CRP 12 mg/L.",
        "The L4-L5 disc in November 2021, for three weeks.",
        "手臂上一片紅疹，一吸氣就痛，抽一包菸，長了一顆痣。",
        "One of two people is better after one year.",
    ],
)
def test_values_times_and_counted_things_are_no_doses(text: str) -> None:
    assert doses_in(text) == ()


@pytest.mark.parametrize(
    ("text", "medicines"),
    [
        ("500 mg of amoxicillin and 400 mg ibuprofen", ["amoxicillin", "ibuprofen"]),
        ("Ibuprofen 400 mg and Tylenol 1 g", ["ibuprofen", "paracetamol"]),
        ("Paracetamol helps. Take 500 mg.", ["paracetamol"]),
        ("普拿疼500毫克，布洛芬400毫克", ["paracetamol", "ibuprofen"]),
        ("Pantoprazole (40 mg)", ["pantoprazole"]),
        ("Take an antibiotic and 500 mg.", [""]),
    ],
)
def test_a_dose_is_read_with_its_medicine(text: str, medicines: list[str]) -> None:
    assert [dose.medicine for dose in doses_in(text)] == medicines


def test_medicines_are_known_by_brand_stem_and_in_chinese() -> None:
    text = "Panadol, lercanidipine, 阿托伐他汀, statins and cholesterol in April"
    assert [m.name for m in medicines_in(text)] == ["paracetamol", "lercanidipine", "伐他汀", "statin"]


def test_what_is_the_most_in_a_day_is_no_single_dose() -> None:
    assert doses_in("No more than 4 g of paracetamol a day.") == (
        Dose("mg", 4000, 4000, "4 g", "paracetamol", True),
    )
    held = source(reply="Paracetamol is fine, no more than 4 g of paracetamol a day.")
    assert "dose_without_source" in codes(draft(["Take 4 g of paracetamol."], sources=[held]))
    assert "dose_without_source" not in codes(draft(["Take at most 4 g of paracetamol a day."], sources=[held]))


def test_a_dose_of_another_medicine_does_not_carry_this_one() -> None:
    held = source(reply="Amoxicillin 500 mg is one way. Paracetamol 1 g is another.")
    assert "dose_without_source" in codes(draft(["Take 500 mg of paracetamol."], sources=[held]))
    assert "dose_without_source" not in codes(draft(["Take 500 mg of amoxicillin."], sources=[held]))


@pytest.mark.parametrize(
    ("text", "changes"),
    [
        ("Stop the warfarin three days before.", [("stop", {"warfarin"})]),
        ("Do not stop the tablets.", [("keep", set())]),
        ("Continue metformin.", [("keep", {"metformin"})]),
        ("Don't start antibiotics.", [("do not start", {"antibiotic"})]),
        ("Double the dose.", [("more", set())]),
        ("Stop running and reduce salt.", []),
        ("阿斯匹靈要先停用。", [("stop", {"aspirin"})]),
        ("不要自行停藥。", [("keep", set())]),
        ("換成布洛芬。", [("switch", {"ibuprofen"})]),
    ],
)
def test_changes_of_medicine_are_read_with_their_direction(text: str, changes: list[tuple[str, set[str]]]) -> None:
    assert [(change.action, set(change.medicines)) for change in changes_in(text)] == changes


@pytest.mark.parametrize(
    ("said", "held", "blocked"),
    [
        ("Stop your warfarin.", "Do not stop your warfarin.", True),
        ("Stop your warfarin.", "Stop the metformin.", True),
        ("Start metformin.", "Stop the metformin.", True),
        ("Stop the prednisolone.", "Taper the prednisolone slowly.", True),
        ("Stop the prednisolone gradually.", "Taper the prednisolone slowly.", False),
        ("Do not stop your warfarin.", "Continue the warfarin.", False),
        ("停用阿斯匹靈。", "先停用阿斯匹靈三天。", False),
    ],
)
def test_a_change_stands_in_a_source_in_the_same_direction(said: str, held: str, blocked: bool) -> None:
    assert ("medicine_change" in codes(draft([said], sources=[source(reply=held)]))) is blocked


# -- kinds


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("I am sorry that the pain lasts so long.", "courtesy"),
        ("辛苦了，希望您早日康復。", "courtesy"),
        ("If you have further questions, please write again.", "courtesy"),
        ("I understand your worry, but take ibuprofen.", "recommendation"),
        ("I understand your worry, but rest the heel for a week.", "recommendation"),
        ("I hope you stop taking warfarin.", "claim"),
        ("You say that the heel hurts.", "restatement"),
        ("您提到腳跟痛。", "restatement"),
        ("You say that the heel hurts, which is a sign of a fracture.", "claim"),
        ("Please send me the report of the scan.", "logistics"),
        ("請上傳檢查報告。", "logistics"),
        ("Send me a photo and take 400 mg of ibuprofen.", "claim"),
        ("多喝水。", "recommendation"),
        ("If it is red, wash it.", "recommendation"),
        ("If the pain gets worse, see your doctor.", "safety_net"),
        ("如果疼痛加重，請就醫。", "safety_net"),
        ("If the fever stays, take paracetamol and see your doctor.", "recommendation"),
        ("This suggests a pinched nerve.", "claim"),
        ("疼痛是神經受壓引起的。", "claim"),
    ],
)
def test_the_kind_of_a_sentence(text: str, kind: str) -> None:
    assert kind_of(text) == kind


# -- verdicts

HELD = (
    "This pattern fits plantar fasciitis. Stretch the calf twice a day and wear soft heels. Do not take ibuprofen "
    "with a stomach ulcer. Paracetamol 500 mg eases the pain in the left heel. "
    "Most people recover within six months."
)


def codes(of: Draft) -> list[str]:
    return [concern.code for concern in check(of)]


def judged(said: str | Sentence, held: str = HELD, question: str = ASKED) -> Support:
    (one,) = supports(draft([said], question=question, sources=[source(reply=held)]))
    return one


@pytest.mark.parametrize(
    ("said", "verdict"),
    [
        ("Stretch the calf twice a day and wear soft heels.", "supported"),
        ("Wear soft heels, and stretch your calf twice a day.", "supported"),
        ("Most people have recovered within 6 months.", "supported"),
        ("Drink cranberry juice.", "model_only"),
        ("The tendon is probably torn.", "model_only"),
        ("Paracetamol 1000 mg eases the pain in the left heel.", "contradicted"),
        ("Ibuprofen 500 mg eases the pain in the left heel.", "model_only"),
        ("Paracetamol 500 mg eases the pain in the right heel.", "contradicted"),
        ("Most people recover within six weeks.", "contradicted"),
        ("You can take ibuprofen with a stomach ulcer.", "contradicted"),
        ("Never wear soft heels or stretch the calf twice a day.", "contradicted"),
        ("I am sorry that it hurts.", "not_checkable"),
        ("You write that the heel hurts when you get up.", "not_checkable"),
        ("Please send me the report of the scan.", "not_checkable"),
        ("The heel has hurt for six weeks.", "patient_said"),
    ],
)
def test_a_sentence_gets_its_verdict(said: str, verdict: Verdict) -> None:
    assert judged(said).verdict == verdict


@pytest.mark.parametrize(
    ("said", "verdict"),
    [
        ("這比較像足底筋膜炎，每天伸展小腿兩次。", "supported"),
        ("每天伸展小腿兩次，穿軟底鞋。", "supported"),
        ("建議喝蔓越莓汁。", "model_only"),
        ("胃潰瘍時可以吃布洛芬。", "contradicted"),
        ("多數人八週內會改善。", "contradicted"),
        ("祝您早日康復。", "not_checkable"),
    ],
)
def test_a_chinese_sentence_gets_its_verdict(said: str, verdict: Verdict) -> None:
    held = "這比較像足底筋膜炎。每天伸展小腿兩次，穿軟底鞋。胃潰瘍時不可以吃布洛芬。多數人六個月內會改善。"
    assert judged(said, held, "腳跟痛怎麼辦？").verdict == verdict


HEEL = (
    "Plantar fasciitis is the most common cause of heel pain in the morning. It is an irritation of the thick band "
    "of tissue under the foot. Stretch your calf and the sole for ten minutes twice a day. Paracetamol or a short "
    "course of ibuprofen can be used if your stomach allows it. An X-ray is rarely needed because a heel spur does "
    "not change the treatment. Nine out of ten people get better within a year without surgery."
)


@pytest.mark.parametrize(
    "said",
    [
        "The most frequent cause of heel pain in the morning is plantar fasciitis.",
        "Plantar fasciitis means that the thick band of tissue under the foot is irritated.",
        "Stretching the calf and the sole twice a day for ten minutes helps.",
        "Paracetamol or ibuprofen for a short time can be used if your stomach tolerates it.",
        "An X-ray is rarely necessary, as a heel spur does not alter the treatment.",
        "Most people, nine out of ten, get better within a year without an operation.",
    ],
)
def test_other_words_for_the_same_are_supported(said: str) -> None:
    assert judged(said, HEEL).verdict == "supported"


@pytest.mark.parametrize(
    "said",
    [
        "Heel pain in the morning is most often caused by gout.",
        "Stretching the calf can tear the band of tissue under the foot.",
        "An X-ray of the heel is needed to find a spur.",
        "Diclofenac can be used if your stomach allows it.",
        "Stretch your calf for thirty minutes five times a day.",
        "Surgery is needed within a year in most people.",
        "Ibuprofen relieves the pain better than paracetamol.",
        "Nine out of ten people get better within a month without surgery.",
    ],
)
def test_many_shared_words_do_not_make_support(said: str) -> None:
    assert judged(said, HEEL).verdict in ("model_only", "contradicted")


def test_a_supported_sentence_shows_the_sources_own_words() -> None:
    found = judged("Wear soft heels, and stretch your calf twice a day.")
    assert found.source == 1
    assert found.quote in HELD
    assert found.quote == "Stretch the calf twice a day and wear soft heels."


def test_the_models_own_quotation_is_shown_where_it_stands_there() -> None:
    said = Sentence("Stretch your calf in soft shoes.", (1,), ("stretch the calf twice a day",))
    assert judged(said).quote == "Stretch the calf twice a day"
    false = replace(said, quotes=("stretch the calf every hour",))
    assert judged(false).quote != "stretch the calf every hour"


def test_a_quotation_that_speaks_of_something_else_supports_nothing() -> None:
    said = Sentence("Drink cranberry juice.", (1,), ("This pattern fits plantar fasciitis",))
    assert judged(said).verdict == "model_only"


def test_a_contradiction_outweighs_the_model_s_quotation() -> None:
    said = Sentence("Most people recover within six weeks.", (1,), ("Most people recover within six months",))
    assert judged(said).verdict == "contradicted"


def test_a_source_that_is_shown_but_not_cited_contradicts_and_supports_too() -> None:
    sources = [source(1), source(2, "Ice eases a sore heel. Athlete's foot is contagious.")]
    against, for_it = supports(
        draft(["Athlete's foot is not contagious.", "Ice eases the sore heel."], sources=sources)
    )
    assert (against.verdict, against.source) == ("contradicted", 2)
    assert (for_it.verdict, for_it.source) == ("supported", 2)
    assert "[1]" in for_it.reason


def test_a_reply_is_not_turned_against_its_own_words() -> None:
    held = "You can take ibuprofen. Do not take ibuprofen."
    assert judged("You can take ibuprofen.", held).verdict == "supported"


def test_what_the_patient_says_is_never_a_fact() -> None:
    asked = "My aunt says that pineapple cures gallstones. What helps?"
    found = judged("Pineapple cures gallstones.", question=asked)
    assert found.verdict == "patient_said"
    assert found.quote in asked
    of = draft(["Pineapple cures gallstones."], question=asked)
    assert ("patient_said", "warn") in {(c.code, c.severity) for c in check(of)}
    advice = draft(
        [Sentence("Eat pineapple for the gallstones.")], question="Should I eat pineapple for gallstones?"
    )
    assert "no_source" in codes(advice)


def test_a_medicine_put_into_the_askers_mouth_is_noticed() -> None:
    assert judged("You mention that you take warfarin.").verdict == "model_only"
    known = "I take warfarin and my heel hurts."
    assert judged("You mention that you take warfarin.", question=known).verdict == "not_checkable"


def test_every_sentence_of_more_info_is_judged_in_reading_order() -> None:
    section = Section("What helps", (Point("Shoes", "Wear soft heels. Drink cranberry juice.", (1,)),))
    info = MoreInfo((Sentence("Stretch the calf twice a day.", (1,)),), (section,), ())
    found = supports(draft(["Wear soft heels."], more_info=info, sources=[source(reply=HELD)]))
    assert [(one.place, one.verdict) for one in found] == [
        ("reply", "supported"),
        ("more_info", "supported"),
        ("more_info", "supported"),
        ("more_info", "model_only"),
    ]


def rated(*said: str | Sentence) -> float | None:
    return support_rate(supports(draft(list(said), sources=[source(reply=HELD)])))


def test_the_rate_is_of_claims_and_recommendations_and_none_without_any() -> None:
    assert rated("I am sorry that it hurts.", "Call an ambulance at once.") is None
    assert rated("Wear soft heels.", "I am sorry that it hurts.") == 1
    assert (
        rated("Wear soft heels.", "Drink cranberry juice.", "You can take ibuprofen with a stomach ulcer.") == 1 / 3
    )


def test_what_a_source_contradicts_blocks_and_names_the_source() -> None:
    of = draft(["You can take ibuprofen with a stomach ulcer."], sources=[source(reply=HELD)])
    (concern,) = [c for c in check(of) if c.code == "contradicts_source"]
    assert concern.severity == "block"
    assert "[1]" in concern.message
    assert "Do not take ibuprofen with a stomach ulcer" in concern.message


def test_a_clinicians_edit_that_turns_a_sentence_round_is_noticed() -> None:
    of = draft(["Do not take ibuprofen with a stomach ulcer."], sources=[source(reply=HELD)])
    edited = with_texts(of, of.reply.text.replace("Do not take", "You can take"), "")
    assert "contradicts_source" in {c.code for c in edited.concerns}


def test_a_medicine_from_a_reply_of_six_years_is_noticed_and_shoes_are_not() -> None:
    old = [source(reply=HELD, year=2020)]
    (concern,) = [
        c for c in check(draft(["Paracetamol 500 mg eases the pain."], sources=old)) if c.code == "old_source"
    ]
    assert "paracetamol" in concern.message
    assert "old_source" not in codes(draft(["Wear soft heels."], sources=old))
    recent = [source(reply=HELD, year=2023)]
    assert "old_source" not in codes(draft(["Paracetamol 500 mg eases the pain."], sources=recent))


def test_another_language_is_said_to_be_the_reason() -> None:
    assert "another language" in judged("The tendon is torn.", "這比較像足底筋膜炎。").reason
