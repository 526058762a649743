/**
 * Files for read-only containers.
 *
 * Docker can only upload into a writable root and makes every file root's, and a changed upload
 * replaces the container. So one short-lived writer per file set puts the files into a volume that
 * the reader mounts read-only: a changed value runs the writer again and leaves the reader alone.
 */
import { Construct } from 'constructs';
import { Container } from '@cdktf/provider-docker/lib/container/index.js';
import { Volume } from '@cdktf/provider-docker/lib/volume/index.js';
import type { TerraformData } from '../terraform-data.js';
import { PortcullisError } from '../../errors.js';
import { Duration } from '../../quantities.js';
import { KeySet } from '../../secrets/key-set.js';
import { Sealed, unseal } from '../../secrets/sealed.js';
import { shortHash } from '../names.js';
import type { FileSet, UserSpec } from '../platform.js';
import { imageId, labels, literal, passingName, type DockerContext } from './context.js';
import { runToEnd } from './engine-command.js';

const MOUNT = '/files';
const WRITER_PIDS = 32;
const WRITER_MEMORY = 128;

/** A volume with files and the writer that fills it. */
export class WrittenFiles extends Construct {
  readonly volume: Volume;
  readonly written: TerraformData;
  /** Changes with plain content and with generations, not with a secret's value. */
  readonly digest: string;

  constructor(
    scope: Construct,
    id: string,
    context: DockerContext,
    reader: { readonly name: string; readonly user: UserSpec },
    set: FileSet,
  ) {
    super(scope, id);
    const at = this.node.path;
    const component = `${reader.name}-${set.name}`;
    const names = set.files.flatMap(({ name, content }) => [
      name,
      ...(content instanceof KeySet ? keyFiles(name, content).map(({ file }) => file) : []),
    ]);
    const wrong = names.find(
      (name, i) => !/^[A-Za-z0-9._-]+$/.test(name) || name.startsWith('.') || names.indexOf(name) !== i,
    );
    if (wrong !== undefined) {
      throw new PortcullisError(
        'invalid-property',
        `'files' must have plain names, each once, got ${JSON.stringify(wrong)}; rename it`,
        at,
      );
    }
    this.volume = new Volume(this, 'Volume', {
      name: `${context.prefix}-${component}`,
      labels: labels(context, component),
    });
    this.digest = shortHash(
      set.files.map(({ name, content }) =>
        content instanceof Sealed || content instanceof KeySet
          ? { name, label: content.label, generation: content.generation, keys: keysOf(content) }
          : { name, content },
      ),
    );
    const order = JSON.stringify({
      folder: MOUNT,
      uid: reader.user.uid,
      gid: reader.user.gid,
      files: set.files.filter(({ content }) => !(content instanceof KeySet)).map(({ name }) => name),
      ...(set.files.some(({ content }) => content instanceof KeySet)
        ? {
            keySets: set.files.flatMap(({ name, content }) =>
              content instanceof KeySet ? [{ name, keys: keyFiles(name, content) }] : [],
            ),
          }
        : {}),
    });
    const revision = shortHash([this.digest, order, context.tools.reference]);
    const writer = new Container(this, 'Writer', {
      name: passingName(`${context.prefix}-${component}-writer`, revision),
      image: imageId(context, context.tools),
      command: ['place', literal('files', order, at)],
      user: '0:0',
      networkMode: 'none',
      start: false,
      mustRun: false,
      // A writer's root stays writable, or the upload fails; CHOWN hands the files to the reader.
      capabilities: { drop: ['ALL'], add: ['CAP_CHOWN'] },
      securityOpts: ['no-new-privileges:true'],
      memory: WRITER_MEMORY,
      memorySwap: WRITER_MEMORY,
      logDriver: 'json-file',
      volumes: [{ volumeName: this.volume.name, containerPath: MOUNT }],
      upload: set.files
        .flatMap(({ name, content }) =>
          content instanceof KeySet
            ? content.entries.map(({ key }, index) => ({ name: keyFile(name, index), content: key }))
            : [{ name, content }],
        )
        .map(({ name, content }) => ({
          file: `${MOUNT}/.incoming/${name}`,
          content: content instanceof Sealed ? unseal(content) : literal(`files.${name}`, content, at),
          permissions: '0400',
        })),
      labels: labels(context, component, revision),
      lifecycle: { ignoreChanges: ['name'] },
    });
    this.written = runToEnd(this, 'Written', context, {
      container: writer,
      pids: WRITER_PIDS,
      deadline: Duration.minutes(1),
      replaceTriggeredBy: [this.volume],
    });
  }
}

/** Name that one key of a set is uploaded by. */
function keyFile(set: string, index: number): string {
  return `${set}.${index}`;
}

function keyFiles(name: string, set: KeySet): { file: string; kid?: string }[] {
  return set.entries.map(({ kid }, index) => ({
    file: keyFile(name, index),
    ...(kid === undefined ? {} : { kid }),
  }));
}

/** What tells sets of keys apart beside their generation: plain keys, the order, and the ids. */
function keysOf(content: Sealed | KeySet): unknown {
  if (content instanceof Sealed) return undefined;
  return content.entries.map(({ key, kid }) => [
    key instanceof Sealed ? [key.label, key.generation] : key,
    kid,
  ]);
}
