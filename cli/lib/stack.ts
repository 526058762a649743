/** The synthesized stack as the commands read it: resources, outputs and variables, all without values. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A resource's declaration, attributes as Terraform names them. */
export type Declared = Readonly<Record<string, unknown>> & {
  readonly '//'?: { readonly metadata?: { readonly path?: string } };
  readonly lifecycle?: {
    readonly ignore_changes?: readonly string[] | string;
    readonly replace_triggered_by?: readonly string[];
  };
};

export interface StackFile {
  readonly resource?: Readonly<Record<string, Readonly<Record<string, Declared>>>>;
  readonly output?: Readonly<Record<string, { readonly value?: unknown }>>;
  readonly variable?: Readonly<Record<string, { readonly description?: string; readonly default?: unknown }>>;
}

/** Reads the stack that was synthesized into a folder. */
export function readStack(folder: string): StackFile {
  return JSON.parse(readFileSync(join(folder, 'cdk.tf.json'), 'utf8')) as StackFile;
}

/** Every resource's declaration by its address. */
export function declarations({ resource = {} }: StackFile): Map<string, Declared> {
  return new Map(
    Object.entries(resource).flatMap(([type, ids]) =>
      Object.entries(ids).map(([id, declared]): [string, Declared] => [`${type}.${id}`, declared]),
    ),
  );
}
