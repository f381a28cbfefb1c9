/** Where things are, for scripts that run before any package is installed. */

import { fileURLToPath } from 'node:url';

/** The clone's top folder, without a slash at its end. */
export const top = fileURLToPath(new URL('../..', import.meta.url)).replace(/\/$/, '');

/** Exit statuses of bootlap that the set-up can end with. */
export const STATUS = { done: 0, failed: 1, hostNotFit: 3 };
