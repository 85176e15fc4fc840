/**
 * The certificates for STARTTLS, by the name that a client asks for (SNI, RFC 6066), and kept fresh: every few seconds the files are
 * looked at, and what has changed is used from the next handshake on. Sessions go on as they began.
 *
 * What cannot be used is left alone: the certificate from before stays in force, and log and health say so. Files that are being
 * replaced do not fit for a moment; so a fault counts when it is found twice.
 *
 *   the name asked for is in one of them, or fits a `*.` of one     that one; of several, the one that lasts longest
 *   another name, or none                                           the one for our own host name, or else the self-made one
 */
import type { Log } from '@holdfast/daemon';
import type { SecureContext } from 'node:tls';
import { loadOwnCertificate } from './certificate';
import {
  certificatesIn,
  loadCertificate,
  loadFiles,
  stampOf,
  type CertificateFiles,
  type LoadedCertificate,
} from './certificate-files';

export interface CertificatesSettings {
  /** our host name */
  hostname: string;
  /** where the self-made one is kept, and one called smtp.crt and smtp.key goes before it */
  keysDir: string;
  /** HOLDFAST_TLS_DIR: everything in it is used */
  directory: string | null;
  log: Log;
}

interface Kept {
  files: CertificateFiles;
  /** of what was tried last */
  stamp: string;
  loaded?: LoadedCertificate;
  fault?: string;
  isReported?: boolean;
}

const lookEveryMs = 1_000;

export class Certificates {
  private readonly kept = new Map<string, Kept>();
  private readonly missing = new Set<string>();
  private byName = new Map<string, LoadedCertificate>();
  private folderFault: string | undefined;
  private timer: NodeJS.Timeout | undefined;
  private looking: Promise<void> = Promise.resolve();

  private constructor(
    private readonly settings: CertificatesSettings,
    private readonly selfMade: LoadedCertificate,
  ) {}

  static async open(settings: CertificatesSettings): Promise<Certificates> {
    const own = await loadOwnCertificate(settings.keysDir, settings.hostname);
    const certificates = new Certificates(settings, loadCertificate(own));
    await certificates.look(true);
    certificates.lookAgain();
    return certificates;
  }

  /** For a client that asks for no name. */
  get forNobody(): LoadedCertificate {
    return this.find(this.settings.hostname) ?? this.smtp ?? this.selfMade;
  }

  contextFor(servername: string): SecureContext {
    return (this.find(servername.toLowerCase()) ?? this.forNobody).context;
  }

  /** What an operator should see to, in words. */
  get problems(): string[] {
    const problems = this.folderFault ? [`The certificates cannot be looked at: ${this.folderFault}`] : [];
    for (const { files, loaded, fault, isReported } of this.kept.values()) {
      const instead = loaded ? 'the one from before is used' : 'it is not used';
      if (fault && isReported)
        problems.push(`The certificate ${files.name} is broken (${fault}); ${instead}`);
      if (loaded && loaded.endsAt.getTime() < Date.now())
        problems.push(`The certificate ${files.name} ended on ${loaded.endsAt.toISOString().slice(0, 10)}`);
    }
    return problems;
  }

  /** When the first of those in use ends, in ms since 1970. */
  get firstEndsAt(): number {
    const used = [this.forNobody, ...this.byName.values()];
    return Math.min(...used.map(({ endsAt }) => endsAt.getTime()));
  }

  async close(): Promise<void> {
    clearTimeout(this.timer);
    this.timer = undefined;
    await this.looking;
  }

  private lookAgain(): void {
    this.timer = setTimeout(() => {
      this.looking = this.look(false).finally(() => {
        if (this.timer) this.lookAgain();
      });
    }, lookEveryMs).unref();
  }

  private async look(isStart: boolean): Promise<void> {
    let found: CertificateFiles[];
    try {
      found = await this.found();
      this.folderFault = undefined;
    } catch (error) {
      const fault = (error as Error).message;
      if (fault !== this.folderFault) this.settings.log('certificate-broken', { error: fault });
      this.folderFault = fault;
      return;
    }
    for (const files of found) await this.lookAt(files, isStart);
    const there = new Set(found.map(({ cert }) => cert));
    for (const path of this.kept.keys()) if (!there.has(path)) this.miss(path);
    for (const path of there) this.missing.delete(path);
    this.byName = new Map();
    const loaded = Array.from(this.kept.values(), (kept) => kept.loaded ?? []).flat();
    for (const certificate of loaded.sort((one, other) => one.endsAt.getTime() - other.endsAt.getTime()))
      for (const name of certificate.names) this.byName.set(name, certificate);
  }

  private async found(): Promise<CertificateFiles[]> {
    const { directory, keysDir } = this.settings;
    const inKeys = (await certificatesIn(keysDir)).filter(({ name }) => name === 'smtp.crt');
    return directory === null ? inKeys : [...inKeys, ...(await certificatesIn(directory))];
  }

  private async lookAt(files: CertificateFiles, isStart: boolean): Promise<void> {
    const kept = this.kept.get(files.cert) ?? { files, stamp: '' };
    this.kept.set(files.cert, kept);
    const stamp = (await stampOf(files)) ?? 'gone';
    const isSame = stamp === kept.stamp;
    if (isSame && (!kept.fault || kept.isReported)) return;
    kept.stamp = stamp;
    try {
      kept.loaded = await loadFiles(files);
      delete kept.fault;
      kept.isReported = false;
      const { names, endsAt } = kept.loaded;
      this.settings.log('certificate-loaded', { file: files.name, names, endsAt: endsAt.toISOString() });
    } catch (error) {
      kept.fault = (error as Error).message;
      kept.isReported = isSame || isStart;
      if (kept.isReported) this.settings.log('certificate-broken', { file: files.name, error: kept.fault });
    }
  }

  /** Whoever replaces a file by removing it first has it back by the next look. */
  private miss(path: string): void {
    if (!this.missing.delete(path)) return void this.missing.add(path);
    this.settings.log('certificate-gone', { file: this.kept.get(path)?.files.name });
    this.kept.delete(path);
  }

  private find(name: string): LoadedCertificate | undefined {
    return this.byName.get(name) ?? this.byName.get(name.replace(/^[^.]+/, '*'));
  }

  private get smtp(): LoadedCertificate | undefined {
    for (const { files, loaded } of this.kept.values()) if (files.name === 'smtp.crt') return loaded;
    return undefined;
  }
}
