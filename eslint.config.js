import eslint from '@eslint/js';
import tseslint from 'typescript-eslint';

/** The one file that reads this process's surroundings. */
const environment = 'src/system/environment.ts';

const surroundings = ['env', 'cwd', 'argv', 'exit', 'exitCode', 'chdir'].map((property) => ({
  object: 'process',
  property,
  message: `Only ${environment} touches a process's surroundings; process.ts alone ends it.`,
}));

export default tseslint.config(
  { ignores: ['dist/', 'coverage/', 'workspace/', 'node_modules/'] },
  eslint.configs.recommended,
  {
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    rules: {
      eqeqeq: 'error',
      'prefer-const': 'error',
      'no-console': 'error',
      'object-shorthand': 'error',
      'no-param-reassign': 'error',
      'no-implicit-coercion': 'error',
      curly: 'error',
    },
  },
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.strictTypeChecked, tseslint.configs.stylisticTypeChecked],
    languageOptions: { parserOptions: { project: './tsconfig.test.json', tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],
      '@typescript-eslint/consistent-type-exports': 'error',
      '@typescript-eslint/explicit-module-boundary-types': 'error',
      '@typescript-eslint/no-unnecessary-condition': [
        'error',
        { allowConstantLoopConditions: 'only-allowed-literals' },
      ],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      // tsconfig asks for quotes on keys of index signatures; this rule would take them away.
      '@typescript-eslint/dot-notation': 'off',
      '@typescript-eslint/prefer-nullish-coalescing': ['error', { ignorePrimitives: { boolean: true, string: true } }],
      '@typescript-eslint/no-confusing-void-expression': [
        'error',
        { ignoreArrowShorthand: true, ignoreVoidOperator: true, ignoreVoidReturningFunctions: true },
      ],
      '@typescript-eslint/max-params': ['error', { max: 3 }],
      '@typescript-eslint/no-unused-vars': ['error', { ignoreRestSiblings: true }],
      '@typescript-eslint/no-invalid-void-type': ['error', { allowInGenericTypeArguments: true }],
    },
  },
  {
    files: ['src/**/*.ts'],
    rules: {
      'max-lines': ['error', { max: 250, skipBlankLines: true, skipComments: true }],
      'max-lines-per-function': ['error', { max: 40, skipBlankLines: true, skipComments: true }],
      'max-depth': ['error', 3],
      complexity: ['error', 12],
      'no-restricted-properties': ['error', ...surroundings],
      '@typescript-eslint/no-restricted-imports': [
        'error',
        {
          paths: [
            'execa',
            'got',
            'simple-git',
            'tar',
            'listr2',
            'diff',
            'zod',
            'yaml',
            'commander',
            'vega',
            'vega-lite',
            'xmlbuilder2',
          ].map(lazily),
        },
      ],
    },
  },
  { files: [environment, 'src/process.ts'], rules: { 'no-restricted-properties': 'off' } },
  // Only these load zod and yaml, and are themselves loaded when no memo of the recipe holds.
  {
    files: [
      'src/recipe/{schema,shape,check,setting,document,json-schema}.ts',
      'src/recipe/schema/*.ts',
      'src/recipe/sweep/json-schema.ts',
    ],
    rules: { '@typescript-eslint/no-restricted-imports': 'off' },
  },
  { files: ['src/ui/**/*.ts', 'src/commands/**/*.ts', 'src/cli.ts'], rules: { 'no-console': 'off' } },
  {
    files: ['test/**/*.ts'],
    rules: {
      // Chained expectations on values that a test has just made read better unguarded.
      '@typescript-eslint/no-unsafe-assignment': 'off',
      // The columns of a table of cases.
      '@typescript-eslint/max-params': 'off',
      // Sweeps say how many kills they made.
      'no-console': 'off',
    },
  },
  {
    files: ['scripts/**/*.mjs', 'bench/**/*.mjs', 'test/**/*.mjs', '*.js', '.*.mjs'],
    languageOptions: { globals: nodeGlobals() },
    rules: { 'no-console': 'off' },
  },
);

/** A package that takes time to load is imported where it is used, so that a cached run never loads it. */
function lazily(name) {
  return {
    name,
    message: `import it inside the function that uses it: await import('${name}')`,
    allowTypeImports: true,
  };
}

function nodeGlobals() {
  const names = ['process', 'console', 'Buffer', 'URL', 'performance', 'setTimeout', 'clearTimeout', 'AbortController'];
  return Object.fromEntries(names.map((name) => [name, 'readonly']));
}
