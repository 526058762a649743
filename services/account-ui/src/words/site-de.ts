/** The pages' own texts in German. */
import type { Words } from './site.js';

export const de: Words = {
  common: {
    skip: 'Zum Inhalt',
    languages: 'Sprache',
    account: 'Ihr Konto',
    toAccount: 'Zu Ihrem Konto',
    continue: 'Weiter',
    cancel: 'Abbrechen',
    signIn: 'Anmelden',
    signOut: 'Abmelden',
    startAgain: 'Neu beginnen',
    tryAgain: 'Noch einmal versuchen',
    mistakes: 'Bitte prüfen Sie Ihre Eingaben',
    required: 'erforderlich',
    start: 'Startseite',
    needsScript: 'Schlüssel und Passkeys brauchen JavaScript. Die anderen Wege gehen ohne.',
    noKeys:
      'Dieser Browser kann keine Sicherheitsschlüssel oder Passkeys. Bitte wählen Sie einen anderen Weg.',
  },
  login: {
    title: 'Anmelden',
    forgot: 'Passwort vergessen?',
    register: 'Noch kein Konto? Jetzt anlegen',
    social: 'Mit einem Konto anmelden, das Sie schon haben',
    confirmTitle: 'Bestätigen Sie, dass Sie es sind',
    confirm: 'Sie sind angemeldet. Bevor es weitergeht, weisen Sie sich bitte noch einmal aus.',
    secondTitle: 'Zweiter Faktor',
    second: 'Der erste Schritt ist geschafft. Bitte weisen Sie sich auf einem weiteren Weg aus.',
    secondNone:
      'Diese Seite verlangt einen zweiten Faktor, und Sie haben noch keinen eingerichtet. Richten Sie in Ihrem Konto einen ein und kommen Sie dann zurück.',
    secondSetUp: 'Zweiten Faktor einrichten',
    otherAccount: 'Nicht Ihr Konto, oder kein Faktor zur Hand?',
  },
  methods: {
    password: 'Passwort',
    code: 'Code per E-Mail',
    totp: 'Authenticator-App',
    lookup_secret: 'Ersatzcode',
    webauthn: 'Sicherheitsschlüssel',
    passkey: 'Passkey',
    oidc: 'Konten bei anderen Anbietern',
    profile: 'Profil',
    link: 'Link per E-Mail',
  },
  registration: {
    title: 'Konto anlegen',
    login: 'Sie haben ein Konto? Anmelden',
    social: 'Oder mit einem Konto, das Sie schon haben',
    missing: 'Fast geschafft. Wir brauchen etwas mehr, als der Anbieter uns mitgeteilt hat.',
  },
  recovery: {
    title: 'Konto wiederherstellen',
    text: 'Nennen Sie Ihre E-Mail-Adresse. Gehört ein Konto dazu, schicken wir Ihnen den Weg zurück.',
  },
  verification: {
    title: 'Adresse bestätigen',
    text: 'Wir schicken eine Nachricht an Ihre E-Mail-Adresse, um zu wissen, dass sie Ihnen gehört.',
  },
  settings: {
    title: 'Ihr Konto',
    sections: 'Abschnitte dieser Seite',
    profile: 'Was wir über Sie wissen.',
    password: 'Nach einer Änderung bleiben Sie hier angemeldet und sonst nirgends.',
    totp: 'Eine App auf Ihrem Telefon zeigt jede halbe Minute einen neuen Code. Sie brauchen ihn neben dem Passwort.',
    totpScan:
      'Scannen Sie das Bild mit der App oder tippen Sie das Geheimnis ab. Geben Sie dann den Code ein, den die App zeigt.',
    lookup_secret:
      'Codes auf Papier für den Tag, an dem Ihr anderer zweiter Faktor verloren ist. Jeder gilt einmal.',
    lookupKeep:
      'Drucken oder kopieren Sie diese Codes und bewahren Sie sie sicher auf. Neue gelten, sobald Sie sie bestätigt haben.',
    print: 'Codes drucken',
    webauthn: 'Ein kleines Gerät zum Einstecken oder Berühren, als zweiter Faktor.',
    passkey: 'Anmelden mit Fingerabdruck, Gesicht oder PIN statt mit einem Passwort.',
    oidc: 'Konten bei anderen Anbietern, mit denen Sie sich anmelden können.',
    sessions: 'Wo Sie angemeldet sind',
    sessionsText: 'Beenden Sie, was Sie nicht kennen. Es kann einige Sekunden dauern, bis es überall gilt.',
    thisSession: 'Dieser Browser',
    since: 'seit',
    endSession: (where: string) => `Beenden: ${where}`,
    endOthers: 'Überall sonst abmelden',
    noOthers: 'Sie sind sonst nirgends angemeldet.',
    ended: 'Erledigt. Was Sie beendet haben, ist abgemeldet.',
    unknownDevice: 'Unbekanntes Gerät',
    onSystem: (browser: string, system: string) => `${browser} unter ${system}`,
  },
  signedIn: {
    title: 'Sie sind schon angemeldet',
    text: 'Hier gibt es nichts zu tun. Wenn Sie jemand anderes sein wollen, melden Sie sich zuerst ab.',
  },
  consent: {
    title: (provider: string) => `Weiter mit ${provider}?`,
    leave: (provider: string) => `Sie verlassen uns nun, um sich bei ${provider} anzumelden.`,
    tells: (provider: string) => `${provider} teilt uns mit:`,
    email: 'Ihre E-Mail-Adresse, wenn sie dort bestätigt ist',
    name: 'Ihren Namen',
    nothing: 'nichts als eine Nummer, die für Sie steht',
    stored:
      'Das speichern wir bei Ihrem Konto, zusammen mit der Nummer, unter der der Anbieter Sie kennt. Wir erfahren kein Passwort und nichts davon, was Sie dort tun.',
    remembered: 'Dieser Browser merkt sich Ihre Antwort ein Jahr lang.',
    continue: (provider: string) => `Weiter mit ${provider}`,
  },
  failure: {
    unavailable: {
      title: 'Ihr Konto ist gerade nicht erreichbar',
      text: 'Der Dienst, der Ihr Konto kennt, antwortet nicht. Es ist nichts verloren. Bitte versuchen Sie es gleich noch einmal.',
    },
    expired: {
      title: 'Diese Seite ist abgelaufen',
      text: 'Sie war zu lange offen. Beginnen Sie neu; was Sie eingegeben hatten, ist weg.',
    },
    unknown: {
      title: 'Diesen Schritt gibt es nicht mehr',
      text: 'Die Adresse führt zu einem Schritt, der beendet, nie begonnen oder von jemand anderem begonnen wurde. Beginnen Sie neu.',
    },
    csrf: {
      title: 'Ihr Browser hat unsere Cookies nicht mitgeschickt',
      text: 'Das geschieht, wenn Cookies abgelehnt oder gelöscht wurden, wenn die Seite in einem anderen Browser begonnen wurde, oder nach einer Anmeldung in einem anderen Tab. Erlauben Sie Cookies für diese Seite und beginnen Sie neu.',
    },
    signedOut: {
      title: 'Ihre Sitzung ist beendet',
      text: 'Sie wurden abgemeldet, hier oder von woanders. Melden Sie sich an, um weiterzumachen.',
    },
    secondFactor: {
      title: 'Es fehlt noch ein Schritt',
      text: 'Hierfür braucht es Ihren zweiten Faktor.',
      action: 'Zweiten Faktor angeben',
    },
    other: {
      title: 'Das hat nicht geklappt',
      text: 'Die Anfrage konnte nicht bearbeitet werden. Beginnen Sie neu; geschieht es noch einmal, sagen Sie es denen, die diese Seite betreiben.',
    },
    server: {
      title: 'Bei uns ist etwas schiefgegangen',
      text: 'An Ihnen lag es nicht. Bitte versuchen Sie es gleich noch einmal.',
    },
    returnTo: {
      title: 'Diese Adresse ist nicht erlaubt',
      text: 'Der Link, der Sie hierher gebracht hat, will Sie an einen Ort weiterleiten, der nicht zu dieser Seite gehört. Seien Sie vorsichtig mit ihm.',
    },
    unverified: {
      title: 'Ihre E-Mail-Adresse ist nicht bestätigt',
      text: 'Bestätigen Sie sie zuerst und melden Sie sich dann an.',
      action: 'Adresse bestätigen',
    },
    off: {
      title: 'Das ist hier abgeschaltet',
      text: 'Wer diese Seite betreibt, bietet es nicht an.',
    },
    forbidden: {
      title: 'Diese Anfrage wurde abgelehnt',
      text: 'Sie kam nicht von einer unserer Seiten, oder Ihr Browser verbirgt, woher sie kam. Öffnen Sie Ihr Konto und versuchen Sie es dort.',
    },
    notFound: {
      title: 'Diese Seite gibt es nicht',
      text: 'Vielleicht ist die Adresse vertippt.',
    },
    method: {
      title: 'So lässt sich diese Adresse nicht benutzen',
      text: 'Öffnen Sie die Seite von ihrem Anfang her.',
    },
    form: {
      title: 'Das Formular war nicht lesbar',
      text: 'Gehen Sie zurück zu Ihrem Konto und versuchen Sie es dort noch einmal.',
    },
    code: 'Code für die, die diese Seite betreiben:',
  },
  landing: {
    title: (environment: string) => `Umgebung ${environment}`,
    text: 'Für die Entwicklung. Diese Seite gibt es nirgends sonst.',
    go: 'Wohin',
    create: 'Konto anlegen',
    running: 'Was läuft',
    people: 'Demo-Identitäten',
    peopleText: 'Der Befehl zeigt das Passwort.',
    mail: 'Verschickte E-Mails',
    docs: 'Die ganze Geschichte steht in der Datei',
  },
};
