/** German: every text for Kratos' messages, and the words that stand inside of them. */
import type { KratosWords } from './kratos-ids.js';
import { labels } from './kratos-labels.de.js';
import { notices } from './kratos-notices.de.js';

export const de: KratosWords = {
  language: 'de',
  labels,
  notices,
  fields: {
    email: 'E-Mail-Adresse',
    'email address': 'E-Mail-Adresse',
    password: 'Passwort',
    identifier: 'Anmeldename',
    code: 'Code',
    'totp code': 'Code aus Ihrer Authenticator-App',
    'lookup secret': 'Ersatzcode',
    username: 'Benutzername',
    name: 'Name',
    'full name': 'Vollständiger Name',
    'first name': 'Vorname',
    'last name': 'Nachname',
    'given name': 'Vorname',
    'family name': 'Nachname',
    phone: 'Telefon',
    'phone number': 'Telefonnummer',
  },
  ways: {
    password: 'Ihrem Passwort',
    oidc: 'einem verknüpften Konto',
    webauthn: 'Ihrem Sicherheitsschlüssel',
    passkey: 'Ihrem Passkey',
    code: 'einem Code, den wir Ihnen senden',
  },
  kinds: {
    string: 'einen Text',
    number: 'eine Zahl',
    integer: 'eine ganze Zahl',
    boolean: 'Ja oder Nein',
    array: 'eine Liste',
    object: 'mehrere Werte',
    null: 'nichts',
  },
  reasons: {
    email: 'Geben Sie eine vollständige E-Mail-Adresse ein, zum Beispiel name@example.com.',
    format: 'Die Eingabe hat nicht die erwartete Form. Bitte prüfen Sie sie.',
    choice: 'Wählen Sie einen der angebotenen Werte.',
    unexpected:
      'Das Formular enthält etwas Unerwartetes. Laden Sie die Seite neu und versuchen Sie es noch einmal.',
    unchanged: 'Es wurde nichts geändert, also gibt es nichts zu speichern.',
    'codes-first':
      'Lassen Sie sich zuerst die Ersatzcodes anzeigen und bestätigen Sie dann, dass Sie sie gesichert haben.',
    'last-way': 'Anders können Sie sich nicht anmelden. Richten Sie zuerst einen weiteren Weg ein.',
    removed: 'Das wurde schon entfernt. Laden Sie die Seite neu, um den Stand zu sehen.',
    key: 'Der Schlüssel oder das Gerät hat nicht wie erwartet geantwortet. Bitte versuchen Sie es noch einmal.',
    'refused-at-provider':
      'Sie haben dort abgebrochen, es ist nichts geschehen. Versuchen Sie es noch einmal oder wählen Sie einen anderen Weg.',
    permissions:
      'Dort fehlt eine Erlaubnis, die wir brauchen. Versuchen Sie es noch einmal und erlauben Sie alles, wonach gefragt wird.',
    provider:
      'Die andere Seite hat nicht wie erwartet geantwortet. Versuchen Sie es noch einmal oder wählen Sie einen anderen Weg.',
    identifier: 'Geben Sie zuerst ein, womit Sie sich anmelden.',
    'code-used': 'Dieser Code wurde schon benutzt. Lassen Sie sich einen neuen senden.',
    'too-often': 'Es waren zu viele Versuche. Lassen Sie sich einen neuen Code senden.',
    restart: 'Etwas ist schiefgegangen. Bitte versuchen Sie es mit diesem Formular noch einmal.',
  },
  used: 'benutzt',
  yes: 'ja',
  no: 'nein',
};
