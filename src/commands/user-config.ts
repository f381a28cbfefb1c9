import { mkdirSync } from 'node:fs';
import { dirname, isAbsolute, join } from 'node:path';
import { digestJson, type Digest } from '../core/digest.js';
import type { Failure } from '../core/failure.js';
import type { Json } from '../core/json.js';
import { success, type Result } from '../core/result.js';
import type { UserConfig } from '../recipe/schema/user-config.js';
import { environmentVariable, homeFolder } from '../system/environment.js';
import { attempt, readJsonIfThere, readTextIfThere, writeFileAtomically } from '../system/files.js';

/**
 * What the user has set for all runs: `$XDG_CONFIG_HOME/bootlap/config.yaml`, else `~/.config/bootlap/config.yaml`.
 * Nothing where there is no such file. What a text came to is remembered in the workspace, so that a run with nothing to
 * do loads neither YAML nor the schema.
 * Fails with `recipe-syntax`, `recipe-invalid` or what the file system refuses.
 */
export async function userConfig(workspace: string): Promise<Result<UserConfig, Failure>> {
  const file = userConfigFile();
  const text = attempt(file, () => readTextIfThere(file));
  if (!text.ok || text.value === undefined) {
    return text.ok ? success({}) : text;
  }
  const key = digestJson('user configuration', { schema: 1, file, home: homeFolder(), text: text.value });
  const memo = join(workspace, 'state', 'recipes', `user-${key}.json`);
  const known = recall(memo, key);
  if (known !== undefined) {
    return success(known);
  }
  const { parseUserConfig } = await import('../recipe/user-config.js');
  const parsed = parseUserConfig(text.value, file);
  if (parsed.ok) {
    keep(memo, key, parsed.value);
  }
  return parsed;
}

/** A folder that is not absolute does not count, as the XDG base directory specification has it. */
function userConfigFile(): string {
  const folder = environmentVariable('XDG_CONFIG_HOME') ?? '';
  return join(isAbsolute(folder) ? folder : join(homeFolder(), '.config'), 'bootlap', 'config.yaml');
}

function recall(memo: string, key: Digest): UserConfig | undefined {
  const read = attempt(memo, () => readJsonIfThere(memo) as { seal?: Json; config?: UserConfig } | undefined);
  const { seal, config } = (read.ok ? read.value : undefined) ?? {};
  return config !== undefined && seal === sealOf(key, config) ? config : undefined;
}

/** One that cannot be written costs the next run some milliseconds. */
function keep(memo: string, key: Digest, config: UserConfig): void {
  attempt(memo, () => {
    mkdirSync(dirname(memo), { recursive: true });
    writeFileAtomically(memo, JSON.stringify({ seal: sealOf(key, config), config }));
  });
}

function sealOf(key: Digest, config: UserConfig): Digest {
  return digestJson('user configuration, read', { key, config: config as unknown as Json });
}
