/** Which component a Terraform address belongs to, read from the synthesized stack. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { stackFolder } from './project.js';

interface Synthesized {
  readonly resource?: Readonly<
    Record<
      string,
      Readonly<
        Record<
          string,
          {
            readonly labels?: readonly { readonly label: string; readonly value: string }[];
            readonly provisioner?: readonly {
              readonly 'local-exec'?: { readonly environment?: { readonly NAME?: string } };
            }[];
          }
        >
      >
    >
  >;
}

/** Address → component, for containers, their files and the jobs that run them. */
export class Components {
  private readonly byAddress = new Map<string, string>();

  constructor(synthesized: Synthesized) {
    const component = (type: string, id: string): string | undefined =>
      synthesized.resource?.[type]?.[id]?.labels?.find(({ label }) => label === 'dev.portcullis.component')
        ?.value;
    for (const [type, resources] of Object.entries(synthesized.resource ?? {})) {
      for (const [id, { provisioner }] of Object.entries(resources)) {
        const started = /^\$\{docker_container\.([^.]+)\.name\}$/.exec(
          provisioner?.[0]?.['local-exec']?.environment?.NAME ?? '',
        )?.[1];
        const name =
          component(type, id) ?? (started === undefined ? undefined : component('docker_container', started));
        if (name !== undefined) this.byAddress.set(`${type}.${id}`, name);
      }
    }
  }

  static ofStack(environment: string): Components {
    return new Components(
      JSON.parse(readFileSync(join(stackFolder(environment), 'cdk.tf.json'), 'utf8')) as Synthesized,
    );
  }

  of(address: string): string | undefined {
    return this.byAddress.get(address);
  }

  /** All components, each once. */
  get names(): string[] {
    return [...new Set(this.byAddress.values())].sort();
  }
}
