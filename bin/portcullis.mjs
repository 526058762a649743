#!/usr/bin/env node
// The `portcullis` command; works in a fresh clone, before anything was installed.
import { pathToFileURL } from 'node:url';
import { checkNode, ensureBundle, ensureDependencies } from './launch.mjs';

checkNode();
ensureDependencies();
await import(pathToFileURL(await ensureBundle('cli')).href);
