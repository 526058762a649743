/** Known causes of a failed deployment, and what to do about each. */

interface Cause {
  /** Name in `docs/errors.md`. */
  readonly name: string;
  /** What Terraform, the engine or a component says then. */
  readonly says: RegExp;
  readonly remedy: string;
}

/** Most telling first. */
export const CAUSES: readonly Cause[] = [
  {
    name: 'port-in-use',
    says: /port is already allocated|address already in use/i,
    remedy: 'free the port or change public.port, then run the same command again',
  },
  {
    name: 'engine-away',
    says: /cannot connect to the docker daemon|error during connect|connection refused.*docker|docker daemon running|EOF|broken pipe|no such file or directory.*docker\.sock/i,
    remedy: 'start the Docker engine again, then run the same command again; it goes on from here',
  },
  {
    name: 'image-missing',
    says: /unable to (read|find|pull).*image|pull access denied|manifest unknown|no such image|i\/o timeout.*registry/i,
    remedy:
      'run `npm run images -- build`, or build the image of the service of your own, then the same command again',
  },
  {
    name: 'range-taken',
    says: /pool overlaps|overlaps with other one/i,
    remedy: 'another network uses this range; set network.range in the environment to a free one',
  },
  {
    name: 'gateway-refused',
    says: /schema violation|HTTP status 400|unable to parse|building state/i,
    remedy:
      'Kong refuses a declaration: mend the entity that its words name, then run the same command again',
  },
  {
    name: 'gateway-conflict',
    says: /unique constraint|unique violation|HTTP status 409/i,
    remedy:
      'something made by hand has the same name: remove it from Kong or rename the declared one, then run the same command again',
  },
  {
    name: 'gateway-silent',
    says: /Admin API did not answer/i,
    remedy: 'run `npx portcullis doctor` to see why Kong is not well, then run the same command again',
  },
  {
    name: 'not-healthy',
    says: /unhealthy|never reached healthy|did not become healthy|healthy state/i,
    remedy:
      'read the last lines above, mend the cause, then run the same command again; it goes on from here',
  },
  {
    name: 'disk-full',
    says: /no space left/i,
    remedy: 'free disk space, then run the same command again',
  },
];

/** What to do about what was said; general advice where no known cause fits. */
export function remedyFor(text: string): string {
  return (
    CAUSES.find(({ says }) => says.test(text))?.remedy ??
    'mend the cause above, then run the same command again; it goes on from here'
  );
}
