import { expect, test } from 'vitest';
import type { ArmPipeline } from '../../src/commands/compare/arm.js';
import { refusedMatrix } from '../../src/commands/compare/matrix.js';
import type { Recipe } from '../../src/recipe/schema.js';
import { guestRecipe } from '../rig/vm-step.js';

function arm(name: string, matrix?: Recipe['matrix']): ArmPipeline {
  const recipe = { ...guestRecipe(), ...(matrix === undefined ? {} : { matrix }) };
  return { name, pipeline: { recipe, steps: [], workspace: '/nowhere' }, outName: name };
}

test('a recipe with a matrix is not compared, and it is said how it can be', () => {
  expect(refusedMatrix({ a: arm('one'), b: arm('two', { memory: [64, 128], cpus: [1, 2] }) })).toEqual({
    reason: 'usage',
    message: 'two has a matrix (4 machines), and two machines alone can be compared',
    hint: expect.stringContaining('--set matrix=null') as string,
  });
  expect(refusedMatrix({ a: arm('one'), b: arm('two', {}) })).toBeUndefined();
});
