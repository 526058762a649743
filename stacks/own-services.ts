/** Services of one's own in an environment, each an image behind a guarded route. */
import type { Construct } from 'constructs';
import { guarded } from '../constructs/gateway/access.js';
import { webServiceDeclaration } from '../constructs/gateway/gateway.js';
import type { ServiceDeclaration } from '../constructs/gateway/model.js';
import type { IPlatform } from '../constructs/platform/platform.js';
import type { SignedIdentity } from '../constructs/services/signed-identity.js';
import { WebService } from '../constructs/services/web-service.js';
import { ownServices, type Environment } from '../env/index.js';
import { resources } from './resources.js';

interface Served {
  readonly service: WebService;
  readonly declaration: ServiceDeclaration;
}

/** Declares every service that an environment has beside hello and world. */
export function declareOwnServices(
  scope: Construct,
  {
    environment,
    platform,
    identity,
  }: { readonly environment: Environment; readonly platform: IPlatform; readonly identity: SignedIdentity },
): readonly Served[] {
  return ownServices(environment.services).map((own) => {
    const { name, path, image, port, health, probe, replicas, access } = own;
    // What may be called anything could be called as another construct of the stack is.
    const service = new WebService(scope, `service-${name}`, {
      platform,
      name,
      image,
      port,
      health,
      ...(probe === undefined ? {} : { probe }),
      replicas,
      resources: resources(own.resources),
      environment: own.environment,
      identity,
    });
    const { groups, ...others } = access;
    const mayPass = guarded({ ...others, ...(groups === undefined ? {} : { groups }) });
    return { service, declaration: webServiceDeclaration(service, { paths: [path], access: mayPass }) };
  });
}
