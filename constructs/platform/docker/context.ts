/** What every Docker resource of a stack shares: its name's beginning, its labels, the engine. */
import { Token } from 'cdktf';
import type { Construct } from 'constructs';
import { Image as DockerImage } from '@cdktf/provider-docker/lib/image/index.js';
import { invalid } from '../../errors.js';
import type { Image } from '../platform.js';
import { shortHash } from '../names.js';

/** Label that marks whatever this library made, with the environment's name as its value. */
export const ENVIRONMENT_LABEL = 'dev.portcullis.environment';
/** Label with the component's name. */
export const COMPONENT_LABEL = 'dev.portcullis.component';
/** Label of storage that must not be destroyed by surprise. */
export const DATA_LABEL = 'dev.portcullis.data';

export interface DockerContext {
  readonly scope: Construct;
  readonly environment: string;
  readonly prefix: string;
  /** Address of the engine, or undefined for the one that the Docker client would use by default. */
  readonly host: string | undefined;
  /** Image of our own that writes files into volumes. */
  readonly tools: Image;
  /** Keep data: no volume may be destroyed by a plan. */
  readonly protect: boolean;
}

/** Label with a container's fingerprint: a changed one replaces the container. */
const REVISION_LABEL = 'dev.portcullis.revision';

export function labels(
  context: DockerContext,
  component: string,
  revision?: string,
): { label: string; value: string }[] {
  return [
    { label: COMPONENT_LABEL, value: component },
    { label: ENVIRONMENT_LABEL, value: context.environment },
    ...(revision === undefined ? [] : [{ label: REVISION_LABEL, value: revision }]),
  ];
}

/** Label that ties a container to storage which it doesn't mount. */
export function storageLabel(name: string, id: string): { label: string; value: string } {
  return { label: `dev.portcullis.storage.${name}`, value: id };
}

/**
 * Name of a container that may stand beside its successor.
 *
 * Two of one revision meet when a start was interrupted and is tried again, so Terraform adds four
 * characters of its own to each. The resource must ignore changes of its name: a replacement gets a
 * fresh one, a plan alone changes nothing.
 */
export function passingName(stem: string, revision: string): string {
  return `${stem}-${revision}-\${substr(uuid(), 0, 4)}`;
}

/**
 * Plain text for Terraform: its own template marks are escaped.
 *
 * @throws PortcullisError when the text holds a Terraform expression, whose value no hash can see
 */
export function literal(property: string, text: string, at: string): string {
  if (Token.isUnresolved(text)) {
    throw invalid(property, 'be plain text', '(a Terraform expression)', 'use a file with a Secret', at);
  }
  // By function: in a replacement text two dollars would mean one.
  return text.replace(/[$%]\{/g, (mark) => `${mark.charAt(0)}${mark}`);
}

/** Terraform expression of an image's id, so that a moved tag is seen by the plan. */
export function imageId(context: DockerContext, image: Image): string {
  const id = `Image-${shortHash(image.reference)}`;
  const known = context.scope.node.tryFindChild(id);
  const resource =
    known instanceof DockerImage
      ? known
      : new DockerImage(context.scope, id, { name: image.reference, keepLocally: true });
  return resource.imageId;
}
