/**
 * Brings the database to the newest schema and gives each program's role its password. Runs once before the programs: by
 * `npm start` (which hears the roles' URLs over IPC) and in containers (which find them in files of HOLDFAST_ROLES_DIR, one per
 * role, readable for their user alone).
 */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { optionalText, readConfig, runMain, url } from '@holdfast/daemon';
import { migrate, prepareRoles } from '@holdfast/database';

const roleSecret = {
  env: 'HOLDFAST_ROLE_SECRET',
  default: undefined as string | undefined,
  read(value: string): string {
    if (value.length < 32)
      throw new Error('must be at least 32 characters that stay the same between starts');
    return value;
  },
};

runMain(async () => {
  const config = readConfig({
    /** the owner's, who may change the schema */
    databaseUrl: url('DATABASE_URL', ['postgres:', 'postgresql:']),
    roleSecret,
    rolesDir: optionalText('HOLDFAST_ROLES_DIR'),
  });
  const ran = await migrate(config.databaseUrl);
  const urls = await prepareRoles(config.databaseUrl, config.roleSecret);
  if (config.rolesDir !== null) {
    for (const [role, roleUrl] of Object.entries(urls))
      await writeFile(join(config.rolesDir, `${role}.url`), roleUrl, { mode: 0o600 });
  }
  process.send?.({ type: 'migrated', ran, urls });
  if (process.connected) process.disconnect();
});
