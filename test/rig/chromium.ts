import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable, Writable } from 'node:stream';

/** The browser's name where it is installed (Debian: `apt-get install chromium`). */
export const chromium = ['chromium', 'chromium-browser', 'google-chrome'].find(
  (name) => spawnSync(name, ['--version'], { stdio: 'ignore' }).status === 0,
);

/** How a page is looked at. */
export interface Look {
  /** CSS pixels. */
  readonly width: number;
  readonly scheme: 'light' | 'dark';
}

/** What came of it. */
export interface Seen {
  /** Addresses that the page asked for, itself among them. */
  readonly requests: readonly string[];
  /** What it wrote to the console, exceptions, and what the browser complained of. */
  readonly complaints: readonly string[];
  /** The value of the script that was asked for. */
  readonly value: unknown;
  /** PNG of the whole page. */
  readonly screenshot: Buffer;
}

/** A headless browser, driven through its debugging pipe. */
export interface Browser {
  /** Opens a page, runs a script in it and takes a picture. */
  see(url: string, look: Look, script: string): Promise<Seen>;
  close(): Promise<void>;
}

/** Starts Chromium with a profile of its own. */
export function startChromium(program: string): Browser {
  const profile = mkdtempSync(join(tmpdir(), 'bootlap-chromium-'));
  const flags = [
    '--headless=new',
    '--no-sandbox',
    '--disable-gpu',
    '--no-first-run',
    '--disable-background-networking',
  ];
  const child = spawn(program, [...flags, '--remote-debugging-pipe', `--user-data-dir=${profile}`, 'about:blank'], {
    stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'pipe'],
  });
  const pipe = new DebuggingPipe(child);
  return {
    see: (url, look, script) => seePage(pipe, { url, look, script }),
    async close() {
      const ended = new Promise((resolve) => child.once('exit', resolve));
      await pipe.call('Browser.close').catch(() => child.kill());
      await ended;
      rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

type Params = Readonly<Record<string, unknown>>;

interface Message {
  readonly id?: number;
  readonly method?: string;
  readonly sessionId?: string;
  readonly params?: Params;
  readonly result?: Params;
  readonly error?: { readonly message: string };
}

/** The Chrome DevTools Protocol over two pipes: JSON, each message ended by a zero byte. */
class DebuggingPipe {
  readonly events: Message[] = [];
  private readonly input: Writable;
  private readonly waiting = new Map<number, (message: Message) => void>();
  private rest = '';
  private last = 0;

  constructor(child: ChildProcess) {
    this.input = child.stdio[3] as Writable;
    const output = child.stdio[4] as Readable;
    output.setEncoding('utf8').on('data', (text: string) => this.receive(text));
  }

  async call(method: string, params: Params = {}, sessionId?: string): Promise<Params> {
    this.last += 1;
    const id = this.last;
    const answer = new Promise<Message>((resolve) => this.waiting.set(id, resolve));
    this.input.write(`${JSON.stringify({ id, method, params, sessionId })}\0`);
    const { result = {}, error } = await answer;
    if (error !== undefined) {
      throw new Error(`${method}: ${error.message}`);
    }
    return result;
  }

  async event(method: string, sessionId: string): Promise<void> {
    while (!this.events.some((event) => event.method === method && event.sessionId === sessionId)) {
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }

  private receive(text: string): void {
    const messages = (this.rest + text).split('\0');
    this.rest = messages.pop() ?? '';
    for (const message of messages.map((part) => JSON.parse(part) as Message)) {
      if (message.id === undefined) {
        this.events.push(message);
      } else {
        this.waiting.get(message.id)?.(message);
      }
    }
  }
}

async function seePage(
  pipe: DebuggingPipe,
  { url, look, script }: { url: string; look: Look; script: string },
): Promise<Seen> {
  const { targetId } = await pipe.call('Target.createTarget', { url: 'about:blank' });
  const { sessionId } = await pipe.call('Target.attachToTarget', { targetId, flatten: true });
  const session = String(sessionId);
  const call = (method: string, params?: Params): Promise<Params> => pipe.call(method, params, session);
  for (const domain of ['Page', 'Network', 'Runtime', 'Log']) {
    await call(`${domain}.enable`);
  }
  const metrics = { width: look.width, height: 900, deviceScaleFactor: 1, mobile: look.width < 600 };
  await call('Emulation.setDeviceMetricsOverride', metrics);
  await call('Emulation.setEmulatedMedia', { features: [{ name: 'prefers-color-scheme', value: look.scheme }] });
  await call('Page.navigate', { url });
  await pipe.event('Page.loadEventFired', session);
  const { result } = await call('Runtime.evaluate', { expression: script, returnByValue: true, awaitPromise: true });
  const { data } = await call('Page.captureScreenshot', { format: 'png', captureBeyondViewport: true });
  await pipe.call('Target.closeTarget', { targetId });
  const events = pipe.events.filter((event) => event.sessionId === session);
  return {
    requests: events.filter(({ method }) => method === 'Network.requestWillBeSent').map(requestedUrl),
    complaints: events
      .filter(({ method }) => COMPLAINTS.includes(method ?? ''))
      .map((event) => JSON.stringify(event.params)),
    value: (result as { readonly value?: unknown }).value,
    screenshot: Buffer.from(String(data), 'base64'),
  };
}

const COMPLAINTS = ['Runtime.consoleAPICalled', 'Runtime.exceptionThrown', 'Log.entryAdded'];

function requestedUrl({ params }: Message): string {
  return (params as { readonly request: { readonly url: string } }).request.url;
}
