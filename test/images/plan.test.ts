import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { CATALOGUE_NAMES, defaultCatalogue } from '../../env/catalogue.js';
import { UPSTREAM_PROVIDERS, type ChannelName } from '../../images/channel.js';
import { LOCAL_PROVIDERS } from '../../images/go-recipes.js';
import { channelOf, closure, planSteps, usual, type Step } from '../../images/plan.js';
import { recipes } from '../../images/recipes.js';
import type { ArtifactRecipe } from '../../images/recipe.js';
import { deploymentSteps } from '../../cli/lib/channel.js';
import { present, thrown } from '../helper/failure.js';
import { recipe } from '../helper/recipes.js';
import { scratchFolders } from '../helper/scratch.js';

const checkout = fileURLToPath(new URL('../..', import.meta.url));
const folder = scratchFolders();
const OWN = ['account-ui', 'json-service', 'kong-gate', 'session-check', 'tools'];

function plan(channel: ChannelName, root = checkout): Step[] {
  return planSteps(root, '/nowhere', channel);
}

function named(steps: readonly Step[], name: string): Step {
  return present(steps.find(({ recipe }) => recipe.name === name));
}

/** Names of the steps whose hash differs between two plans. */
function differing(before: readonly Step[], after: readonly Step[]): string[] {
  return before
    .filter((step) => named(after, step.recipe.name).hash !== step.hash)
    .map(({ recipe }) => recipe.name)
    .sort();
}

/** A copy of everything that recipes read. */
function copy(): string {
  const root = folder();
  for (const input of new Set(recipes.flatMap(({ inputs }) => inputs))) {
    mkdirSync(join(root, input, '..'), { recursive: true });
    cpSync(join(checkout, input), join(root, input), {
      recursive: true,
      filter: (path) => !path.includes('node_modules'),
    });
  }
  return root;
}

/** Names of the steps that stand on an image or artifact, itself included. */
function above(steps: readonly Step[], name: string): string[] {
  const found = new Set([name]);
  for (const step of steps) if (step.uses.some((used) => found.has(used))) found.add(step.recipe.name);
  return [...found].sort();
}

describe('planSteps', () => {
  test('puts each step after what it uses', () => {
    const done = new Set<string>();
    for (const { recipe, uses } of plan('local')) {
      for (const used of uses) expect(done).toContain(used);
      done.add(recipe.name);
    }
    expect(done.size).toBe(recipes.length);
  });

  test('is the same whatever folder the checkout lies in', () => {
    expect(differing(plan('local'), plan('local', copy()))).toEqual([]);
  });

  test('a change below images/base changes every image on it and nothing beside', () => {
    const root = copy();
    writeFileSync(join(root, 'images/base/Dockerfile'), '# changed\n');
    const steps = plan('local');
    const changed = differing(steps, plan('local', root));
    expect(changed).toEqual(above(steps, 'base'));
    expect(changed).toEqual(
      expect.arrayContaining([
        'account-ui',
        'base',
        'deck',
        'json-service',
        'kong',
        'kong-gate',
        'kratos',
        'mailpit',
        'node',
        'oathkeeper',
        'postgres',
        'session-check',
        'tools',
      ]),
    );
    expect(changed).not.toContain('deck-binary');
    expect(changed).not.toContain('rootfs');
  });

  test('a change of one program changes that one', () => {
    const root = copy();
    writeFileSync(join(root, 'services/tools/src/more.ts'), '');
    expect(differing(plan('local'), plan('local', root))).toEqual(['tools']);
    expect(differing(plan('upstream'), plan('upstream', root))).toEqual(['tools']);
  });

  test('pins and what is used go into the hash', () => {
    const hash = (all: readonly ArtifactRecipe[]): string =>
      named(planSteps(folder(), '/nowhere', 'local', all), 'top').hash;
    const hashes = [
      hash([recipe('top')]),
      hash([recipe('top', { pins: ['1'] })]),
      hash([recipe('low'), recipe('top', { uses: ['low'] })]),
      hash([recipe('low', { pins: ['1'] }), recipe('top', { uses: ['low'] })]),
    ];
    expect(new Set(hashes).size).toBe(4);
  });

  test('the upstream channel builds our own images alone, on images of the registry', () => {
    const steps = plan('upstream');
    expect(steps.map(({ recipe }) => recipe.name).sort()).toEqual(OWN);
    for (const { recipe, uses } of steps) {
      expect(uses).toEqual([]);
      expect(recipe).toMatchObject({
        kind: 'image',
        upstreamBase: expect.stringMatching(/^[a-z]+:\d+\.\d+\.\d+/) as unknown,
      });
    }
  });

  test('an image has another reference in each channel', () => {
    for (const name of OWN)
      expect(named(plan('local'), name).reference).not.toBe(named(plan('upstream'), name).reference);
  });

  test('the reference holds version and hash', () => {
    const { hash, reference } = named(plan('local'), 'kong-gate');
    expect(reference).toBe(`portcullis/kong-gate:3.0.0-${hash}`);
  });

  test('the reference of a program from a Go module holds the version that it is told', () => {
    for (const [name, version] of [
      ['kratos', '1.3.1'],
      ['oathkeeper', '0.40.9'],
      ['mailpit', '1.28.0'],
    ] as const) {
      expect(named(plan('local'), name).reference).toMatch(`portcullis/${name}:${version}-`);
      expect(named(plan('local'), `${name}-binary`).recipe.pins.join()).toContain(`Version=v${version}`);
    }
  });

  test('fails when a recipe uses one that is not there', () => {
    expect(
      thrown(() => planSteps(folder(), '/nowhere', 'local', [recipe('top', { uses: ['low'] })])).message,
    ).toBe("recipe 'low' must exist in channel 'local'");
  });
});

describe('channelOf', () => {
  test('names the built images of the local channel', () => {
    const steps = plan('local');
    const { images, providers, channel } = channelOf('local', steps);
    expect([channel, providers]).toEqual(['local', LOCAL_PROVIDERS]);
    expect(Object.keys(images)).toEqual([...CATALOGUE_NAMES]);
    expect(images.kong).toEqual({ reference: named(steps, 'kong-gate').reference, version: '3.0.0' });
    for (const { reference } of Object.values(images)) expect(reference).toMatch(/^portcullis\//);
  });

  test('names upstream images beside our own in the other', () => {
    const steps = plan('upstream');
    const { images, providers } = channelOf('upstream', steps);
    expect(providers).toEqual(UPSTREAM_PROVIDERS);
    for (const name of ['postgres', 'deck', 'kratos', 'oathkeeper', 'mailpit'] as const)
      expect(images[name]).toEqual(defaultCatalogue[name]);
    expect(images.jsonService.reference).toBe(named(steps, 'json-service').reference);
    expect(images.sessionCheck.reference).toBe(named(steps, 'session-check').reference);
    expect(images.kong.version).toBe('3.9.3');
  });
});

test('what only a suite calls for is built where it is named, and no deployment has it', () => {
  const steps = plan('local');
  const names = (list: readonly Step[]): string[] => list.map(({ recipe: { name } }) => name);
  expect(names(steps).filter((name) => !names(usual(steps)).includes(name))).toEqual(['redis', 'wrk']);
  for (const name of ['redis', 'wrk']) {
    expect(names(deploymentSteps('local', steps))).not.toContain(name);
  }
  expect(names(closure(steps, ['redis']))).toEqual(['rootfs', 'base', 'redis']);
});

describe('closure', () => {
  test('holds what was asked for and everything below, in order', () => {
    expect(closure(plan('local'), ['node']).map(({ recipe }) => recipe.name)).toEqual([
      'node-binary',
      'rootfs',
      'base',
      'node',
    ]);
    expect(closure(plan('upstream'), ['tools']).map(({ recipe }) => recipe.name)).toEqual(['tools']);
  });

  test('fails when a name is unknown', () => {
    expect(thrown(() => closure(plan('upstream'), ['kong'])).message).toBe(
      "image must be one of kong-gate, tools, json-service, session-check, account-ui, got 'kong'",
    );
  });
});
