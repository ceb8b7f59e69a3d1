/** The KVM-like host's console: virsh, and QEMU's monitor for what is not virsh. */
import { err, ok, type Result } from '../../base/result.ts';
import type { MigrationStep } from '../../trace/host-story.ts';
import { type MigrationFigures, NO_FIGURES } from '../../trace/migration-figures.ts';
import type { ConsoleHost, HostConsole, PrintedLine } from '../consoles.ts';
import { Monitor, type MonitorHost } from './monitor.ts';
import type { RunStatus } from './monitor-text.ts';
import { Virsh, type VirshHost } from './virsh.ts';

/** libvirt's number of the only domain of a host. */
const ID = 1;

export function kvmConsole(host: ConsoleHost): HostConsole {
  const name = host.vm?.name ?? 'vm1';
  const migrateCommand = `virsh migrate --live --verbose ${name} qemu+ssh://${host.peer}/system`;
  return {
    examples: [
      'virsh list',
      migrateCommand,
      'info status',
      'info migrate',
      'info registers',
      'stop',
      'cont',
    ],
    migrateCommand,
    promptFor: (text) => (isShell(text) ? `root@${host.name}:~#` : '(qemu)'),
    run: (text) => printed(answer(host, text)),
    follow: (command, steps) => {
      const virsh = new Virsh({ ...virshHost(host), ...ACCEPTING });
      if (isShell(command)) virsh.run(command);
      return steps.map((step) => {
        const figures = figuresOf(step);
        return figures === undefined ? [] : printed(virsh.observe(figures));
      });
    },
  };
}

const isShell = (text: string): boolean => /^\s*(virsh|$)/.test(text);

/** Of a command that was taken when it was typed, whatever is here now. */
const ACCEPTING: Pick<VirshHost, 'domains' | 'migrate'> = {
  domains: () => [{ id: ID, name: 'vm1', state: 'running' }],
  migrate: () => ok(undefined),
};

function answer(host: ConsoleHost, text: string): readonly string[] {
  if (isShell(text)) return new Virsh(virshHost(host)).run(text);
  // Without a guest there is no QEMU whose monitor could answer.
  if (host.vm === undefined) return ['There is no QEMU on this host: no VM is here.'];
  return new Monitor(monitorHost(host, host.vm.state)).run(text);
}

function virshHost(host: ConsoleHost): VirshHost {
  const { vm } = host;
  return {
    domains: () => {
      if (vm === undefined) return [];
      const stands = vm.state === 'paused' || vm.state === 'incoming';
      return [{ id: ID, name: vm.name, state: stands ? 'paused' : 'running' }];
    },
    migrate: ({ destination }) => overSsh(host, destination),
    suspend: () => host.pause(),
    resume: () => host.unpause(),
    abort: () => host.cancel(),
  };
}

function monitorHost(host: ConsoleHost, state: string): MonitorHost {
  return {
    status: () => runStatus(state, host.figures),
    figures: () => host.figures,
    arrived: () => host.arrived,
    registers: () => host.registers,
    migrate: (uri) => overTcp(host, uri),
    cancel: () => host.cancel(),
    stop: () => host.pause(),
    cont: () => host.unpause(),
  };
}

/** What libvirt says of a host that it does not find. */
function overSsh(host: ConsoleHost, destination: string): Result<void, string> {
  const [, name] = /^[a-z+]+:\/\/(?:[^@/]*@)?([^:/]+)/.exec(destination) ?? [];
  if (name === undefined) return err(`no connection driver available for ${destination}`);
  if (name === host.peer) return host.migrate();
  const why = `Could not resolve hostname ${name}: Name or service not known`;
  return err(`Cannot recv data: ssh: ${why}: Connection reset by peer`);
}

/** QEMU itself finds out later, and says so where it was started. */
function overTcp(host: ConsoleHost, uri: string): Result<void, string> {
  const [, name, port] = /^tcp:([^:]*):(.*)$/.exec(uri) ?? [];
  if (name === undefined)
    return err(`Error: nothing but tcp:${host.peer}:PORT leads away from this host`);
  if (name !== host.peer) {
    const why = `address resolution failed for ${name}:${port}: Name or service not known`;
    return err(`qemu-system-i386: ${why}`);
  }
  const begun = host.migrate();
  return begun.ok ? begun : err(`Error: ${begun.error}`);
}

function runStatus(state: string, figures: MigrationFigures | undefined): RunStatus {
  if (state === 'incoming') return 'paused (inmigrate)';
  if (state !== 'paused') return 'running';
  if (figures?.status === 'completed') return 'paused (postmigrate)';
  return figures?.status === 'device' ? 'paused (finish-migrate)' : 'paused';
}

/** As much of the figures as virsh looks at. */
function figuresOf(step: MigrationStep): MigrationFigures | undefined {
  switch (step.kind) {
    case 'round':
      return { ...NO_FIGURES, status: 'active', ...step };
    case 'started':
      return { ...NO_FIGURES, status: 'completed', totalPages: 1 };
    case 'failed':
      return {
        ...NO_FIGURES,
        status: step.cancelled ? 'cancelled' : 'failed',
        reason: step.reason,
      };
    default:
      return undefined;
  }
}

const printed = (texts: readonly string[]): PrintedLine[] =>
  texts.map((text) => ({ text, place: '' }));
