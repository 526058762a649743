/** Kinds of values that an environment holds, each with its bounds and a remedy for what breaks them. */
import * as z from 'zod';
import { rule } from './report.js';

export const ENVIRONMENT_NAME = /^[a-z][a-z0-9-]{0,14}[a-z0-9]$/;

export const wholeNumber = (least: number, most: number, remedy: string): z.ZodNumber => {
  const error = rule(`be a whole number from ${least} to ${most}`, remedy);
  return z.number({ error }).int({ error }).min(least, { error }).max(most, { error });
};
export const pattern = (form: RegExp, must: string, remedy: string): z.ZodString => {
  const error = rule(must, remedy);
  return z.string({ error }).regex(form, { error });
};
export const size = pattern(
  /^[1-9]\d*(Mi|Gi)$/,
  'be a whole number with Mi or Gi',
  "write for example '256Mi'",
);
export const duration = pattern(
  /^[1-9]\d*(ms|s|m|h|d)$/,
  'be a whole number with ms, s, m, h or d',
  "write for example '30d'",
);
export const days = pattern(/^[1-9]\d*d$/, 'be a whole number of days', "write for example '30d'");
export const hostName = pattern(
  /^(?=.{1,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*$/,
  'be a host name in small letters or an IPv4 address, without scheme and port',
  "write for example 'api.example.com'",
);
export const variableName = pattern(
  /^[a-z][a-z0-9_]{0,62}$/,
  'be a Terraform variable in small letters, digits and underscores',
  "write for example 'gate_certificate'",
);

const OCTET = '(25[0-5]|2[0-4]\\d|1?\\d?\\d)';
export const address = pattern(
  new RegExp(`^(${OCTET}\\.){3}${OCTET}$`),
  'be an IPv4 address',
  "write '127.0.0.1' to keep it on this machine",
);
const imageReference = pattern(
  /^[a-z0-9][a-z0-9._:/-]*:[A-Za-z0-9_][A-Za-z0-9._-]*(@sha256:[0-9a-f]{64})?$/,
  'be an image reference with a tag',
  "write for example 'kong:3.9.3'",
);
export const cidr = pattern(
  new RegExp(`^(${OCTET}\\.){3}${OCTET}/(3[0-2]|[12]?\\d)$`),
  'be an IPv4 range in CIDR form',
  "write for example '10.212.0.0/14'",
);

/** What the platform can hand subnets out of: /8 to /24, on its own boundary. */
export const networkRange = cidr.refine(
  (text) => {
    const [address = '', bits = ''] = text.split('/');
    const value = address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);
    return (
      !cidr.safeParse(text).success ||
      (Number(bits) >= 8 && Number(bits) <= 24 && value % 2 ** (32 - Number(bits)) === 0)
    );
  },
  {
    error: rule(
      'be a range from /8 to /24 that starts on its own boundary',
      "write for example '10.212.0.0/14'",
    ),
  },
);

const cores = z
  .number({ error: rule('be a number of CPU cores from 0.1 to 64', 'write for example 0.5') })
  .min(0.1, { error: rule('be a number of CPU cores from 0.1 to 64', 'raise it') })
  .max(64, { error: rule('be a number of CPU cores from 0.1 to 64', 'lower it') });

/** An object that refuses what it doesn't know, because a mistyped name would pass in silence. */
export const record = <T extends z.core.$ZodLooseShape>(shape: T): z.ZodObject<T, z.core.$strict> =>
  z.strictObject(shape, { error: rule('be an object', 'write its fields in { }') });

export const resources = (memory: string, cpu: number, pids: number) =>
  record({
    memory: size.default(memory),
    cpu: cores.default(cpu),
    pids: wholeNumber(16, 4096, 'leave it out for the default').default(pids),
  }).prefault({});

export const image = record({
  reference: imageReference,
  version: pattern(/^\d+(\.\d+)*$/, 'be the version of the program inside', "write for example '3.9.3'"),
});
