/**
 * A KVM-like host's monitor: takes a command of QEMU's human monitor as text, drives the host
 * through a small interface, and prints what QEMU 7.2 prints.
 */

import type { Result } from '../../base/result.ts';
import type { MigrationFigures } from '../../trace/migration-figures.ts';
import {
  commandNamed,
  helpLines,
  INFO_COMMANDS,
  MONITOR_COMMANDS,
  titleOf,
} from './monitor-commands.ts';
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
  /** The VM has come by a migration, and begun none since. */
  arrived(): boolean;
  registers(): Registers;
  /** Begins a migration; the error is the line that QEMU prints. */
  migrate(uri: string): Result<void, string>;
  cancel(): void;
  stop(): void;
  cont(): void;
}

const PROTOCOLS = ['tcp', 'unix', 'exec', 'fd', 'rdma'];
/** While in one of these a migration is under way. */
const BUSY = ['setup', 'active', 'device', 'postcopy-active', 'postcopy-paused', 'cancelling'];
const FLAGS = ['-d', '-b', '-i', '-r'];

/** `title` begins the line; `typed` is what one asks help for. */
const misused = (title: string, what: string, typed = title): string[] => [
  `${title}: ${what}`,
  `Try "help ${typed}" for more information`,
];
const TOO_MUCH = 'extraneous characters at the end of line';

export class Monitor {
  private readonly host: MonitorHost;

  constructor(host: MonitorHost) {
    this.host = host;
  }

  /** The lines of the answer; none is the usual answer of a command that does something. */
  run(text: string): string[] {
    const [typed = '', ...words] = text.trim().split(/\s+/);
    if (typed === '') return [];
    const command = commandNamed(MONITOR_COMMANDS, typed);
    if (command === undefined) return [`unknown command: '${typed}'`];
    const [name] = command.names;
    if (name === 'help') return helpLines(words);
    if (name === 'info') return this.info(words);
    if (name === 'migrate') return this.migrate(words);
    if (words.length > 0) return misused(titleOf(command), TOO_MUCH, typed);
    if (name === 'migrate_cancel') this.host.cancel();
    else if (name === 'stop') this.host.stop();
    else this.host.cont();
    return [];
  }

  private info([what, ...more]: readonly string[]): string[] {
    if (what === undefined) return helpLines(['info']);
    if (commandNamed(INFO_COMMANDS, what) === undefined) return [`unknown command: 'info ${what}'`];
    if (what === 'registers') return this.registers(more);
    if (more.length > 0) return misused(what, TOO_MUCH, `info ${what}`);
    return what === 'migrate'
      ? migrateLines(this.host.figures(), this.host.arrived())
      : [statusLine(this.host.status())];
  }

  /** There is one processor, number 0. */
  private registers([which, ...more]: readonly string[]): string[] {
    const typed = 'info registers';
    if (which?.startsWith('-') && which !== '-a')
      return misused('registers', `unsupported option ${which.slice(0, 2)}`, typed);
    if (more.length > 0) return misused('registers', TOO_MUCH, typed);
    if (which === undefined || which === '-a' || /^0+$/.test(which))
      return registerLines(this.host.registers());
    if (/^[1-9]\d*$/.test(which)) return [`CPU#${which} not available`];
    return [`invalid char '${which[0]}' in expression`, `Try "help ${typed}" for more information`];
  }

  /** Without -d QEMU's monitor waits for the end; here it goes on taking commands either way. */
  private migrate(words: readonly string[]): string[] {
    const first = words.findIndex((word) => !FLAGS.includes(word));
    const [uri, ...more] = first < 0 ? [] : words.slice(first);
    if (uri === undefined) return misused('migrate', 'string expected');
    if (uri.startsWith('-') && !FLAGS.includes(uri.slice(0, 2)))
      return misused('migrate', `unsupported option ${uri.slice(0, 2)}`);
    if (uri.startsWith('-') || more.length > 0) return misused('migrate', TOO_MUCH);
    const address = uri.replace(/^"(.*)"$/, '$1');
    const problem = this.problemOf(address);
    if (problem !== undefined) return [`Error: ${problem}`];
    const started = this.host.migrate(address);
    return started.ok ? [] : [started.error];
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
    const [protocol = '', ...rest] = uri.split(':');
    if (!PROTOCOLS.includes(protocol) || rest.length === 0)
      return "Parameter 'uri' expects a valid migration protocol";
    const isAddress = protocol !== 'tcp' || rest.length > 1;
    return isAddress ? undefined : `error parsing address '${rest[0]}'`;
  }
}
