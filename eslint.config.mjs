import js from '@eslint/js';
import nx from '@nx/eslint-plugin';
import prettier from 'eslint-config-prettier';
import tseslint from 'typescript-eslint';

/** Who may import whom. Read it beside the diagram in ARCHITECTURE.md: it says the same. */
const mayImport = {
  console: ['api-contract'],
  api: ['queue', 'directory', 'mx-check', 'rspamd-client', 'database', 'mail', 'daemon'],
  sentinel: ['queue', 'directory', 'mx-check', 'rspamd-client', 'database', 'mail', 'daemon'],
  'smtp-ingress': ['directory', 'spool', 'queue', 'rspamd-client', 'mail', 'daemon'],
  relay: ['directory', 'spool', 'queue', 'rspamd-client', 'mail', 'daemon'],
  directory: ['database', 'mail'],
  queue: ['database', 'mail'],
  'mx-check': ['mail'],
  spool: ['mail'],
  'rspamd-client': ['mail'],
  mail: [],
  database: [],
  daemon: [],
  'api-contract': [],
};

const boundaries = Object.entries(mayImport).map(([who, whom]) => ({
  sourceTag: `is:${who}`,
  onlyDependOnLibsWithTags: [...whom, who].map((name) => `is:${name}`),
}));

export default tseslint.config(
  { ignores: ['**/dist', '**/node_modules', '.nx', '**/.angular', 'libs/api-contract/src/schema.ts'] },
  js.configs.recommended,
  ...tseslint.configs.strict,
  {
    files: ['**/*.ts'],
    plugins: { '@nx': nx },
    rules: {
      '@nx/enforce-module-boundaries': [
        'error',
        {
          enforceBuildableLibDependency: false,
          // What only specs use: a throw-away Postgres, a real rspamd, a primary that misbehaves, an attacker, a DNS server.
          allow: [
            '@holdfast/daemon/testing',
            '@holdfast/database/testing',
            '@holdfast/database/testing/template',
            '@holdfast/queue/testing',
            '@holdfast/rspamd-client/testing',
            '@holdfast/fake-attacker',
            '@holdfast/fake-primary',
            '@holdfast/fake-dns',
            '@holdfast/real-servers',
          ],
          depConstraints: [
            ...boundaries,
            { sourceTag: 'is:e2e', onlyDependOnLibsWithTags: ['*'] },
            { sourceTag: 'is:tools', onlyDependOnLibsWithTags: ['*'] },
          ],
        },
      ],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_' }],
      '@typescript-eslint/no-extraneous-class': 'off',
      '@typescript-eslint/no-non-null-assertion': 'error',
    },
  },
  {
    files: ['**/*.mjs', '**/*.cjs'],
    languageOptions: {
      globals: {
        process: 'readonly',
        console: 'readonly',
        URL: 'readonly',
        fetch: 'readonly',
        setTimeout: 'readonly',
        clearTimeout: 'readonly',
        setInterval: 'readonly',
        clearInterval: 'readonly',
        Buffer: 'readonly',
        AbortSignal: 'readonly',
        AbortController: 'readonly',
      },
    },
  },
  prettier,
);
