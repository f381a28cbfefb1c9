import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { parse } from 'yaml';
import { loadSweep } from '../../src/recipe/sweep/load.js';
import { CellResolver } from '../../src/recipe/sweep/resolve-cell.js';
import { sweepJsonSchema } from '../../src/recipe/sweep/json-schema.js';
import { recipeJsonSchema } from '../../src/recipe/json-schema.js';
import { packageFolder } from '../../src/system/environment.js';

it('the JSON Schema that editors read is that of the code; `npm run schema` brings it up to date', () => {
  const committed: unknown = JSON.parse(readFileSync(join(packageFolder, 'configs/recipe.schema.json'), 'utf8'));
  expect(recipeJsonSchema()).toEqual(committed);
});

it('asks a recipe that extends nothing for every component, and one that extends for none', () => {
  const schema = recipeJsonSchema() as unknown as Record<'then' | 'else', Part>;
  expect(schema.else.required).toEqual(['hypervisor', 'firmware', 'kernel', 'machine', 'points', 'phases', 'measure']);
  expect(schema.else.properties['kernel']?.required).toEqual(['source']);
  expect(schema.then.required).toBeUndefined();
  expect(schema.then.properties['kernel']?.required).toBeUndefined();
  expect(Object.keys(schema.then.properties)).toEqual(['extends', ...Object.keys(schema.else.properties)]);
});

const sweeps = join(packageFolder, 'configs/sweeps');
const isSweep = new Ajv2020({ strict: false }).compile(sweepJsonSchema());

it('so is that of sweeps', () => {
  const committed: unknown = JSON.parse(readFileSync(join(packageFolder, 'configs/sweep.schema.json'), 'utf8'));
  expect(sweepJsonSchema()).toEqual(committed);
});

it.each(readdirSync(sweeps))(
  'the sweep that ships as %s is what its schema says, and a recipe of each cell',
  (name) => {
    const file = join(sweeps, name);
    expect(isSweep(parse(readFileSync(file, 'utf8'))), JSON.stringify(isSweep.errors)).toBe(true);
    const sweep = loadSweep(file);
    expect(sweep).toMatchObject({ ok: true });
    const resolver = new CellResolver();
    for (const cell of sweep.ok ? sweep.value.cells : []) {
      const values = sweep.ok ? new Map([...sweep.value.common, ...cell]) : cell;
      expect(resolver.resolve(values)).toMatchObject({ ok: true });
    }
  },
);

it.each([
  ['matrix: { machine.memory: [128, many] }', false],
  ['matrix: { machine.memory: 128 }', false],
  ['matrix: { patches.kernel: [maybe] }', false],
  ['matrix: { with.kernel: [null, ../linux], patches.kernel: [on, off], recipe: [stock, ./mine.yaml] }', true],
  ['matrix: { kernel.source: [{ apt: linux-source, member: x }], kernel.source.branch: [main] }', true],
  ['set: { measure.boots: 30, points: null }', true],
  ['set: { measure.boots: often }', false],
  ['include: [{ machine.cpus: 4 }, { machine.type: { kvm: microvm, tcg: pc } }]', true],
  ['exclude: [{ machine.cpus: four }]', false],
  ['matrx: {}', false],
  ['executor: elsewhere', false],
])('an editor takes the sweep %j: %s', (text, isRight) => {
  expect(isSweep(parse(text)), JSON.stringify(isSweep.errors)).toBe(isRight);
});

interface Part {
  readonly required?: string[];
  readonly properties: Readonly<Record<string, Part>>;
}
