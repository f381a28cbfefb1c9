import fc from 'fast-check';
import { expect, test } from 'vitest';
import { html, trusted } from '../../../src/report/html/markup.js';

test('text that looks like HTML is shown and never obeyed', () => {
  const name = `<img src=x onerror="alert('1')">&amp;`;
  expect(html`<p title="${name}">${name}</p>`.text).toBe(
    '<p title="&lt;img src=x onerror=&quot;alert(&#39;1&#39;)&quot;&gt;&amp;amp;">' +
      '&lt;img src=x onerror=&quot;alert(&#39;1&#39;)&quot;&gt;&amp;amp;</p>',
  );
});

test('whatever a user writes, no quote and no bracket of it gets onto the page', () => {
  fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => !/[<>"']/.test(html`${text}`.text)));
});

test('pieces of HTML go into others unchanged, lists one after the other, nothing as nothing', () => {
  const items = ['a', '<b>'].map((item) => html`<li>${item}</li>`);
  const text = html`<ul>
      ${items}${undefined}${0}
    </ul>
    ${trusted('<br>')}`.text;
  expect(text.replace(/\s+/g, '')).toBe('<ul><li>a</li><li>&lt;b&gt;</li>0</ul><br>');
});
