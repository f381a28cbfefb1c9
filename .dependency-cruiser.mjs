/** Import layers: each row may import from the rows below it, type-only imports included. docs/architecture.md draws them. */

const npm = '^node_modules/';

/** @type {import('dependency-cruiser').IConfiguration} */
export default {
  forbidden: [
    {
      name: 'no-cycles',
      comment: 'Two files that import each other are one file in two places.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'core-stands-alone',
      comment: 'src/core holds vocabulary and pure logic.',
      severity: 'error',
      from: { path: '^src/core/' },
      to: { pathNot: '^src/core/', dependencyTypesNot: ['core'] },
    },
    {
      name: 'system-knows-only-core',
      comment: 'src/system is the door to the outside and knows nothing of recipes, steps or runs.',
      severity: 'error',
      from: { path: '^src/system/' },
      to: { path: '^src/', pathNot: '^src/(system|core)/' },
    },
    {
      name: 'recipe-knows-only-system-and-core',
      comment: 'Everything else is made from a recipe.',
      severity: 'error',
      from: { path: '^src/recipe/' },
      to: { path: '^src/', pathNot: '^src/(recipe|system|core)/' },
    },
    {
      name: 'steps-never-know-the-engine',
      comment: 'A step declares what it reads and makes; caching is not its business.',
      severity: 'error',
      from: { path: '^src/(steps|measure)/' },
      to: { path: '^src/engine/' },
    },
    {
      name: 'engine-never-knows-steps',
      comment: 'The engine runs whatever steps it is given.',
      severity: 'error',
      from: { path: '^src/engine/' },
      to: { path: '^src/(steps|measure|report)/' },
    },
    {
      name: 'only-commands-know-bundles',
      comment: 'A bundle is made of what the others have made.',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/(bundle|commands)/' },
      to: { path: '^src/bundle/' },
    },
    {
      name: 'only-commands-know-the-shared-cache',
      comment: 'The engine declares what it asks of one (engine/shared.ts) and is handed it.',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/(remote|commands)/' },
      to: { path: '^src/remote/' },
    },
    {
      name: 'the-shared-cache-knows-no-steps',
      comment: 'It moves results, whatever made them.',
      severity: 'error',
      from: { path: '^src/remote/' },
      to: { path: '^src/', pathNot: '^src/(remote|engine|system|core)/' },
    },
    {
      name: 'workers-never-know-the-screen',
      comment: 'Only commands and the command line speak to a user.',
      severity: 'error',
      from: { path: '^src/(bundle|remote|engine|steps|measure|report|recipe|system|core)/' },
      to: { path: '^src/(ui|commands)/|^src/(cli|process|replay)\\.ts' },
    },
    {
      name: 'ui-shows-and-does-nothing',
      comment: 'The screen draws what it is handed.',
      severity: 'error',
      from: { path: '^src/ui/' },
      to: { path: '^src/(commands|steps)/|^src/(cli|process|replay)\\.ts' },
    },
    {
      name: 'nothing-imports-the-command-line',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/(cli|replay)\\.ts' },
      to: { path: '^src/(cli|process|replay)\\.ts' },
    },
    {
      name: 'one-door-for-programs-and-network',
      comment: 'Child processes, downloads, git and archives go through src/system.',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/system/' },
      to: { path: `${npm}(execa|got|proxy-agent|simple-git|tar)/` },
    },
    {
      name: 'listr2-is-ui',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/ui/' },
      to: { path: `${npm}listr2/` },
    },
    {
      name: 'charts-are-report',
      comment: 'What is drawn with is hidden behind src/report/chart.',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/report/chart/' },
      to: { path: `${npm}vega(-lite)?/` },
    },
    {
      name: 'no-development-packages',
      comment: 'What is installed with the package is what it may import.',
      severity: 'error',
      from: { path: '^src/' },
      to: { dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown'], dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'everything-resolves',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: { conditionNames: ['import', 'types', 'node', 'default'], exportsFields: ['exports'] },
  },
};
