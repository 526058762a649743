#!/usr/bin/env node
/**
 * Stands in for decK where a test wants an answer of its choice; refuses what decK wouldn't know.
 *
 * FAKE_DECK names a JSON file: command → `{stdout?, stderr?, code?, seconds?}`. Every call is
 * appended to the file FAKE_DECK_CALLS, one JSON object per line.
 */
import { appendFileSync, existsSync, readFileSync } from 'node:fs';

const SWITCHES = ['--analytics=false', '--no-color', '--json-output'];
const VALUES = ['--timeout', '--kong-addr', '--parallelism', '--format', '--state', '-o'];
const COMMANDS = [
  'version',
  'gateway ping',
  'gateway validate',
  'file validate',
  'gateway diff',
  'gateway sync',
  'gateway dump',
  'file lint',
];

function refuse(why) {
  process.stderr.write(`Error: ${why}\n`);
  process.exit(1);
}

const words = [];
const flags = {};
const args = process.argv.slice(2);
while (args.length > 0) {
  const word = args.shift();
  if (SWITCHES.includes(word)) flags[word] = true;
  else if (VALUES.includes(word)) flags[word] = args.shift();
  else if (word.startsWith('--select-tag='))
    flags['--select-tag'] = [...(flags['--select-tag'] ?? []), word.slice(13)];
  else if (word.startsWith('-')) refuse(`unknown flag: ${word}`);
  else words.push(word);
}
const command = COMMANDS.find((one) => words.slice(0, one.split(' ').length).join(' ') === one);
if (command === undefined) refuse(`unknown command ${words.join(' ')}`);
const files = words.slice(command.split(' ').length);
if (files.length !== (command === 'file lint' ? 1 : 0)) refuse(`unknown argument ${files.join(' ')}`);
if (flags['--analytics=false'] !== true) refuse('analytics are on');
const foreign = Object.keys(process.env).filter((name) => name.startsWith('DECK_'));
if (foreign.length > 0) refuse(`obeys ${foreign.join(', ')}`);
if (existsSync(`${process.env.HOME}/.deck.yaml`)) refuse('reads a configuration file');

const input = readFileSync(0, 'utf8');
const ruleset = command === 'file lint' ? readFileSync(files[0], 'utf8') : undefined;
appendFileSync(
  process.env.FAKE_DECK_CALLS,
  `${JSON.stringify({ command, flags, input, files, ruleset, args: process.argv.slice(2), env: process.env })}\n`,
);
const answer = JSON.parse(readFileSync(process.env.FAKE_DECK, 'utf8'))[command];
if (answer === undefined) refuse(`no answer to ${command}`);
process.stdout.write(answer.stdout ?? '');
process.stderr.write(answer.stderr ?? '');
setTimeout(() => process.exit(answer.code ?? 0), (answer.seconds ?? 0) * 1000);
