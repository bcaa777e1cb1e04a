"""The themes of issues: 12 themes and 68 sub-themes in three languages. A table, edited by hand.

``sensitive`` themes get higher thresholds in reports; ``open_eligibility`` is the code of the Open Eligibility taxonomy.
"""

from msgspec import Struct


class Theme(Struct, frozen=True):
    """A theme, or a sub-theme of ``parent``."""

    parent: str
    nl: str
    fr: str
    en: str
    sensitive: bool
    open_eligibility: int | None


# fmt: off
THEMES: dict[str, Theme] = {
    "MON": Theme("", "Geld: inkomen en schulden", "Argent : revenus et dettes", "Money: income and debt", False, 1107),
    "MON.01": Theme("MON", "Leefloon", "Revenu d'intégration", "Integration income", False, 1256),
    "MON.02": Theme("MON", "Andere steun van het OCMW", "Autre aide du CPAS", "Other CPAS support", False, 1232),
    "MON.03": Theme("MON", "OCMW: weigering, schorsing, wachten", "CPAS : refus, suspension, attente", "CPAS refusal, suspension, waiting", False, 1256),
    "MON.04": Theme("MON", "Schulden, schuldbemiddeling", "Dettes, médiation de dettes", "Debt, debt mediation", False, 1263),
    "MON.05": Theme("MON", "Deurwaarder, beslag", "Huissier, saisie", "Bailiff, seizure", False, 1263),
    "MON.06": Theme("MON", "Bankrekening, belastingen", "Compte bancaire, impôts", "Bank account, taxes", False, 1270),
    "HOU": Theme("", "Wonen", "Logement", "Housing", False, 1103),
    "HOU.01": Theme("HOU", "Sociale woning, wachtlijst", "Logement social, liste d'attente", "Social housing, waiting list", False, 1136),
    "HOU.02": Theme("HOU", "Te hoge huur, indexering", "Loyer trop cher, indexation", "Rent too high", False, 1137),
    "HOU.03": Theme("HOU", "Vocht, ongedierte, slechte staat", "Humidité, nuisibles, insalubrité", "Damp, pests, bad condition", False, 1142),
    "HOU.04": Theme("HOU", "Uithuiszetting", "Expulsion", "Eviction", False, 1142),
    "HOU.05": Theme("HOU", "Huurcontract, huurwaarborg", "Bail, garantie locative", "Lease, deposit", False, 1142),
    "HOU.06": Theme("HOU", "Afrekening huurlasten", "Décompte de charges", "Service-charge statement", False, 1142),
    "HOU.07": Theme("HOU", "Woning zoeken", "Chercher un logement", "Finding a home", False, 1136),
    "HOU.08": Theme("HOU", "Geschil met verhuurder", "Litige avec le bailleur", "Dispute with landlord", False, 1142),
    "ENE": Theme("", "Energie en water", "Énergie et eau", "Energy and water", False, 1138),
    "ENE.01": Theme("ENE", "Rekening gas/elektriciteit", "Facture gaz/électricité", "Gas/electricity bill", False, 1244),
    "ENE.02": Theme("ENE", "Waterrekening", "Facture d'eau", "Water bill", False, 1244),
    "ENE.03": Theme("ENE", "Afsluiting, begrenzer", "Coupure, limiteur", "Cut-off, limiter", False, 1119),
    "ENE.04": Theme("ENE", "Sociaal tarief, beschermde klant", "Tarif social, client protégé", "Social tariff, protected customer", False, 1138),
    "HEA": Theme("", "Gezondheid en ziekenfonds", "Santé et mutuelle", "Health and insurance", True, 1106),
    "HEA.01": Theme("HEA", "Ziekenfonds in orde brengen", "Se mettre en ordre de mutuelle", "Health insurance in order", False, 1202),
    "HEA.02": Theme("HEA", "Verhoogde tegemoetkoming", "Intervention majorée (BIM)", "Increased reimbursement", False, 1199),
    "HEA.03": Theme("HEA", "Dringende medische hulp", "Aide médicale urgente (AMU)", "Urgent medical aid", True, 1199),
    "HEA.04": Theme("HEA", "Dokter of zorg vinden", "Trouver un médecin, des soins", "Finding a doctor, care", False, 1206),
    "HEA.05": Theme("HEA", "Zorg te duur", "Soins trop chers", "Care too expensive", False, 1199),
    "HEA.06": Theme("HEA", "Mentale gezondheid", "Santé mentale", "Mental health", True, 1220),
    "HEA.07": Theme("HEA", "Verslaving", "Assuétudes", "Addiction", True, 1178),
    "RES": Theme("", "Verblijf en papieren", "Séjour et papiers", "Residence and papers", True, 1381),
    "RES.01": Theme("RES", "Verblijfsprocedure, verlenging", "Procédure de séjour, prolongation", "Residence procedure, renewal", True, 1381),
    "RES.02": Theme("RES", "Zonder papieren", "Sans papiers", "Undocumented", True, 1381),
    "RES.03": Theme("RES", "Asiel en opvang", "Asile et accueil", "Asylum and reception", True, 1381),
    "RES.04": Theme("RES", "Gezinshereniging", "Regroupement familial", "Family reunification", True, 1381),
    "RES.05": Theme("RES", "Gemeente: inschrijving, attest", "Commune : inscription, attestation", "Municipality: registration, certificate", False, 1292),
    "WRK": Theme("", "Werk en werkloosheid", "Emploi et chômage", "Work and unemployment", False, 1110),
    "WRK.01": Theme("WRK", "Werkloosheidsuitkering, uitsluiting", "Allocations de chômage, exclusion", "Unemployment benefit, exclusion", False, 1261),
    "WRK.02": Theme("WRK", "Werk zoeken", "Chercher un emploi", "Looking for work", False, 1357),
    "WRK.03": Theme("WRK", "Onbetaald loon, slecht werk", "Salaire impayé, mauvais travail", "Unpaid wage, bad work", True, 1374),
    "WRK.04": Theme("WRK", "Opleiding, diploma erkennen", "Formation, équivalence de diplôme", "Training, diploma recognition", False, 1365),
    "WRK.05": Theme("WRK", "Ziek en uitkering", "Incapacité de travail", "Sick pay", True, 1257),
    "FAM": Theme("", "Gezin, kinderen, school", "Famille, enfants, école", "Family, children, school", False, 1109),
    "FAM.01": Theme("FAM", "Kinderbijslag", "Allocations familiales", "Child benefit", False, 1256),
    "FAM.02": Theme("FAM", "School: plaats, kosten, uitval", "École : place, frais, décrochage", "School: place, cost, drop-out", False, 1317),
    "FAM.03": Theme("FAM", "Kinderopvang", "Garde d'enfants", "Childcare", False, 1280),
    "FAM.04": Theme("FAM", "Scheiding, onderhoudsgeld", "Séparation, pension alimentaire", "Separation, maintenance", True, 1387),
    "FAM.05": Theme("FAM", "Opvoeding, jeugdhulp", "Parentalité, aide à la jeunesse", "Parenting, youth care", True, 1315),
    "FAM.06": Theme("FAM", "Alleenstaande ouder", "Parent solo", "Single parent", False, 1303),
    "CAR": Theme("", "Handicap, pensioen, zorg", "Handicap, pension, aide", "Disability, pension, care", False, 1108),
    "CAR.01": Theme("CAR", "Handicap: erkenning, uitkering", "Handicap : reconnaissance, allocation", "Disability recognition, benefit", True, 1200),
    "CAR.02": Theme("CAR", "Pensioen, IGO", "Pension, GRAPA", "Pension, minimum for elderly", False, 1259),
    "CAR.03": Theme("CAR", "Thuiszorg, mantelzorg", "Aide à domicile, aidant proche", "Home care, carer", False, 1277),
    "CAR.04": Theme("CAR", "Toegankelijkheid, hulpmiddelen", "Accessibilité, aides techniques", "Access, aids", True, 1169),
    "CAR.05": Theme("CAR", "Vervoer, abonnement", "Transport, abonnement", "Transport, pass", False, 1105),
    "JUS": Theme("", "Recht, discriminatie, veiligheid", "Droit, discrimination, sécurité", "Justice, discrimination, safety", False, 1111),
    "JUS.01": Theme("JUS", "Advocaat, pro Deo", "Avocat, pro Deo", "Lawyer, legal aid", False, 1375),
    "JUS.02": Theme("JUS", "Discriminatie, racisme", "Discrimination, racisme", "Discrimination, racism", True, 1382),
    "JUS.03": Theme("JUS", "Politie", "Police", "Police", True, 1382),
    "JUS.04": Theme("JUS", "Partner- of familiegeweld", "Violences conjugales, familiales", "Domestic violence", True, 1124),
    "JUS.05": Theme("JUS", "Uitbuiting, slachtoffer", "Exploitation, victime", "Exploitation, victim", True, 1123),
    "JUS.06": Theme("JUS", "Klacht of beroep", "Plainte ou recours", "Complaint or appeal", False, 1375),
    "BAS": Theme("", "Eten, slapen, basis", "Manger, dormir, essentiel", "Food, shelter, basics", False, 1102),
    "BAS.01": Theme("BAS", "Voedselhulp", "Aide alimentaire", "Food aid", False, 1130),
    "BAS.02": Theme("BAS", "Dak- of thuisloos", "Sans-abri, sans chez-soi", "Homeless", True, 1121),
    "BAS.03": Theme("BAS", "Douche, was, kledij", "Douche, lessive, vêtements", "Shower, laundry, clothes", False, 1158),
    "BAS.04": Theme("BAS", "Noodopvang vannacht", "Hébergement d'urgence ce soir", "Shelter tonight", True, 1121),
    "BAS.05": Theme("BAS", "Referentieadres", "Adresse de référence", "Reference address", False, 1292),
    "DIG": Theme("", "Digitaal en administratie", "Numérique et administration", "Digital and paperwork", False, 1292),
    "DIG.01": Theme("DIG", "Online aanvraag, itsme, eID", "Demande en ligne, itsme, eID", "Online forms, e-identity", False, 1292),
    "DIG.02": Theme("DIG", "Geen toestel of internet", "Pas d'appareil ou d'internet", "No device or internet", False, 1351),
    "DIG.03": Theme("DIG", "Loket dicht of onbereikbaar", "Guichet fermé ou injoignable", "Counter closed, unreachable", False, 1292),
    "DIG.04": Theme("DIG", "Brief of papieren begrijpen", "Comprendre un courrier", "Understanding a letter", False, 1292),
    "DIG.05": Theme("DIG", "Taal, tolk", "Langue, interprète", "Language, interpreter", False, 1390),
    "NEI": Theme("", "Buurt en samen", "Quartier et ensemble", "Neighbourhood and together", False, 1303),
    "NEI.01": Theme("NEI", "Alleen zijn", "Isolement", "Loneliness", False, 1303),
    "NEI.02": Theme("NEI", "Netheid, groen, pleinen", "Propreté, verdure, places", "Cleanliness, green, squares", False, None),
    "NEI.03": Theme("NEI", "Ontmoetingsplek", "Lieu de rencontre", "Meeting place", False, 1303),
    "NEI.04": Theme("NEI", "Verkeer, verlichting, onveilig", "Circulation, éclairage, insécurité", "Traffic, lighting, unsafe", False, None),
    "NEI.05": Theme("NEI", "Buren, samenleven", "Voisins, vivre ensemble", "Neighbours", False, 1387),
    "NEI.06": Theme("NEI", "Ik wil iets aanbieden of doen", "Je veux proposer ou faire quelque chose", "I want to offer or do something", False, None),
}
