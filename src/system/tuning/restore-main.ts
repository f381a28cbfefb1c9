/** What a guard becomes, as a program of its own. */
import { programArguments } from '../environment.js';
import { putBack } from './put-back.js';

await putBack(programArguments());
