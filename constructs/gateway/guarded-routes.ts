/** Which routes of a declaration are guarded, and what stays with the services themselves. */
import type { Guarded } from './access.js';
import type { GatewayDeclaration, RouteDeclaration, ServiceDeclaration } from './model.js';

export interface GuardedRoute {
  readonly route: RouteDeclaration;
  /** The service whose route it is; the gateway doesn't call it for this one. */
  readonly service: ServiceDeclaration;
  readonly access: Guarded;
}

/** Every guarded route, in the order of the declaration. */
export function guardedRoutes({ services }: Pick<GatewayDeclaration, 'services'>): GuardedRoute[] {
  return services.flatMap((service) =>
    service.routes.flatMap((route) =>
      route.access?.kind === 'guarded' ? [{ route, service, access: route.access }] : [],
    ),
  );
}

/** The services that the gateway calls itself, with the routes that lead there: nobody gets around the gate. */
export function directServices({ services }: Pick<GatewayDeclaration, 'services'>): ServiceDeclaration[] {
  return services.flatMap((service) => {
    const routes = service.routes.filter(({ access }) => access?.kind !== 'guarded');
    return routes.length === 0 && service.routes.length > 0 ? [] : [{ ...service, routes }];
  });
}
