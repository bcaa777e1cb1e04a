/**
 * The words of a French passphrase: the French list of BIP 39, 2 048 words that differ in their first four letters.
 * https://github.com/bitcoin/bips/blob/master/bip-0039/french.txt, taken from @scure/bip39 2.4.0, MIT licence, © 2022 Patricio Palladino,
 * Paul Miller. Accents need not be typed.
 */
export const WORDS: readonly string[] = `
abaisser abandon abdiquer abeille abolir aborder aboutir aboyer abrasif abreuver abriter abroger abrupt absence absolu absurde abusif
abyssal académie acajou acarien accabler accepter acclamer accolade accroche accuser acerbe achat acheter aciduler acier acompte acquérir
acronyme acteur actif actuel adepte adhésif adjectif adjuger admettre admirer adopter adorer adoucir adresse adroit adulte adverbe adéquat
affaire affecter affiche affreux affubler agacer agencer agile agiter agrafer agrume agréable aider aiguille ailier aimable aisance
ajouter ajuster alarmer alchimie alerte algue algèbre aliment aliéner alliage allouer allumer alléger alourdir alpaga altesse alvéole
amateur ambigu ambre amertume amidon amiral amorcer amour amovible amphibie ampleur amusant aménager analyse anaphore anarchie anatomie
ancien angle angoisse anguleux animal annexer annonce annuel anodin anomalie anonyme anormal antenne antidote anxieux anéantir apaiser
aplanir apologie appareil appeler apporter appuyer apéritif aquarium aqueduc arbitre arbuste ardeur ardoise argent arlequin armature
armement armoire armure arpenter arracher arriver arroser arsenic article artériel aspect asphalte aspirer assaut asservir assiette
associer assurer asticot astre astuce atelier atome atrium atroce attaque attentif attirer attraper aubaine auberge audace audible augurer
aurore automne autruche avaler avancer avarice avenir averse aveugle aviateur avide avion aviser avoine avouer avril axial axiome aérer
aéronef badge bafouer bagage baguette baignade balancer balcon baleine balisage bambin bancaire bandage banlieue bannière banquier barbier
baril baron barque barrage bassin bastion bataille bateau batterie baudrier bavarder belette belote berceau berger berline bermuda besace
besogne beurre biberon bicycle bidule bijou bilan bilingue billard binaire biologie biopsie biotype biscuit bison bistouri bitume bizarre
blafard blague blanchir blessant blinder blond bloquer blouson bobard bobine boire boiser bolide bonbon bondir bonheur bonifier bonus
bordure borne botte boucle boueux bougie boulon bouquin bourse boussole boutique boxeur branche brasier brave brebis breuvage bricoler
brigade brillant brioche brique brochure broder bronzer brousse broyeur brume brusque brutal bruyant brèche buffle buisson bulletin bureau
burin bustier butiner butoir buvable buvette bélier bénéfice bétail cabanon cabine cachette cadeau cadre caféine caillou caisson calculer
calepin calibre calmer calomnie calvaire camarade camion campagne caméra canal caneton canon cantine canular capable caporal caprice
capsule capter capuche carabine carbone caresser caribou carnage carotte carreau carton cascade casier casque cassure causer caution
cavalier caverne caviar ceinture cellule cendrier censurer central cercle cerise cerner cerveau cesser chagrin chaise chaleur chambre
chance chapitre charbon chasseur chaton chausson chavirer chemise chenille chercher cheval chien chiffre chignon chimère chiot chlorure
chocolat choisir chose chouette chrome chute chéquier cigare cigogne cimenter cintrer cinéma circuler cirer cirque citerne citoyen citron
civil clairon clameur claquer classe clavier client cligner climat clivage cloche clonage cloporte cobalt cobra cocasse cocotier coder
codifier coffre cogner cohésion coiffer coincer colibri colline colmater colonel colère combat commande compact comédie concert conduire
confier congeler connoter consonne contact convexe copain copie corail corbeau cordage corniche corpus correct cortège cosmique costume
coton coude coupure courage couteau couvrir coyote crabe crainte cravate crayon creuser crevette cribler crier cristal critère croire
croquer crotale crucial cruel crypter créature créditer crémeux cubique cueillir cuillère cuisine cuivre culminer cultiver cumuler cupide
curatif curseur cyanure cycle cylindre cynique cédille céleste cérébral daigner damier danger danseur dauphin demander demeurer dentelle
descente dessiner destrier devancer devenir deviner devoir diable dialogue diamant dicter différer digital digne digérer diluer dimanche
diminuer dioxyde directif diriger discuter disposer dissiper distance divertir diviser docile docteur dogme doigt domaine domicile dompter
donateur donjon donner dopamine dortoir dorure dosage doseur dossier dotation douanier double douceur douter doyen dragon draper dresser
dribbler droiture duperie duplexe durable durcir dynastie débattre débiter déborder débrider débutant décaler décembre déchirer décider
déclarer décorer décrire décupler dédale déductif déesse défensif défiler défrayer dégager dégivrer déglutir dégrafer déjeuner délice
déloger démolir dénicher dénouer dénuder départ dépenser déphaser déplacer déposer déranger dérober désastre désert désigner désobéir
détacher détester détourer détresse effacer effectif effigie effort effrayer effusion emballer embellir embryon emmener empereur employer
emporter emprise encadrer enchère enclave encoche endiguer endosser endroit enduire enfance enfermer enfouir engager engin englober
enjamber enjeu enlever ennemi ennuyeux enrichir enrobage enseigne entasser entendre entier entourer entraver envahir enviable envoyer
enzyme erreur escalier espadon espiègle espoir esprit espèce esquiver essayer essence essieu essorer estime estomac estrade ethnie
euphorie exact exagérer exaucer exceller excitant exclusif excuse exemple exercer exhaler exhorter exigence exiler exister exotique
explorer exposer exprimer expédier exquis extensif extraire exulter exécuter fable fabuleux facette facile facture faiblir falaise fameux
famille farceur farfelu farine farouche fasciner fatal fatigue faucon fautif faveur favori femme fendoir fermer ferveur festival feuille
feutre fiasco ficeler fictif fidèle figure filature filetage filière filleul filmer filou filtrer financer finir fiole firme fissure fixer
flairer flamme flasque flatteur fleur flexion flocon flore fluctuer fluide fluvial flèche fléau folie fonderie fongible fontaine forcer
forgeron formuler fortune fossile foudre fougère fouiller foulure fourmi fragile fraise franchir frapper frayeur freiner frelon friable
friction frisson frivole froid fromage frontal frotter fruit frère frégate frémir frénésie fugitif fuite fureur furieux furtif fusion
futur fébrile féconder fédérer félin fémur féodal féroce février gagner galaxie galerie gambader garantir gardien garnir garrigue gazelle
gazon gendarme genou gentil germe gestuel geyser gibier gicler girafe givre glace glaive glisser globe gloire glorieux golfeur gomme
gonfler gorge gorille goudron gouffre goulot goupille gourmand goutte graduel graffiti graine grand grappin gratuit gravir grenat griffure
griller grimper grogner gronder grotte groupe gruger grutier gruyère guerrier guide guimauve guitare gustatif guépard gymnaste gyrostat
géant gélatine gélule génie général géologie géomètre géranium habitude hachoir halte hameau hangar hanneton haricot harmonie harpon
hasard herbe hermine heureux hiberner hibou hilarant histoire hiver homard hommage homogène honneur honorer honteux horde horizon horloge
hormone horrible houleux housse hublot huileux humain humble humide humour hurler hydromel hygiène hymne hypnose hélium hématome hérisson
héron hésiter idylle ignorer iguane illicite illusion image imbiber imiter immense immobile immuable impact implorer imposer imprimer
imputer impérial incarner incendie incident incliner incolore indexer indice inductif ineptie inexact infini infliger informer infusion
ingérer inhaler inhiber injecter injure innocent inoculer inonder inscrire insecte insigne insolite inspirer instinct insulter intact
intense intime intrigue intuitif inutile invasion inventer inviter invoquer inédit ironique irradier irriter irréel isoler ivoire ivresse
jaguar jaillir jambe janvier jardin jauger jaune javelot jetable jeton jeudi jeunesse joindre joncher jongler joueur jouissif journal
jovial joyau joyeux jubiler jugement junior jupon juriste justice juteux juvénile kayak kimono kiosque label labial labourer lactose
lacérer lagune laine laisser laitier lambeau lamelle lampe lanceur langage lanterne lapin largeur larme laurier lavabo lavoir lecture
lessive lettre levier lexique liasse libre libérer licence licorne ligature ligoter ligue limer limite limonade limpide lingot linéaire
lionceau liquide lisière lister lithium litige littoral livreur liège lièvre logique lointain loisir lombric loterie louer lourd loutre
louve loyal lubie lucide lucratif lueur lugubre luisant lumière lunaire lundi luron lutter luxueux légal léger légume lézard machine
magasin magenta magique maigre maillon maintien mairie maison majorer malaxer malheur malice mallette maléfice mammouth mandater maniable
manquant manteau manuel marathon marbre marchand mardi maritime marqueur marron marteler mascotte massif matière matraque matériel maudire
maussade mauve maximal meilleur membre menacer mener menhir mensonge mentor mercredi merle messager mesure meuble miauler microbe miette
mignon migrer milieu million mimique mince minimal minorer minute minéral miracle miroiter missile mixte mobile moderne moelleux mondial
moniteur monnaie monotone monstre montagne monument moqueur morceau morsure mortier moteur motif mouche moufle moulin mousson mouton
mouvant multiple munition muraille murmure murène muscle musicien muséum mutation muter mutuel myriade myrtille mystère mythique méchant
méconnu médaille médecin méditer méduse mélange mélodie mémoire mérite métal méthode métier météore nageur nappe narquois narrer natation
nation nature naufrage nautique navire nectar neige nerveux nettoyer neurone neutron neveu niche nickel nitrate niveau noble nocif
nocturne noirceur noisette nomade nombreux nommer normatif notable notifier notoire nourrir nouveau novateur novembre novice nuage nuancer
nuire nuisible numéro nuptial nuque nutritif nébuleux néfaste négation négliger négocier objectif obliger obscur observer obstacle obtenir
obturer obéir occasion occuper octobre octroyer octupler oculaire océan odeur odorant offenser officier offrir ogive oiseau oisillon
olfactif olivier ombrage omettre onctueux onduler onirique onéreux opale opaque opinion opportun opprimer opter optique opérer orageux
orange orbite ordonner oreille organe orgueil orifice ornement orque ortie osciller osmose ossature otarie ouragan ourson outil outrager
ouvrage ovation oxyde oxygène ozone paisible palace palmarès palourde palper panache panda pangolin paniquer panneau panorama pantalon
papaye papier papoter papyrus paradoxe parcelle paresse parfumer parler parole parrain parsemer partager parure parvenir passion pastèque
paternel patience patron pavillon pavoiser payer paysage peigne peintre pelage pelle pelouse peluche pendule pensif perdrix perforer
permuter perplexe persil perte peser petit peuple pharaon phobie phoque photon phrase physique piano pictural pierre pieuvre pilote
pinceau pipette piquer pirogue piscine piston pivoter pixel pizza pièce placard plafond plaisir planer plaque plastron plateau pleurer
plexus pliage plomb plonger pluie plumage pochette pointe poirier poisson poivre polaire policier pollen polygone pommade pompier ponctuel
pondérer poney portique position posséder posture potager poteau potion pouce poulain poumon pourpre poussin pouvoir poète poésie prairie
pratique primitif prince prison priver problème procéder prodige profond progrès proie projeter prologue promener propre prospère protéger
prouesse proverbe prudence pruneau précieux prédire préfixe prélude prénom présence prétexte prévoir psychose public puceron puiser pulpe
pulsar punaise punitif pupitre purifier puzzle pyramide pélican pénible pénurie pénétrer pépite péplum période pétale pétrir quasar
querelle question quitter quiétude quotient racine raconter radieux ragondin raideur raisin ralentir rallonge ramasser rapide rasage
ratisser ravager ravin rayonner recevoir recruter reculer recycler redouter refaire refrain refuge rejeter rejouer relatif relever relief
remarque remise remonter remplir remuer remède renard renfort renifler renoncer rentrer renvoi replier reporter reprise reptile requin
respect rester retenir retomber retracer revanche revivre richesse rideau rieur rigide rigoler rincer riposter risible risque rituel rival
rivière rocheux romance rompre ronce rondin roseau rosier rotatif rotor rotule rouge rouille rouleau routine royaume ruban rubis ruche
ruelle rugueux ruiner ruisseau ruser rustique rythme réactif réagir réaliser réanimer réciter réclamer récolter rédiger réflexe réformer
régalien région réglage régulier réitérer réserve résineux résoudre résultat rétablir réticule réunion réussir révolte révulsif sabler
saboter sabre sacoche safari sagesse saisir salade salive salon saluer samedi sanction sanglier sarcasme sardine saturer saugrenu saumon
sauter sauvage savant savonner scalpel scandale sceptre schéma science scinder score scrutin sculpter scélérat scénario secouer seigneur
semaine sembler semence sensible sentence serein sergent serrure service sevrage sextuple sidéral siffler sigle signal silence silicium
simple sincère sinistre siphon sirop sismique situer siècle siéger skier social socle sodium soigneux soldat soleil solitude soluble
sombre sommeil somnoler sonde songeur sonnette sonore sorcier sortir sosie sottise soucieux soudure souffle soulever soupape source
soutirer souvenir spacieux spatial sphère spiral spécial stable station sternum stimulus stipuler strict studieux stupeur styliste sublime
substrat subtil subvenir succès sucre suffixe suggérer suiveur sulfate superbe supplier surface suricate surmener surprise sursaut survie
suspect syllabe symbole symétrie synapse syntaxe système séance sécable sécher sécréter sédatif séduire séjour sélectif séminal sénateur
séparer séquence sérieux sérum sésame sévir tabac tablier tactile tailler talent talisman talonner tambour tamiser tangible tapis taquiner
tarder tarif tartine tasse tatami tatouage taupe taureau taxer temporel tenaille tendre teneur tenir tension terminer terne terrible texte
thorax thème théorie thérapie tibia timide tirelire tiroir tissu titane titre tituber tiède toboggan tolérant tomate tonique tonneau
toponyme torche tordre tornade torpille torrent torse tortue totem toucher tournage tousser toxine traction trafic tragique trahir train
trancher travail tremper treuil triage tribunal tricoter trilogie triomphe tripler triturer trivial trombone tronc tropical troupeau
trèfle trésor tuile tulipe tumulte tunnel turbine tuteur tutoyer tuyau tympan typhon typique tyran témoin tétine ubuesque ultime ultrason
unanime unifier union unique unitaire univers uranium urbain urticant usage usine usuel usure utile utopie vacarme vaccin vagabond vague
vaillant vaincre vaisseau valable valise vallon valve vampire vanille vapeur varier vaseux vassal vaste vecteur vedette veinard vendredi
venger venimeux ventouse verdure vernir verrou verser vertu veston vexant vexer viaduc viande victoire vidange vidéo vignette vigueur
vilain village vinaigre violon vipère virement virtuose virus visage viseur vision visqueux visuel vital vitesse viticole vitrine vivace
vivipare vocation voguer voile voisin voiture volaille volcan voltiger volume vorace vortex voter vouloir voyage voyelle végétal véhicule
véloce vénérer vérin vétuste vétéran wagon xénon yacht zeste zoologie zèbre zénith éblouir écarter écharpe échelle éclairer éclipse éclore
écluse école économie écorce écouter écraser écrivain écrou écrémer écume écureuil édifier éduquer égaliser égarer éjecter élaborer
élargir électron éligible élitisme éloge élucider éluder élève élégant éléphant émeraude émission émotion émouvoir émulsion énergie énigme
énumérer éolien épaissir épargne épatant épaule épicerie épidémie épier épilogue épine épisode épitaphe époque épreuve éprouver épuisant
équerre équipe ériger érosion éruption étagère étaler étanche étatique éteindre étendoir éternel éthanol éthique étirer étoffer étoile
étonnant étourdir étrange étroit étude évaluer évasion éventail évidence éviter évolutif évoquer
`
  .trim()
  .split(/\s+/);
