import { join } from 'node:path';
import { environmentVariable, homeFolder, userEnvironment } from './environment.js';
import { attempt, readTextIfThere } from './files.js';
import type { Login } from './netrc.js';

/** What a container tool's files have for a registry. */
export interface RegistryLogin {
  readonly login?: Login;
  /** A token that stands for a login: it is changed for one that the registry takes. */
  readonly identityToken?: string;
}

/** A login, if there is one, and what is wrong with the files; no trouble holds anything secret. */
export interface FoundLogin {
  readonly found?: RegistryLogin;
  readonly troubles: readonly string[];
}

/** How long a helper has, in milliseconds. It may wake a key ring. */
const HELPER_MILLISECONDS = 15_000;

/**
 * The login that `docker login`, `podman login` and their like have left for a registry (`ghcr.io`, `localhost:5000`),
 * or for a repository of it: of `$REGISTRY_AUTH_FILE`, `$DOCKER_CONFIG/config.json` (else `~/.docker/config.json`),
 * `$XDG_RUNTIME_DIR/containers/auth.json` or `~/.config/containers/auth.json`, whichever has one first.
 */
export async function dockerLogin(registry: string, repository: string): Promise<FoundLogin> {
  const troubles: string[] = [];
  for (const path of loginFiles()) {
    const config = readConfig(path);
    if (typeof config === 'string') {
      troubles.push(`${path} ${config}: no login is taken from it`);
    } else if (config !== undefined) {
      const found = await loginOf(config, {
        registry,
        repository,
        trouble: (text) => troubles.push(`${path}: ${text}`),
      });
      if (found !== undefined) {
        return { found, troubles };
      }
    }
  }
  return { troubles };
}

function loginFiles(): string[] {
  const set = (name: string): string | undefined => environmentVariable(name) || undefined;
  const runtime = set('XDG_RUNTIME_DIR');
  const named = set('REGISTRY_AUTH_FILE');
  return [
    ...(named === undefined ? [] : [named]),
    join(set('DOCKER_CONFIG') ?? join(homeFolder(), '.docker'), 'config.json'),
    ...(runtime === undefined ? [] : [join(runtime, 'containers', 'auth.json')]),
    join(set('XDG_CONFIG_HOME') ?? join(homeFolder(), '.config'), 'containers', 'auth.json'),
  ];
}

type Values = Readonly<Record<string, unknown>>;

/** A file's content; `undefined` where there is none, words where it is not what it should be. */
function readConfig(path: string): Values | string | undefined {
  const text = attempt(path, () => readTextIfThere(path));
  if (!text.ok) {
    return 'cannot be read';
  }
  if (text.value === undefined) {
    return undefined;
  }
  try {
    const value: unknown = JSON.parse(text.value);
    return isValues(value) ? value : 'is no JSON object';
  } catch {
    return 'is no JSON';
  }
}

interface Wanted {
  readonly registry: string;
  readonly repository: string;
  readonly trouble: (text: string) => void;
}

async function loginOf(config: Values, wanted: Wanted): Promise<RegistryLogin | undefined> {
  const { registry } = wanted;
  const helper = entryFor(config['credHelpers'], wanted) ?? config['credsStore'];
  const helped = typeof helper === 'string' && helper !== '' ? await ofHelper(helper, registry, wanted) : undefined;
  const entry = entryFor(config['auths'], wanted);
  return helped ?? (isValues(entry) ? ofEntry(entry, wanted) : undefined);
}

/** The entry for a repository, else for what it lies below, else for its registry, as the files may spell that. */
function entryFor(entries: unknown, { registry, repository }: Wanted): unknown {
  if (!isValues(entries)) {
    return undefined;
  }
  const parts = repository.split('/');
  const names = parts.map((_, index) => [registry, ...parts.slice(0, parts.length - index)].join('/'));
  const spellings = new Map(Object.keys(entries).map((name) => [plainName(name), name]));
  const name = [...names, registry].map((each) => spellings.get(each)).find((each) => each !== undefined);
  return name === undefined ? undefined : entries[name];
}

/** What Docker calls its own registry in its files. */
const DOCKER_HUB = 'https://index.docker.io/v1/';

function plainName(name: string): string {
  return name === DOCKER_HUB ? 'docker.io' : name.replace(/^https?:\/\//, '').replace(/(\/v[12])?\/?$/, '');
}

function ofEntry(entry: Values, { registry, trouble }: Wanted): RegistryLogin | undefined {
  const { auth, username, password, identitytoken } = entry;
  if (typeof identitytoken === 'string' && identitytoken !== '') {
    return { identityToken: identitytoken };
  }
  if (typeof username === 'string' && typeof password === 'string') {
    return { login: { user: username, password } };
  }
  if (typeof auth !== 'string' || auth === '') {
    return undefined;
  }
  const [, user, password64] = /^([^:]+):([^]*?)\0*$/.exec(Buffer.from(auth, 'base64').toString('utf8')) ?? [];
  if (user === undefined || password64 === undefined) {
    trouble(`the login for ${registry} is no base64 of "user:password"`);
    return undefined;
  }
  return { login: { user, password: password64 } };
}

/** Asks a credential helper: https://github.com/docker/docker-credential-helpers. Nothing that it says is shown. */
async function ofHelper(name: string, registry: string, { trouble }: Wanted): Promise<RegistryLogin | undefined> {
  if (!/^[\w.-]+$/.test(name)) {
    trouble('names a credential helper that cannot be one');
    return undefined;
  }
  const { runCommand } = await import('./command.js');
  const program = `docker-credential-${name}`;
  const said = await runCommand({
    program,
    arguments: ['get'],
    folder: '/',
    environment: userEnvironment(),
    input: registry === 'docker.io' ? DOCKER_HUB : registry,
    timeoutMilliseconds: HELPER_MILLISECONDS,
  });
  if (!said.ok) {
    const { failure } = said;
    // It ends with 1 where it merely has nothing for the registry.
    if (failure.reason === 'tool-missing') {
      trouble(`${program} is not installed`);
    } else if (failure.reason === 'command-failed' && (failure.timedOut === true || failure.status !== 1)) {
      trouble(`${program} ${failure.timedOut === true ? 'does not answer' : 'failed'}`);
    }
    return undefined;
  }
  const login = helperLogin(said.value.stdout);
  if (login === undefined) {
    trouble(`${program} said something that is no login`);
  }
  return login;
}

function helperLogin(text: string): RegistryLogin | undefined {
  try {
    const said: unknown = JSON.parse(text);
    if (!isValues(said) || typeof said['Username'] !== 'string' || typeof said['Secret'] !== 'string') {
      return undefined;
    }
    const { Username: user, Secret: secret } = said;
    return user === '<token>' ? { identityToken: secret } : { login: { user, password: secret } };
  } catch {
    return undefined;
  }
}

function isValues(value: unknown): value is Values {
  return value !== null && typeof value === 'object' && !Array.isArray(value);
}
