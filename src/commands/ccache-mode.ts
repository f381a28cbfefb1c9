import type { Failure } from '../core/failure.js';
import { failed, success, type Result } from '../core/result.js';
import type { PipelineRequest } from '../engine/index.js';
import { environmentVariable } from '../system/environment.js';
import type { CcacheOption } from './options.js';
import { userConfig } from './user-config.js';

type CcacheMode = NonNullable<PipelineRequest['ccache']>;

/**
 * How ccache is used: by the command line, else by the environment, else by what the user has set for all runs, else
 * `on`. Fails with `usage`, or as the reading of what is set for all runs does.
 */
export async function ccacheMode({ ccache }: CcacheOption, workspace: string): Promise<Result<CcacheMode, Failure>> {
  const asked = ccache === false ? 'off' : (environmentVariable('BOOTLAP_CCACHE') ?? '');
  switch (asked) {
    case '': {
      const usual = await userConfig(workspace);
      return usual.ok ? success(usual.value.ccache ?? 'on') : usual;
    }
    case 'on':
    case 'local':
    case 'off':
      return success(asked);
    default:
      return failed({ reason: 'usage', message: `BOOTLAP_CCACHE is "${asked}", which is none of on, local, off` });
  }
}
