/** Shell commands that Terraform runs against the Docker engine where the provider has no resource. */
import type { TerraformResource } from 'cdktf';
import type { Construct } from 'constructs';
import type { Duration } from '../../quantities.js';
import { address } from '../address.js';
import { TerraformData } from '../terraform-data.js';
import type { DockerContext } from './context.js';

/**
 * The beginning of each command: the engine that the provider talks to.
 *
 * The Docker client would otherwise follow the user's current context, which may be another engine.
 */
function engine(context: DockerContext): string {
  return context.host === undefined
    ? 'export DOCKER_HOST="$${DOCKER_HOST:-unix:///var/run/docker.sock}"; '
    : `export DOCKER_HOST='${context.host}'; `;
}

/** The provider can't limit processes, Docker can; a restart keeps the limit. */
export function limitPids(context: DockerContext, pids: number): string {
  return `${engine(context)}docker update --pids-limit ${pids} "$NAME" >/dev/null`;
}

export interface RunProps {
  readonly container: TerraformResource & { readonly name: string; readonly id: string };
  readonly pids: number;
  readonly deadline: Duration;
  readonly replaceTriggeredBy: readonly TerraformResource[];
}

/**
 * Starts a created container and waits for its end.
 *
 * The exit code and the log surface in Terraform; a failure taints only this resource, so the next
 * plain apply starts the same container again.
 */
export function runToEnd(
  scope: Construct,
  id: string,
  context: DockerContext,
  props: RunProps,
): TerraformData {
  const seconds = props.deadline.toSeconds();
  const command = [
    `${engine(context)}docker update --pids-limit ${props.pids} "$NAME" >/dev/null || exit 1`,
    // Its own output is closed, else Terraform would wait for the sleep after the container's end.
    // In short steps: the one that it is in when the guard is no longer needed outlives it.
    `(for _ in $(seq ${seconds}); do sleep 1; done; docker kill "$NAME") >/dev/null 2>&1 & guard=$!`,
    'docker start -a "$NAME"; code=$?',
    'kill "$guard" 2>/dev/null',
    'exit "$code"',
  ].join('\n');
  return new TerraformData(scope, id, {
    triggersReplace: { container: props.container.id },
    provisioners: [{ type: 'local-exec', command, environment: { NAME: props.container.name } }],
    ...(props.replaceTriggeredBy.length > 0
      ? { lifecycle: { replaceTriggeredBy: props.replaceTriggeredBy.map(address) } }
      : {}),
  });
}

/**
 * Keeps a running container on exactly the given networks.
 *
 * `networks_advanced` replaces a container when a network is added or removed; a published gateway
 * and a database must not go away because a neighbour came or left. One resource for all networks of
 * a container: a destroy-time provisioner doesn't run for what left the configuration, so the
 * leaving network is let go by the next instance, while its own removal waits for that.
 */
export function keepAttached(
  scope: Construct,
  id: string,
  context: DockerContext,
  ends: {
    readonly networks: readonly (TerraformResource & { readonly name: string; readonly id: string })[];
    readonly container: TerraformResource & { readonly name: string; readonly id: string };
    readonly alias: string;
  },
): TerraformData {
  const names = `docker inspect --format '{{range $name, $_ := .NetworkSettings.Networks}}{{println $name}}{{end}}' "$NAME"`;
  const command = [
    engine(context),
    'for network in $NETWORKS; do',
    `  docker network connect --alias ${ends.alias} "$network" "$NAME" 2>/dev/null || ${names} | grep -Fqx "$network" || exit 1`,
    'done',
    `for network in $(${names}); do`,
    '  case " $NETWORKS " in *" $network "*) ;; *) docker network disconnect -f "$network" "$NAME" || exit 1 ;; esac',
    'done',
  ].join('\n');
  return new TerraformData(scope, id, {
    triggersReplace: {
      container: ends.container.id,
      networks: Object.fromEntries(ends.networks.map((network, index) => [String(index), network.id])),
    },
    provisioners: [
      {
        type: 'local-exec',
        command,
        environment: {
          NETWORKS: ends.networks.map(({ name }) => name).join(' '),
          NAME: ends.container.name,
        },
      },
    ],
  });
}
