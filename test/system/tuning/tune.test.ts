import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { attainable } from '../../../src/system/tuning/knobs.js';
import { tuneHost, type TunedHost } from '../../../src/system/tuning/tune.js';
import { restoreLeftovers } from '../../../src/system/tuning/restore.js';
import { temporaryFolders } from '../../rig/folder.js';
import { fakeHost, type FakeHost } from '../../rig/fake-host.js';

const folder = temporaryFolders();

async function tuned({ places }: FakeHost): Promise<TunedHost> {
  const host = await tuneHost(places);
  if (!host.ok) {
    throw new Error(JSON.stringify(host.failure));
  }
  return host.value;
}

test('governor and turbo are set on all processors, and come back', async () => {
  const host = fakeHost(folder());
  const before = host.values();
  expect(before).toEqual({ policy0: 'powersave', policy1: 'schedutil', turbo: '0' });
  const session = await tuned(host);
  expect(host.values()).toEqual({ policy0: 'performance', policy1: 'performance', turbo: '1' });
  expect(session).toMatchObject({ state: { governor: 'set', turbo: 'set' }, refused: [] });
  const restored = await session.end();
  expect(restored).toMatchObject({ ok: true, value: { changed: [], refused: [] } });
  expect(host.values()).toEqual(before);
  expect(existsSync(host.journal)).toBe(false);
});

test('what was right already is neither changed nor written down', async () => {
  const host = fakeHost(folder(), { policy0: 'performance', policy1: 'performance', turbo: '1' });
  const session = await tuned(host);
  expect(session.state).toEqual({ governor: 'set', turbo: 'set' });
  expect(existsSync(host.journal)).toBe(false);
  await session.end();
  expect(host.values()).toEqual({ policy0: 'performance', policy1: 'performance', turbo: '1' });
});

test('a processor of AMD, whose turbo is called boost and means the opposite', async () => {
  const host = fakeHost(folder(), { turbo: undefined, boost: '1' });
  const session = await tuned(host);
  expect(host.values()).toMatchObject({ boost: '0' });
  expect(session.state.turbo).toBe('set');
  await session.end();
  expect(host.values()).toMatchObject({ boost: '1' });
});

test('a machine without frequencies is left alone', async () => {
  const host = fakeHost(folder(), { policy0: undefined, policy1: undefined, turbo: undefined });
  const session = await tuned(host);
  expect(session).toMatchObject({ state: { governor: 'missing', turbo: 'missing' }, refused: [] });
  expect((await session.end()).ok).toBe(true);
  expect(existsSync(host.journal)).toBe(false);
});

test('a governor that is not offered is not asked for', async () => {
  const host = fakeHost(folder());
  for (const policy of ['policy0', 'policy1'] as const) {
    const file = join(dirname(host.path(policy)), 'scaling_available_governors');
    writeFileSync(file, 'powersave schedutil\n');
  }
  const session = await tuned(host);
  expect(session.state).toEqual({ governor: 'missing', turbo: 'set' });
  await session.end();
});

test('a value that somebody else sets meanwhile stays, and is told', async () => {
  const host = fakeHost(folder());
  const session = await tuned(host);
  host.set('policy1', 'ondemand');
  const restored = await session.end();
  expect(restored).toMatchObject({ value: { changed: [{ found: 'ondemand', former: 'schedutil' }] } });
  expect(host.values()).toEqual({ policy0: 'powersave', policy1: 'ondemand', turbo: '0' });
});

test('a processor that is taken away meanwhile is no trouble', async () => {
  const host = fakeHost(folder());
  const session = await tuned(host);
  rmSync(dirname(host.path('policy1')), { recursive: true });
  expect(await session.end()).toMatchObject({ ok: true, value: { refused: [] } });
  expect(host.values()).toMatchObject({ policy0: 'powersave', turbo: '0' });
  expect(existsSync(host.path('policy1'))).toBe(false);
});

test('what a journal names besides the knobs is never written to', async () => {
  const host = fakeHost(folder());
  const victim = join(host.places.sysfs, 'victim');
  writeFileSync(victim, 'ours');
  const values = ['victim', '../victim', 'devices/system/cpu/cpufreq/policy0/../../../../../victim'].map((path) => ({
    path,
    former: 'overwritten',
    ours: 'ours',
  }));
  mkdirSync(dirname(host.journal), { recursive: true });
  writeFileSync(host.journal, JSON.stringify({ bootId: host.places.bootId, values, owners: [] }));
  await restoreLeftovers(host.places);
  expect(readFileSync(victim, 'utf8')).toBe('ours');
});

test('values of an earlier boot of the host are forgotten, not put back', async () => {
  const host = fakeHost(folder());
  const session = await tuned(host);
  const later = { ...host.places, bootId: 'another boot' };
  expect(await restoreLeftovers(later)).toMatchObject({ ok: true, value: { back: [] } });
  expect(existsSync(host.journal)).toBe(false);
  expect(host.values()).toMatchObject({ policy0: 'performance' });
  await session.end();
});

test('nothing is set where others can write what has to come back', async () => {
  const host = fakeHost(folder());
  const before = host.values();
  mkdirSync(host.places.journals, { recursive: true });
  chmodSync(host.places.journals, 0o777);
  expect(await tuneHost(host.places)).toMatchObject({ ok: false, failure: { reason: 'journal-open' } });
  expect(host.values()).toEqual(before);
});

test('nothing is set where the former values cannot be written down', async () => {
  const host = fakeHost(folder());
  const before = host.values();
  writeFileSync(host.places.journals, 'a file in the way');
  expect(await tuneHost(host.places)).toMatchObject({ ok: false, failure: { reason: 'file-trouble' } });
  expect(host.values()).toEqual(before);
});

test('what can be had is known before anything is set', () => {
  const host = fakeHost(folder(), { turbo: undefined });
  const before = host.values();
  expect(attainable(host.places.sysfs)).toEqual({ governor: 'set', turbo: 'missing' });
  expect(host.values()).toEqual(before);
});
