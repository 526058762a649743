/** Provisional: Kratos' own text for every message. */
import type { Language } from './language.js';

export function messageText(
  _language: Language,
  message: { id: number; text: string; context?: object },
): string {
  return message.text;
}
