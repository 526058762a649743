/** Lint: strict TypeScript, and the walls between the parts of the house. */
import tseslint from 'typescript-eslint';

const FRAMEWORK = ['cdktf', 'cdktf/*', '@cdktf/*'];

/** Files of a part may not import what the patterns name. */
function wall(files, groups, ignores = []) {
  return {
    files,
    ignores,
    rules: {
      'no-restricted-imports': [
        'error',
        {
          patterns: groups.map(({ group, message, importNames }) => ({
            group,
            message,
            ...(importNames === undefined ? {} : { importNames }),
          })),
        },
      ],
    },
  };
}

const framework = {
  group: FRAMEWORK,
  message: 'only constructs/platform and constructs/secrets know the framework and its providers',
};
const unseal = {
  group: ['**/secrets/sealed.js'],
  importNames: ['unseal'],
  message: 'only constructs/platform and constructs/secrets may open a secret',
};
const parts = (...names) => ({
  group: names.flatMap((name) => [`**/${name}/**`, `../${name}/*`]),
  message: 'imports point one way: env → stacks → constructs → constructs/platform',
});

export default tseslint.config(
  { ignores: ['dist/**', 'cdktf.out/**', '.portcullis/**', '**/node_modules/**', 'coverage/**'] },
  {
    files: ['**/*.ts', '**/*.tsx'],
    extends: [...tseslint.configs.strictTypeChecked, ...tseslint.configs.stylisticTypeChecked],
    languageOptions: { parserOptions: { project: './tsconfig.json', tsconfigRootDir: import.meta.dirname } },
    linterOptions: { noInlineConfig: true, reportUnusedDisableDirectives: 'error' },
    rules: {
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': 'error',
      '@typescript-eslint/class-literal-property-style': 'off',
      'no-console': 'error',
      eqeqeq: 'error',
    },
  },
  wall(['env/**/*.ts'], [framework, parts('stacks', 'constructs', 'cli', 'services', 'images')]),
  wall(
    ['stacks/**/*.ts'],
    [
      framework,
      unseal,
      parts(
        'cli',
        'services/account-ui',
        'services/json-service',
        'services/session-check',
        'services/tools',
        'images',
      ),
    ],
  ),
  wall(
    ['constructs/**/*.ts'],
    [framework, unseal, parts('env', 'stacks', 'cli', 'images')],
    ['constructs/platform/**', 'constructs/secrets/**'],
  ),
  wall(
    ['constructs/platform/**/*.ts', 'constructs/secrets/**/*.ts'],
    [parts('env', 'stacks', 'cli', 'images', 'gateway', 'data')],
  ),
  wall(['cli/**/*.ts'], [framework, parts('constructs', 'stacks', 'services')]),
  wall(['images/**/*.ts'], [framework, parts('constructs', 'stacks', 'cli')]),
  wall(
    ['services/**/*.ts', 'services/**/*.tsx'],
    [
      framework,
      { group: ['../../../*'], message: 'a program we ship stands alone' },
      parts('constructs', 'stacks', 'cli', 'env', 'images'),
    ],
  ),
);
