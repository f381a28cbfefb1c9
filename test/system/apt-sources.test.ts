import { describe, expect, test } from 'vitest';
import { privateSources } from '../../src/system/apt-sources.js';

function list(text: string): string {
  return privateSources([{ name: 'a.list', text }])[0]?.text ?? '';
}

function sources(text: string): string {
  return privateSources([{ name: 'a.sources', text }])[0]?.text ?? '';
}

const lines = (text: string): string[] => text.split('\n').filter((line) => line !== '');

describe('one-line source entries', () => {
  test('get a deb-src beside each deb, with the same options', () => {
    const text =
      'deb [ arch=amd64 signed-by=/usr/share/keyrings/a.gpg ] https://h/debian bookworm main contrib # remark\n';
    expect(lines(list(text))).toEqual([
      'deb [ arch=amd64 signed-by=/usr/share/keyrings/a.gpg ] https://h/debian bookworm main contrib',
      'deb-src [ arch=amd64 signed-by=/usr/share/keyrings/a.gpg ] https://h/debian bookworm main contrib',
    ]);
  });

  test('get none where the machine has one already, so that apt does not warn of doubles', () => {
    const text = 'deb-src http://h/debian/ bookworm main\ndeb http://h/debian bookworm main\n';
    expect(lines(list(text))).toEqual(['deb-src http://h/debian/ bookworm main', 'deb http://h/debian bookworm main']);
  });

  test('get one for the component that the machine has no sources of', () => {
    const text = 'deb-src http://h/d bookworm main\ndeb http://h/d bookworm main contrib\n';
    expect(lines(list(text))).toContain('deb-src http://h/d bookworm main contrib');
  });

  test('of a flat archive have no component', () => {
    expect(lines(list('deb [trusted=yes] file:/srv/a ./'))).toEqual([
      'deb [trusted=yes] file:/srv/a ./',
      'deb-src [trusted=yes] file:/srv/a ./',
    ]);
  });

  test('that are disabled, discs or nonsense are left out', () => {
    const text =
      '# deb http://h/d bookworm main\n#deb-src http://h/d x main\ndeb cdrom:[Debian 12 _x_]/ bookworm main\nnonsense\n';
    expect(privateSources([{ name: 'a.list', text }])).toEqual([]);
  });
});

describe('deb822 source entries', () => {
  const STANZA = 'Types: deb\nURIs: http://h/debian\nSuites: bookworm bookworm-updates\nComponents: main\n';

  test('get deb-src, and keep every other field', () => {
    const text = `${STANZA}Signed-By:\n -----BEGIN PGP PUBLIC KEY BLOCK-----\n .\n mQ==\n -----END PGP PUBLIC KEY BLOCK-----\n`;
    expect(sources(text)).toBe(`${text.replace('Types: deb', 'Types: deb deb-src').trim()}\n`);
  });

  test('keep a remark from cutting a stanza in two', () => {
    const text = 'Types: deb\n# http://h/snapshot\nURIs: http://h/d\nSuites: s\nComponents: main\n';
    expect(sources(text)).toBe('Types: deb deb-src\nURIs: http://h/d\nSuites: s\nComponents: main\n');
  });

  test('are told apart by blank lines', () => {
    const text = `${STANZA}\n \n${STANZA.replace('debian', 'security')}`;
    expect(lines(sources(text)).filter((line) => line.startsWith('Types'))).toEqual([
      'Types: deb deb-src',
      'Types: deb deb-src',
    ]);
  });

  test('that are disabled or discs are left out', () => {
    expect(sources(`Enabled: no\n${STANZA}`)).toBe('');
    expect(sources(`${STANZA}Enabled: false\n`)).toBe('');
    expect(sources(STANZA.replace('http://h/debian', 'cdrom:[x]/'))).toBe('');
    expect(sources(`${STANZA}Enabled: yes\n`)).not.toBe('');
  });

  test('get no deb-src where a file of the other format has it', () => {
    const files = [
      {
        name: 'a.list',
        text: 'deb-src http://h/debian bookworm main\ndeb-src http://h/debian bookworm-updates main\n',
      },
      { name: 'b.sources', text: STANZA },
    ];
    expect(privateSources(files)[1]?.text).toContain('Types: deb\n');
  });
});
