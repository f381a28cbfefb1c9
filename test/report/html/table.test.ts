import { expect, test } from 'vitest';
import { tableMarkup } from '../../../src/report/html/table.js';

const columns = [{ title: 'phase' }, { title: 'what it is' }, { title: 'median' }];

test('a column that no row has anything in is not shown', () => {
  const rows = [
    ['tQEMU', '', 1],
    ['tFW', [], 0],
  ];
  const { text } = tableMarkup({ caption: 'phases', columns, rows });
  expect(text).not.toContain('what it is');
  expect(text.match(/<td/g)).toHaveLength(2);
  expect(text).toContain('<td>0</td>');
});

test('a column that one row has something in has a cell in every row', () => {
  const rows = [
    ['tQEMU', undefined, 1],
    ['tFW', 'the firmware', 2],
  ];
  const { text } = tableMarkup({ caption: 'phases', columns, rows });
  expect(text.match(/<td/g)).toHaveLength(4);
});
