// What cdktf.json names as the app: synthesizes every environment from a fresh bundle.
import { pathToFileURL } from 'node:url';
import { checkNode, ensureBundle, ensureDependencies } from './launch.mjs';

checkNode();
ensureDependencies();
await import(pathToFileURL(await ensureBundle('app')).href);
