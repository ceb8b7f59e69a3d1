/**
 * A KVM-like host's monitor: takes a command of QEMU's human monitor as text, drives the host
 * through a small interface, and prints what QEMU 7.2 prints.
 */

import type { Result } from '../../base/result.ts';
import type { MigrationFigures } from '../../trace/migration-figures.ts';
import {
  migrateLines,
  type Registers,
  type RunStatus,
  registerLines,
  statusLine,
} from './monitor-text.ts';

export interface MonitorHost {
  status(): RunStatus;
  /** Of the last migration; undefined before the first. */
  figures(): MigrationFigures | undefined;
  registers(): Registers;
  /** Begins a migration; the error is QEMU's, without "Error: ". */
  migrate(uri: string): Result<void, string>;
  cancel(): void;
  stop(): void;
  cont(): void;
}

const PROTOCOLS = ['tcp', 'unix', 'exec', 'fd', 'rdma'];
/** While in one of these a migration is under way. */
const BUSY = ['setup', 'active', 'device', 'postcopy-active', 'postcopy-paused', 'cancelling'];
const FLAGS = ['-d', '-b', '-i', '-r'];

export class Monitor {
  private readonly host: MonitorHost;

  constructor(host: MonitorHost) {
    this.host = host;
  }

  /** The lines of the answer; none is the usual answer of a command that does something. */
  run(text: string): string[] {
    const [command, ...words] = text.trim().split(/\s+/);
    switch (command) {
      case '':
      case undefined:
        return [];
      case 'info':
        return this.info(words[0]);
      case 'migrate':
        return this.migrate(words);
      case 'migrate_cancel':
        this.host.cancel();
        return [];
      case 'stop':
      case 'cont':
        this.host[command]();
        return [];
      default:
        return [`unknown command: '${command}'`];
    }
  }

  private info(what: string | undefined): string[] {
    switch (what) {
      case 'migrate':
        return migrateLines(this.host.figures());
      case 'status':
        return [statusLine(this.host.status())];
      case 'registers':
        return registerLines(this.host.registers());
      default:
        return [`unknown command: 'info ${what ?? ''}'`];
    }
  }

  /** Without -d QEMU's monitor waits for the end; here it goes on taking commands either way. */
  private migrate(words: readonly string[]): string[] {
    const uri = words.find((word) => !FLAGS.includes(word))?.replace(/^"(.*)"$/, '$1');
    if (uri === undefined) {
      return ['migrate: string expected', 'Try "help migrate" for more information'];
    }
    const problem = this.problemOf(uri);
    if (problem !== undefined) return [`Error: ${problem}`];
    const started = this.host.migrate(uri);
    return started.ok ? [] : [`Error: ${started.error}`];
  }

  private problemOf(uri: string): string | undefined {
    if (BUSY.includes(this.host.figures()?.status ?? 'none')) {
      return "There's a migration process in progress";
    }
    if (this.host.status() === 'paused (postmigrate)') {
      return "Can't migrate the vm that was paused due to previous migration";
    }
    if (this.host.status() === 'paused (inmigrate)')
      return 'Guest is waiting for an incoming migration';
    const [protocol = ''] = uri.split(':');
    return PROTOCOLS.includes(protocol) && uri.includes(':')
      ? undefined
      : "Parameter 'uri' expects a valid migration protocol";
  }
}
