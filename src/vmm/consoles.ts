/**
 * The consoles of the hosts there are. Another kind of host is a line here. What a console drives and
 * what it is told of are plain values, so that it may live in a page.
 */
import type { Result } from '../base/result.ts';
import type { MigrationStep } from '../trace/host-story.ts';
import type { MigrationFigures } from '../trace/migration-figures.ts';
import { kvmConsole } from './kvm/console.ts';
import type { Registers } from './kvm/monitor-text.ts';
import type { VmmKind } from './vmm.ts';
import { xenConsole } from './xen/console.ts';

export interface ConsoleVm {
  readonly name: string;
  readonly pages: number;
  /** `incoming`: it is being received. */
  readonly state: 'running' | 'blocked' | 'paused' | 'incoming';
  readonly cpuMilliseconds: number;
}

/** A host as its operator has it before him, and what he can make it do. */
export interface ConsoleHost {
  readonly name: string;
  readonly peer: string;
  /** The VM that is here; undefined: none. */
  readonly vm: ConsoleVm | undefined;
  readonly cpuKhz: number;
  readonly cpuFeatures: number;
  readonly totalPages: number;
  readonly freePages: number;
  /** Of the last migration away from here, unless the VM came back since. */
  readonly figures: MigrationFigures | undefined;
  /** The VM that is here has come by a migration. */
  readonly arrived: boolean;
  readonly registers: Registers;
  migrate(): Result<void, string>;
  cancel(): void;
  pause(): void;
  unpause(): void;
}

export interface PrintedLine {
  readonly text: string;
  /** Which terminal or file it stands in, where it is not the one typed at. */
  readonly place: string;
}

export interface HostConsole {
  /** What one types first, for those who do not know. */
  readonly examples: readonly string[];
  /** What a migration is called when a button began it. */
  readonly migrateCommand: string;
  promptFor(text: string): string;
  run(text: string): readonly PrintedLine[];
  /** What the command that began a migration prints as it goes on. */
  follow(command: string, steps: readonly MigrationStep[]): readonly (readonly PrintedLine[])[];
}

const CONSOLES: Readonly<Record<VmmKind, (host: ConsoleHost) => HostConsole>> = {
  xen: xenConsole,
  kvm: kvmConsole,
};

export const consoleOf = (kind: VmmKind, host: ConsoleHost): HostConsole => CONSOLES[kind](host);
