/** Which component a Terraform address belongs to, read from the synthesized stack. */
import { stackFolder } from './project.js';
import { readStack } from './stack.js';

interface Synthesized {
  readonly resource?: Readonly<
    Record<
      string,
      Readonly<
        Record<
          string,
          {
            /** Of an image its reference, which says more than its place. */
            readonly name?: unknown;
            readonly '//'?: { readonly metadata?: { readonly path?: string } };
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
  private readonly paths = new Map<string, string>();

  constructor(synthesized: Synthesized) {
    const component = (type: string, id: string): string | undefined =>
      synthesized.resource?.[type]?.[id]?.labels?.find(({ label }) => label === 'dev.portcullis.component')
        ?.value;
    for (const [type, resources] of Object.entries(synthesized.resource ?? {})) {
      for (const [id, { provisioner, name: own, '//': { metadata: { path } = {} } = {} }] of Object.entries(
        resources,
      )) {
        const started = /^\$\{docker_container\.([^.]+)\.name\}$/.exec(
          provisioner?.[0]?.['local-exec']?.environment?.NAME ?? '',
        )?.[1];
        const name =
          component(type, id) ?? (started === undefined ? undefined : component('docker_container', started));
        if (name !== undefined) this.byAddress.set(`${type}.${id}`, name);
        // The stack is the same for all, and 'Resource' says nothing.
        if (type === 'docker_image' && typeof own === 'string') this.paths.set(`${type}.${id}`, own);
        else if (path !== undefined)
          this.paths.set(`${type}.${id}`, path.replace(/^[^/]+\//, '').replace(/\/Resource$/, ''));
      }
    }
  }

  static ofStack(environment: string): Components {
    return new Components(readStack(stackFolder(environment)));
  }

  of(address: string): string | undefined {
    return this.byAddress.get(address);
  }

  /** What a reader knows a resource by: its component, or else its place in the stack. */
  nameOf(address: string, labels: Readonly<Record<string, string>> = {}): string {
    return this.of(address) ?? labels['dev.portcullis.component'] ?? this.paths.get(address) ?? address;
  }

  /** All components, each once. */
  get names(): string[] {
    return [...new Set(this.byAddress.values())].sort();
  }
}
