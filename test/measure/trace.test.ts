import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Marker } from '../../src/measure/boot.js';
import { readTrace, tracedPorts, tracedWrites } from '../../src/measure/trace.js';

const POINTS = [
  { name: 'firmware', port: 0xf5, value: 1 },
  { name: 'kernel', port: 0xf4, value: 3 },
  { name: 'user-space', port: 0xf6, value: 2 },
];

/** Markers from `marker:byte@ns` words. */
function markers(...words: string[]): { markers: Marker[] } {
  return {
    markers: words.map((word) => {
      const [marker = 0, byte = 0, ns = 0] = word.split(/[:@]/).map(Number);
      return { marker, byte, ns: BigInt(ns) };
    }),
  };
}

test('every point that came in order with its value has a stamp', () => {
  const { stamps, fault } = readTrace(markers('0:1@10', '1:3@20', '2:2@30'), POINTS);
  expect(fault).toBeUndefined();
  expect([...stamps]).toEqual([
    ['firmware', 10n],
    ['kernel', 20n],
    ['user-space', 30n],
  ]);
});

test('points that arrived together are in order', () => {
  expect(readTrace(markers('0:1@10', '1:3@10', '2:2@10'), POINTS).fault).toBeUndefined();
});

describe('a boot that is not as it must be', () => {
  test('wrote another value at the port of a point', () => {
    const { fault } = readTrace(markers('0:1@10', '1:5@20', '2:2@30'), POINTS);
    expect(fault).toEqual({ kind: 'wrong-value', point: 'kernel', found: 5 });
  });

  test('wrote a point twice, so that nobody knows which one counts', () => {
    const { fault } = readTrace(markers('0:1@10', '0:1@11', '1:3@20', '2:2@30'), POINTS);
    expect(fault).toEqual({ kind: 'wrong-value', point: 'firmware', found: 1 });
  });

  test('left a point out', () => {
    const { fault } = readTrace(markers('0:1@10', '2:2@30'), POINTS);
    expect(fault).toEqual({ kind: 'point-missing', points: ['kernel'] });
  });

  test('came to a later point first', () => {
    const { fault } = readTrace(markers('1:3@10', '0:1@20', '2:2@30'), POINTS);
    expect(fault).toEqual({ kind: 'out-of-order', point: 'kernel', after: 'firmware' });
  });
});

test('points may share a port, and are told apart by their order and value', () => {
  const points = [
    { name: 'a', port: 0xf4, value: 1 },
    { name: 'b', port: 0xf5, value: 1 },
    { name: 'c', port: 0xf4, value: 2 },
  ];
  expect(tracedPorts(points)).toEqual([0xf4, 0xf5]);
  expect([...readTrace(markers('0:1@1', '1:1@2', '0:2@3'), points).stamps.values()]).toEqual([1n, 2n, 3n]);
  expect(readTrace(markers('0:2@1', '1:1@2', '0:1@3'), points).fault).toMatchObject({ kind: 'wrong-value' });
});

test('writes are told by port, in the order of their arrival', () => {
  expect(tracedWrites(markers('1:3@10', '0:1@20'), POINTS)).toEqual([
    { port: 0xf4, value: 3, ns: 10n },
    { port: 0xf5, value: 1, ns: 20n },
  ]);
});

test('for every order and selection of writes, only the right one has no fault', () => {
  const write = fc.record({ marker: fc.nat(2), byte: fc.constantFrom(1, 2, 3) });
  fc.assert(
    fc.property(fc.array(write, { maxLength: 5 }), (writes) => {
      const arrived = writes.map((each, index) => ({ ...each, ns: BigInt(index) }));
      const isRight = writes.map(({ marker, byte }) => `${marker}${byte}`).join() === '01,13,22';
      expect(readTrace({ markers: arrived }, POINTS).fault === undefined).toBe(isRight);
    }),
  );
});
