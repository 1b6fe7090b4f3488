import { readdirSync } from 'node:fs';
import js from '@eslint/js';
import jsxA11y from 'eslint-plugin-jsx-a11y';
import reactHooks from 'eslint-plugin-react-hooks';
import globals from 'globals';
import tseslint from 'typescript-eslint';

const features = readdirSync(new URL('./src/features', import.meta.url));

/** Imports point down: components, lib, api ← features ← app; and a feature never imports another. */
const layers = [
  {
    files: ['src/{components,lib,api,texts}/**'],
    rules: {
      'no-restricted-imports': ['error', { patterns: ['@/app/*', '@/features/*'] }],
    },
  },
  ...features.map((feature) => ({
    files: [`src/features/${feature}/**`],
    ignores: ['**/*.test.tsx'],
    rules: {
      'no-restricted-imports': [
        'error',
        {
          patterns: ['@/app/*', ...features.filter((other) => other !== feature).map((other) => `@/features/${other}/*`)],
        },
      ],
    },
  })),
];

/** What a person reads is in the catalogue: no words in JSX, nor in the attributes that are shown or read out. */
const WORDS = '[value=/\\p{L}/u]';
const PIECES = 'TemplateElement[value.cooked=/\\p{L}/u]';
const SHOWN_ATTRIBUTES =
  'JSXAttribute[name.name=/^(aria-label|aria-description|aria-roledescription|aria-valuetext|title|placeholder|label|description|alt|nothingFoundMessage|error|detail|name)$/]';
const CHILD = ':matches(JSXElement, JSXFragment) > JSXExpressionContainer';
const BRANCH = ':matches(ConditionalExpression, LogicalExpression)';
const literalText = [
  `JSXText${WORDS}`,
  ...[CHILD, SHOWN_ATTRIBUTES, `${SHOWN_ATTRIBUTES} > JSXExpressionContainer`].flatMap((place) => [
    `${place} > Literal${WORDS}`,
    `${place} > TemplateLiteral > ${PIECES}`,
    `${place} > ${BRANCH} > Literal${WORDS}`,
    `${place} > ${BRANCH} > TemplateLiteral > ${PIECES}`,
    `${place} > ${BRANCH} > ${BRANCH} > Literal${WORDS}`,
  ]),
].map((selector) => ({ selector, message: 'Words on the screen come from src/texts: t(…) or <Trans>.' }));

export default tseslint.config(
  { ignores: ['src/api/generated.ts', 'coverage', 'public'] },
  js.configs.recommended,
  {
    files: ['**/*.{ts,tsx}'],
    extends: [...tseslint.configs.strictTypeChecked, ...tseslint.configs.stylisticTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname }, globals: globals.browser },
    rules: {
      '@typescript-eslint/consistent-type-definitions': ['error', 'interface'],
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      // Numbers in a template are what a screen of counts and durations is made of.
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      // `onClick={() => navigate(…)}` reads better than a block around one call.
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      '@typescript-eslint/no-misused-promises': ['error', { checksVoidReturn: { attributes: false } }],
    },
  },
  { files: ['**/*.tsx'], ...jsxA11y.flatConfigs.recommended },
  reactHooks.configs.flat['recommended-latest'] ?? reactHooks.configs['recommended-latest'],
  {
    files: ['src/**/*.tsx'],
    ignores: ['src/**/*.test.tsx'],
    rules: { 'no-restricted-syntax': ['error', ...literalText] },
  },
  { files: ['*.js', '*.ts'], languageOptions: { globals: globals.node } },
  ...layers,
);
