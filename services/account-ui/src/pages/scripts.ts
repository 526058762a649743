/** Scripts that nodes ask for, as far as the page may load them. */
import type { UiNodeScriptAttributes } from '@ory/client-fetch';
import { ownPath } from '../addresses.js';
import type { Script, View } from '../layout.js';

/** Those at our own origins; the browser refuses any other, and one that has changed. */
export function loadable(view: View, scripts: readonly UiNodeScriptAttributes[]): Script[] {
  return scripts.flatMap(({ src, integrity }) => {
    const path = ownPath(view.site, src);
    return path === undefined ? [] : [{ src: path, integrity }];
  });
}
