/** German sentences, by the ids of Kratos' messages: what happened, what is wrong, what to do. */
import type { KratosWords, Text } from './kratos-ids.js';

const sent = 'Nach einigen Minuten noch nichts da? Sehen Sie im Spam-Ordner nach und prüfen Sie die Adresse.';
const expired =
  'Diese Seite war zu lange offen und ist abgelaufen. Bitte füllen Sie das Formular noch einmal aus.';
const done = 'Das haben Sie schon erledigt. Hier ist nichts mehr zu tun.';
const incomplete = 'Es fehlt etwas. Füllen Sie das Formular aus und wählen Sie die gewünschte Schaltfläche.';
const failed = 'Etwas ist schiefgegangen. Bitte beginnen Sie von vorn.';
const link = 'Dieser Link gilt nicht mehr. Lassen Sie sich einen neuen senden.';
const partial =
  'Der Link ist nicht vollständig. Kopieren Sie ihn ganz aus der E-Mail oder lassen Sie sich einen neuen senden.';
const code =
  'Dieser Code ist falsch, schon benutzt oder zu alt. Prüfen Sie ihn oder lassen Sie sich einen neuen senden.';
const setUp = (what: string): Text =>
  `Für Ihr Konto ist noch ${what} eingerichtet. Wählen Sie einen anderen Weg.`;

export const notices: KratosWords['notices'] = {
  1010003: 'Bitte zeigen Sie, dass Sie es sind: Melden Sie sich noch einmal an.',
  1010004: 'Noch ein Schritt: Zeigen Sie auf einem zweiten Weg, dass Sie es sind.',
  1010012: 'Halten Sie Sicherheitsschlüssel, Finger oder Gesicht bereit und fahren Sie dann fort.',
  1010014: `Wenn wir diese Adresse kennen, ist ein Code dorthin unterwegs. Geben Sie ihn hier ein. ${sent}`,
  1010016:
    'Zu {duplicate_identifier} gibt es schon ein Konto. Melden Sie sich dort an, dann wird {provider} ein weiterer Weg hinein.',
  1010020:
    'Wir senden einen Code an {masked_to}. Geben Sie die vollständige Adresse ein, um zu zeigen, dass es Ihre ist.',
  1010025: `Ein Code ist zu Ihnen unterwegs. Geben Sie ihn hier ein. ${sent}`,

  1040005: `Ein Code ist an Ihre Adresse unterwegs. Geben Sie ihn hier ein. ${sent}`,
  1040009: 'Wählen Sie, wie Sie sich künftig anmelden möchten.',

  1050001: 'Ihre Änderungen sind gespeichert.',
  1050023:
    'Ihre Organisation verwaltet dieses Konto. Bitten Sie deren Verwaltung, diese Einstellungen zu ändern.',

  1060001:
    'Sie sind wieder in Ihrem Konto. Wählen Sie jetzt ein neues Passwort oder richten Sie einen anderen Weg zum Anmelden ein: Das geht nur kurze Zeit.',
  1060002: `Wenn wir diese Adresse kennen, ist eine E-Mail mit einem Link dorthin unterwegs. Öffnen Sie den Link. ${sent}`,
  1060003: `Wenn wir diese Adresse kennen, ist eine E-Mail mit einem Code dorthin unterwegs. Geben Sie den Code hier ein. ${sent}`,
  1060004: `Ein Code ist an {masked_address} unterwegs. Geben Sie ihn hier ein. ${sent}`,
  1060005: 'Geben Sie die vollständige Adresse ein, damit wir wissen, dass es Ihre ist.',
  1060006: 'Wählen Sie, wohin wir den Code senden.',

  1080001: `Wir senden eine E-Mail mit einem Link an Ihre Adresse. Öffnen Sie den Link, um die Adresse zu bestätigen. ${sent}`,
  1080002: 'Ihre E-Mail-Adresse ist bestätigt.',
  1080003: `Wir senden eine E-Mail mit einem Code an Ihre Adresse. Geben Sie den Code hier ein, um die Adresse zu bestätigen. ${sent}`,
  1080004:
    'Wir senden eine SMS mit einem Code an Ihre Nummer. Geben Sie den Code hier ein. Nichts angekommen? Prüfen Sie die Nummer.',
  1080005: 'Ihre Telefonnummer ist bestätigt.',

  4000001: '{reason}',
  4000002: 'Bitte füllen Sie dieses Feld aus: {property}.',
  4000003: {
    count: 'min_length',
    one: 'Geben Sie mindestens ein Zeichen ein.',
    other: 'Geben Sie mindestens {min_length} Zeichen ein.',
  },
  4000004: 'Die Eingabe hat nicht die erwartete Form. Bitte prüfen Sie sie.',
  4000005: 'Wählen Sie ein anderes Passwort: {reason}.',
  4000006: 'Diese Anmeldedaten stimmen nicht. Prüfen Sie die Schreibweise und versuchen Sie es noch einmal.',
  4000007:
    'Mit diesen Angaben gibt es schon ein Konto. Melden Sie sich an, oder stellen Sie es wieder her, wenn Sie das nicht können.',
  4000008:
    'Das hat nicht gepasst. Geben Sie den Code ein, den Ihre App jetzt zeigt, oder versuchen Sie es noch einmal mit Ihrem Schlüssel.',
  4000009: 'Es fehlt, womit Sie sich anmelden. Bitte füllen Sie das Feld aus.',
  4000010:
    'Ihre Adresse ist noch nicht bestätigt. Öffnen Sie unsere E-Mail an Sie und melden Sie sich dann noch einmal an.',
  4000011: setUp('keine Authenticator-App'),
  4000012: 'Dieser Ersatzcode wurde schon benutzt. Jeder gilt ein einziges Mal: Geben Sie einen anderen ein.',
  4000013: setUp('kein Sicherheitsschlüssel'),
  4000014: setUp('kein Satz von Ersatzcodes'),
  4000015:
    'Es gibt kein Konto mit diesen Angaben und einem Sicherheitsschlüssel. Prüfen Sie die Schreibweise oder wählen Sie einen anderen Weg.',
  4000016: 'Das ist keiner Ihrer Ersatzcodes. Prüfen Sie die Schreibweise oder geben Sie einen anderen ein.',
  4000017: {
    count: 'max_length',
    one: 'Geben Sie höchstens ein Zeichen ein.',
    other: 'Geben Sie höchstens {max_length} Zeichen ein.',
  },
  4000018: 'Geben Sie mindestens {minimum} ein.',
  4000019: 'Geben Sie mehr als {minimum} ein.',
  4000020: 'Geben Sie höchstens {maximum} ein.',
  4000021: 'Geben Sie weniger als {maximum} ein.',
  4000022: 'Geben Sie ein Vielfaches von {base} ein.',
  4000023: {
    count: 'max_items',
    one: 'Hier ist nur ein Eintrag möglich. Entfernen Sie die anderen.',
    other: 'Hier sind nur {max_items} Einträge möglich. Entfernen Sie einige.',
  },
  4000024: {
    count: 'min_items',
    one: 'Hier ist mindestens ein Eintrag nötig.',
    other: 'Hier sind mindestens {min_items} Einträge nötig.',
  },
  4000025: 'Zwei Einträge sind gleich. Ändern oder entfernen Sie einen davon.',
  4000026: 'Geben Sie {allowed_types} ein.',
  4000027:
    'Mit dieser Adresse gibt es schon ein Konto. Melden Sie sich dort an und verknüpfen Sie das andere Konto in Ihren Einstellungen.',
  4000028: [
    'Zu {credential_identifier_hint} gibt es schon ein Konto. Melden Sie sich dort an mit {ways}.',
    'Mit diesen Angaben gibt es schon ein Konto. Melden Sie sich dort an mit {ways}.',
    'Zu {credential_identifier_hint} gibt es schon ein Konto. Melden Sie sich an, oder stellen Sie es wieder her, wenn Sie das nicht können.',
  ],
  4000029: 'Hier ist nur das möglich: {expected}.',
  4000030: 'Das ist hier nicht möglich. Bitte wählen Sie etwas anderes.',
  4000031: 'Dieses Passwort ähnelt zu sehr dem, womit Sie sich anmelden. Wählen Sie ein anderes.',
  4000032: {
    count: 'min_length',
    one: 'Wählen Sie ein Passwort mit mindestens einem Zeichen.',
    other: 'Wählen Sie ein Passwort mit mindestens {min_length} Zeichen.',
  },
  4000033: {
    count: 'max_length',
    one: 'Wählen Sie ein Passwort mit höchstens einem Zeichen.',
    other: 'Wählen Sie ein Passwort mit höchstens {max_length} Zeichen.',
  },
  4000034:
    'Dieses Passwort steht in Listen gestohlener Passwörter. Wählen Sie ein anderes, und ändern Sie es überall, wo Sie es sonst benutzen.',
  4000035:
    'Es gibt kein Konto mit diesen Angaben, das sich mit einem Code anmeldet. Prüfen Sie die Schreibweise oder wählen Sie einen anderen Weg.',
  4000036: 'Ihre Angaben haben sich unterwegs geändert. Bitte beginnen Sie von vorn.',
  4000037: 'Es gibt kein Konto mit diesen Angaben, oder kein Weg führt hinein. Prüfen Sie die Schreibweise.',
  4000038: 'Das hat nicht geklappt. Bitte lösen Sie die Aufgabe noch einmal.',
  4000039: 'Das ist Ihr altes Passwort. Wählen Sie ein anderes.',
  4000040: 'Geben Sie eine vollständige E-Mail-Adresse ein, zum Beispiel name@example.com.',
  4000041: 'Geben Sie eine vollständige Telefonnummer mit Landesvorwahl ein, zum Beispiel +49 30 123456.',
  4000042: setUp('kein Gerät zum Anmelden'),
  4000043: 'Ihr Sicherheitsschlüssel wurde nicht angenommen. Bitte versuchen Sie es noch einmal.',
  4000044:
    'Ihr Gerät wurde nicht angenommen. Versuchen Sie es noch einmal oder wählen Sie einen anderen Weg.',
  4000045: 'Ihr Gerät muss neu eingerichtet werden, bevor Sie es wieder benutzen können.',

  4010001: expired,
  4010002: incomplete,
  4010003: incomplete,
  4010004: incomplete,
  4010005: incomplete,
  4010006: incomplete,
  4010007: done,
  4010008: code,
  4010009:
    'Das ist nicht das Konto, das Sie verknüpfen wollten. Melden Sie sich mit der zuvor genannten Adresse an.',
  4010010: 'Diese Adresse gehört nicht zu Ihrem Konto. Prüfen Sie die Schreibweise.',
  4010011: 'Dieses Konto ist abgeschaltet. Bitte wenden Sie sich an die Betreiber dieser Seite.',

  4040001: expired,
  4040002: done,
  4040003: code,

  4050001: expired,
  4050002: 'Bitte ändern Sie immer nur eine Adresse auf einmal.',

  4060001: done,
  4060002: failed,
  4060003: partial,
  4060004: link,
  4060005: expired,
  4060006: code,

  4070001: link,
  4070002: done,
  4070003: failed,
  4070004: partial,
  4070005: expired,
  4070006: code,

  5000001: '{reason}',
  5000002: 'Zurzeit führt kein Weg zum Anmelden. Bitte sagen Sie es den Betreibern dieser Seite.',
  5000003: 'Die Anmeldung Ihrer Organisation ist nicht eingerichtet. Bitte sagen Sie es deren Verwaltung.',
};
