/** Docker volume behind `IVolume`. */
import { Construct } from 'constructs';
import { Volume } from '@cdktf/provider-docker/lib/volume/index.js';
import { PortcullisError } from '../../errors.js';
import type { IVolume } from '../platform.js';
import { DATA_LABEL, labels, type DockerContext } from './context.js';

/** Storage that outlives its containers; where data is protected, no plan may destroy it. */
export class DockerVolume extends Construct implements IVolume {
  readonly resource: Volume;

  constructor(
    scope: Construct,
    id: string,
    context: DockerContext,
    readonly name: string,
  ) {
    super(scope, id);
    this.resource = new Volume(this, 'Resource', {
      name: `${context.prefix}-${name}`,
      labels: [...labels(context, name), { label: DATA_LABEL, value: 'true' }],
      ...(context.protect ? { lifecycle: { preventDestroy: true } } : {}),
    });
  }
}

/**
 * The Docker volume behind a platform's one.
 *
 * @throws PortcullisError when the volume was made by another platform
 */
export function dockerVolume(volume: IVolume): Volume {
  if (volume instanceof DockerVolume) return volume.resource;
  throw new PortcullisError(
    'foreign-volume',
    `volume '${volume.name}' must be made by this platform; make it with platform.volume()`,
  );
}
