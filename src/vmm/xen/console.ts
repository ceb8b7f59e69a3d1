/** The Xen-like host's console: xl and xm over what a page knows of the host. */
import { err, ok } from '../../base/result.ts';
import type { MigrationStep } from '../../trace/host-story.ts';
import type { ConsoleHost, HostConsole, PrintedLine } from '../consoles.ts';
import { HVM_PARAMS } from './hvm-params.ts';
import { nameDuring, Toolstack, type ToolstackHost } from './toolstack.ts';
import type { ConsoleLine, MigrationEvent } from './toolstack-events.ts';
import type { DomainInfo } from './xl-tables.ts';

const PAGES_PER_MIB = 256;
const KIB_PER_PAGE = 4;
/** The only guest of a host; Domain-0 has 0. */
const DOMID = 1;
/** Domain-0 is the host itself here: it takes no frame and no time of its own. */
const DOMAIN_0: DomainInfo = {
  name: 'Domain-0',
  domid: 0,
  memoryMiB: 0,
  vcpus: 1,
  state: 'running',
  cpuMilliseconds: 0,
};

export function xenConsole(host: ConsoleHost): HostConsole {
  const toolstack = () => new Toolstack(toolstackHost(host));
  return {
    examples: [
      'xl list',
      'xl info',
      `xl migrate ${host.vm?.name ?? 'vm1'} ${host.peer}`,
      `xm migrate --live ${host.vm?.name ?? 'vm1'} ${host.peer}`,
    ],
    migrateCommand: `xl migrate ${host.vm?.name ?? 'vm1'} ${host.peer}`,
    promptFor: () => `root@${host.name}:~#`,
    run: (text) => toolstack().run(text).map(printed),
    follow: (command, steps) => {
      const watching = new Toolstack({
        ...toolstackHost(host),
        domains: () => [DOMAIN_0, domain(vmOf(steps), 0, 0)],
        migrate: () => ok(undefined),
      });
      watching.run(command);
      return steps.map((step) => watching.observe(eventOf(step)).map(printed));
    },
  };
}

function toolstackHost(host: ConsoleHost): ToolstackHost {
  const { name, cpuKhz, cpuFeatures, totalPages, freePages } = host;
  return {
    domains: () => [DOMAIN_0, ...guests(host)],
    info: () => ({ name, cpuKhz, cpuFeatures, totalPages, freePages }),
    guestType: () => 'x86 HVM',
    migrate: ({ target }) => {
      if (target !== host.peer) return err({ reason: 'no-such-host' });
      return host.migrate().ok ? ok(undefined) : err({ reason: 'busy' });
    },
    pause: () => host.pause(),
    unpause: () => host.unpause(),
  };
}

function guests({ vm }: ConsoleHost): DomainInfo[] {
  if (vm === undefined) return [];
  const { name, pages, cpuMilliseconds, state } = vm;
  if (state !== 'incoming') return [{ ...domain(name, pages, cpuMilliseconds), state }];
  return [{ ...domain(nameDuring('xl', name, 'target'), pages, cpuMilliseconds), state: 'paused' }];
}

const domain = (name: string, pages: number, cpuMilliseconds: number): DomainInfo => ({
  name,
  domid: DOMID,
  memoryMiB: Math.floor(pages / PAGES_PER_MIB),
  vcpus: 1,
  state: 'running',
  cpuMilliseconds,
});

const vmOf = (steps: readonly MigrationStep[]): string =>
  steps.flatMap((step) => (step.kind === 'begun' ? [step.vm] : []))[0] ?? 'vm1';

function printed({ from, text }: ConsoleLine): PrintedLine {
  return { text, place: from === 'source' || from === 'target' ? '' : from };
}

function eventOf(step: MigrationStep): MigrationEvent {
  switch (step.kind) {
    case 'begun':
      return { kind: 'begun', optionalBytes: configBytes(step.vm, step.pages) };
    // Nothing is left out of a round, and Domain-0 takes no time in this model.
    case 'round':
      return { ...step, skippedPages: 0, dom0Percent: 0 };
    // An HVM guest of this host has no page of shared info.
    case 'suspended':
      return { kind: 'suspended', sharedInfoFrame: 0 };
    case 'restored':
      return {
        kind: 'restored',
        storeFrame: param('store_pfn'),
        storeEvent: param('store_evtchn'),
        consoleFrame: param('console_pfn'),
        consoleEvent: param('console_evtchn'),
      };
    case 'failed':
      return {
        kind: 'failed',
        when: step.permitted ? 'handshake' : 'before-permission',
        reason: step.reason,
      };
    default:
      return step;
  }
}

const param = (name: string): number =>
  Number(HVM_PARAMS.find((candidate) => candidate.name === name)?.value ?? 0);

/** Length of the configuration that xl puts into its header: what it says of such a domain. */
function configBytes(name: string, pages: number): number {
  const kib = pages * KIB_PER_PAGE;
  const config = {
    c_info: { type: 'hvm', hap: 'False', name },
    b_info: { max_vcpus: 1, max_memkb: kib, target_memkb: kib, 'type.hvm': {} },
  };
  return JSON.stringify(config, undefined, 2).length;
}
