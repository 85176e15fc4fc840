import { execFileSync } from 'node:child_process';
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { workspaceRoot } from '../build/workspace.ts';

interface Compose {
  services: Record<
    string,
    {
      image?: string;
      build?: { target: string; dockerfile: string };
      depends_on?: Record<string, unknown>;
      volumes?: string[];
    }
  >;
  volumes: Record<string, unknown>;
}

const docker = (file: string): string => join(workspaceRoot, 'docker', file);
const dockerfile = readFileSync(docker('Dockerfile'), 'utf8');
const compose = parse(readFileSync(docker('compose.yaml'), 'utf8'), { merge: true }) as Compose;
const targets = [...dockerfile.matchAll(/^FROM \S+ AS (\S+)$/gm)].map(([, target]) => target);

describe('the containers', () => {
  it('are described in a Dockerfile that the linter accepts', () => {
    const lint = join(workspaceRoot, 'node_modules/dockerfilelint/bin/dockerfilelint');
    execFileSync(process.execPath, [lint, docker('Dockerfile')]);
  });

  it('have a target for every program', () => {
    expect(targets).toEqual(expect.arrayContaining(['api', 'smtp-ingress', 'relay', 'sentinel', 'migrate']));
  });

  it('are all in the compose file, beside the four parts from elsewhere', () => {
    const built = Object.values(compose.services).flatMap(({ build }) => (build ? [build.target] : []));
    expect(built.sort()).toEqual(['api', 'migrate', 'relay', 'sentinel', 'smtp-ingress']);
    expect(Object.keys(compose.services)).toEqual(
      expect.arrayContaining(['postgres', 'rspamd', 'clamav', 'redis']),
    );
    for (const { build } of Object.values(compose.services))
      if (build) expect(targets).toContain(build.target);
  });

  it('name only services and volumes that exist', () => {
    for (const service of Object.values(compose.services)) {
      for (const name of Object.keys(service.depends_on ?? {}))
        expect(Object.keys(compose.services)).toContain(name);
      for (const volume of service.volumes ?? []) {
        const name = volume.split(':')[0] ?? '';
        if (!name.startsWith('.')) expect(Object.keys(compose.volumes)).toContain(name);
      }
    }
  });

  it('do not run as root, and start by a script that may be executed', () => {
    expect(dockerfile).toMatch(/^USER holdfast$/m);
    expect(statSync(docker('program.sh')).mode & 0o111).toBe(0o111);
    execFileSync('/bin/sh', ['-n', docker('program.sh')]);
  });
});
