// What cdktf.json names as the app: synthesizes every environment from a fresh bundle.
import { createRequire } from 'node:module';
import { checkNode, ensureBundle, ensureDependencies } from './launch.mjs';

checkNode();
ensureDependencies();
// Required, not imported: looking through a bundle for the names that it exports takes a third of a synth.
createRequire(import.meta.url)(await ensureBundle('app'));
