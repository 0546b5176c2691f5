"""Words that say where somebody lives or comes from, how old they are or what happened to them: data, in lower case.

Of places the nations and regions and the larger towns of the United Kingdom and Belgium, without those that are
everyday words too (Bath, Reading): these are found by their capital alone. Written from general knowledge, and not
complete: a place behind "in" or "from" is found without standing here.
"""


def _set(words: str) -> frozenset[str]:
    return frozenset(" ".join(word.split()) for word in words.split(","))


REGIONS = _set(
    """england, scotland, wales, northern ireland, ulster, cornwall, devon, dorset, somerset, wiltshire, hampshire,
    isle of wight, sussex, kent, surrey, essex, suffolk, norfolk, cambridgeshire, hertfordshire, bedfordshire,
    buckinghamshire, oxfordshire, berkshire, gloucestershire, herefordshire, worcestershire, warwickshire, shropshire,
    staffordshire, derbyshire, nottinghamshire, leicestershire, rutland, northamptonshire, lincolnshire, yorkshire,
    lancashire, cumbria, lake district, merseyside, cheshire, northumberland, tyneside, teesside, wearside, anglesey,
    gwynedd, powys, pembrokeshire, carmarthenshire, ceredigion, glamorgan, gwent, snowdonia, fife, lothian, ayrshire,
    lanarkshire, aberdeenshire, highlands, hebrides, orkney, shetland, skye, antrim, armagh, fermanagh, tyrone,
    county down, guernsey, isle of man, channel islands, flanders, wallonia, ardennes, limburg, hainaut, vlaanderen,
    west vlaanderen, oost vlaanderen, henegouwen, kempen, wallonie, belgium, belgie"""
)
TOWNS = _set(
    """london, birmingham, manchester, leeds, glasgow, sheffield, bradford, liverpool, edinburgh, bristol, cardiff,
    belfast, leicester, wakefield, coventry, nottingham, newcastle, sunderland, brighton, plymouth, wolverhampton,
    southampton, portsmouth, norwich, swansea, aberdeen, dundee, milton keynes, northampton, luton, swindon, oxford,
    cambridge, ipswich, york, exeter, gloucester, cheltenham, blackpool, bolton, stockport, rochdale, oldham, salford,
    wigan, warrington, preston, blackburn, burnley, huddersfield, halifax, doncaster, rotherham, barnsley, hartlepool,
    middlesbrough, darlington, durham, gateshead, carlisle, lancaster, stoke on trent, derby, lincoln, grimsby,
    scunthorpe, peterborough, colchester, chelmsford, southend, basildon, maidstone, canterbury, dover, hastings,
    eastbourne, worthing, crawley, guildford, slough, bournemouth, salisbury, winchester, basingstoke, torquay, truro,
    penzance, taunton, hereford, worcester, shrewsbury, telford, walsall, dudley, solihull, nuneaton, kettering, corby,
    bedford, stevenage, watford, hemel hempstead, croydon, hackney, brixton, tottenham, ealing, harrow, newport,
    wrexham, bangor, aberystwyth, llanelli, merthyr tydfil, inverness, stirling, falkirk, paisley, kilmarnock,
    dunfermline, kirkcaldy, derry, londonderry, lisburn, newry, omagh, antwerp, antwerpen, ghent, gent, charleroi,
    liege, luik, brussels, brussel, bruges, brugge, namur, namen, leuven, louvain, mechelen, aalst, kortrijk, hasselt,
    ostend, oostende, genk, seraing, roeselare, turnhout, sint niklaas, dendermonde, verviers, tournai, doornik, ypres,
    ieper, tongeren, halle, vilvoorde, waterloo, wavre, arlon, mouscron"""
)
# Where somebody comes from, without the peoples who are many wherever we are read.
ORIGINS = _set(
    """afghan, albanian, algerian, angolan, armenian, bangladeshi, bolivian, brazilian, bulgarian, burmese, cambodian,
    cameroonian, chechen, chilean, colombian, congolese, croatian, cuban, czech, ecuadorian, egyptian, eritrean,
    estonian, ethiopian, filipino, gambian, georgian, ghanaian, hungarian, indonesian, iranian, iraqi, jamaican,
    kenyan, korean, kosovan, kurdish, lebanese, libyan, latvian, lithuanian, malaysian, maltese, moldovan, mongolian,
    moroccan, nepali, nigerian, pakistani, palestinian, peruvian, romani, romanian, rwandan, senegalese, serbian,
    somali, sri lankan, sudanese, syrian, taiwanese, tamil, tanzanian, thai, tibetan, tunisian, ugandan, ukrainian,
    venezuelan, vietnamese, yemeni, zambian, zimbabwean, afghaans, afghaanse, albanees, albanese, congolees,
    eritrees, eritrese, irakees, iraakse, koerdisch, koerdische, marokkaans, marokkaanse, oekraiens, oekraiense,
    roemeens, roemeense, rwandees, rwandese, somalisch, somalische, syrisch, syrische"""
)
PLACES = REGIONS | TOWNS | ORIGINS | {f"{one}s" for one in ORIGINS}
# What has a capital behind "in" or "at" and is no place that tells one person from another.
NO_PLACE = _set(
    """monday, tuesday, wednesday, thursday, friday, saturday, sunday, january, february, march, april, may, june, july,
    august, september, october, november, december, maandag, dinsdag, woensdag, donderdag, vrijdag, zaterdag, zondag,
    christmas, easter, eid, ramadan, diwali, hanukkah, halloween, school, college, primary, secondary, sixth, year,
    uni, university, home, work, english, maths, science, history, geography, french, spanish, german, dutch, latin,
    instagram, snapchat, tiktok, whatsapp, facebook, youtube, discord, twitch, roblox, minecraft, fortnite, spotify,
    google, childline, samaritans, shout, mum, dad, nan, grandad, god, allah, the, this, that, these, those, his, her,
    their, our, your, first, last, lunch, night, summer, winter, autumn, boxing, bonfire, internet, bible, quran, koran,
    police, hospital, doctor, teacher, head, nurse, government, army, junior, infant, grammar, private, boarding,
    januari, februari, maart, mei, juni, juli, augustus, oktober, kerst, kerstmis, pasen, sinterklaas, engels, frans,
    duits, nederlands, wiskunde, mama, papa, oma, opa, awel"""
)
NUMBERS = _set(
    """ten, eleven, twelve, thirteen, fourteen, fifteen, sixteen, seventeen, eighteen, nineteen, twenty, twenty one,
    twenty two, twenty three, twenty four, twenty five, tien, elf, twaalf, dertien, veertien, vijftien, zestien,
    zeventien, achttien, negentien, twintig"""
)
# What a number counts where it is no age.
UNITS = _set(
    """day, days, week, weeks, month, months, seconds, minute, minutes, min, mins, hour, hours, years ago, yrs ago,
    years since, pm, oclock, o'clock, o’clock, times, of us, of them, of the, out of, people, kids, children, pupils,
    pound, pounds, quid, pence, p, euro, euros, dollars, percent, per cent, degrees, points, m, metre, metres, meter,
    meters, cm, mm, km, kilometres, mile, miles, foot, feet, ft, inch, inches, kg, kilo, kilos, stone, lbs, grams,
    dagen, weken, maanden, seconden, minuten, uur, uren, jaar geleden, keer, mensen, personen, kinderen, leerlingen,
    procent, graden, punten, kilometer, van de"""
)
EVENTS = _set(
    """court, trial, jury, prison, jail, jailed, arrested, pregnant, wheel chair, young offender, crash, car accident,
    fire, house fire, flood, earthquake, explosion, stabbed, stabbing, shooting, murder, murdered, kidnapped, adopted,
    adoption, adoptive, foster, fostered, foster care, care leaver, care home, orphan, surrogate, sperm donor, twin,
    twins, triplet, triplets, transplant, donor, coma, cancer, leukaemia, tumour, chemo, cystic fibrosis, amputated,
    amputee, prosthetic, wheelchair, paralysed, deaf, blind, hearing aid, hearing aids, cochlear implant, guide dog,
    sign language, albinism, tourettes, dwarfism, refugee, refugees, asylum, asylum seeker, deported, evacuated, war,
    national team, olympics, champion, championship, championships, paralympics, scholarship, on tv, on the news, in
    the news, newspaper, went viral, famous, expelled, kicked out of, boarding school, army, soldier, circus,
    lighthouse, rechtbank, rechter, gevangenis, brand, ongeval, adoptie, geadopteerd, pleeggezin, tweeling, drieling,
    transplantatie, rolstoel, vluchteling, vluchtelingen, asiel, doof, kanker, nationale ploeg, zwanger, jeugdrechter,
    jeugdrechtbank, gearresteerd, opgepakt, huisbrand, overstroming, aardbeving, ontploffing, neergestoken,
    schietpartij, moord, vermoord, ontvoerd, pleegouders, pleegkind, pleegzorg, weeskind, draagmoeder, leukemie, tumor,
    muco, mucoviscidose, geamputeerd, prothese, verlamd, hoorapparaat, geleidehond, gebarentaal, asielzoeker,
    asielcentrum, uitgewezen, geevacueerd, oorlog, kampioen, kampioenschap, studiebeurs, op tv, in het nieuws, in de
    krant, beroemd, van school gestuurd, internaat, leger, soldaat, vuurtoren"""
)
