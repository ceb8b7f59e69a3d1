/**
 * A Xen host's toolstack console: takes a command as text, drives the host through a small
 * interface, and prints what xl and xm print. What happens during a migration comes in as events.
 */
import { err, ok, type Result } from '../../base/result.ts';
import type { RelocationRefusal } from './relocation.ts';
import { type ConsoleLine, type GuestType, line, type MigrationEvent } from './toolstack-events.ts';
import { XM_MIGRATE_USAGE, xlHelp, xlNeeds } from './usage.ts';
import { XlMigrate } from './xl-migrate.ts';
import { type DomainInfo, type HostInfo, infoLines, listLines, xmListLines } from './xl-tables.ts';
import { XmMigrate } from './xm-migrate.ts';

export interface MigrateRequest {
  readonly tool: 'xl' | 'xm';
  readonly domid: number;
  readonly target: string;
  readonly live: boolean;
  /** All pages again after the pause, to be compared: `xl migrate --debug`. */
  readonly verify: boolean;
  /** The domain stays paused at the target: `xl migrate -p`. */
  readonly paused: boolean;
  /** Of the target's xend: `xm migrate -p`. */
  readonly port: number;
}

export type MigrateRefusal =
  | { readonly reason: 'busy' }
  | { readonly reason: 'no-such-host' }
  | { readonly reason: 'relocation'; readonly refusal: RelocationRefusal };

export interface ToolstackHost {
  /** Domain-0 first. */
  domains(): readonly DomainInfo[];
  info(): HostInfo;
  guestType(domid: number): GuestType;
  /** Begins a migration, of which the console is told by `observe`. */
  migrate(request: MigrateRequest): Result<void, MigrateRefusal>;
  pause(domid: number): void;
  unpause(domid: number): void;
}

const DEFAULT_PORT = 8002;
/** Options that take a word after them. */
const XL_VALUES = ['-s', '-C'];
const XL_FLAGS = ['-e', '-p', '-D', '--debug', '--live'];
const XM_VALUES = ['-n', '--node'];
const XM_PORT = ['-p', '--port'];
const XM_FLAGS = ['-l', '--live', '-s', '--ssl', '-c', '--change_home_server'];

export class Toolstack {
  private readonly host: ToolstackHost;
  private migration: XlMigrate | XmMigrate | undefined;

  constructor(host: ToolstackHost) {
    this.host = host;
  }

  /** What is printed at once. */
  run(text: string): ConsoleLine[] {
    const [tool, command, ...words] = text.trim().split(/\s+/);
    if (tool !== 'xl' && tool !== 'xm') return print(`${tool ?? ''}: command not found`);
    if (command === 'migrate') return this.migrate(tool, words);
    if (command === 'pause' || command === 'unpause') return this.hold(tool, command, words[0]);
    if (command === 'list') return this.list(tool, words);
    if (tool === 'xm') return print(`Error: Sub Command ${command ?? ''} not found!`);
    if (command === 'info') return print(...infoLines(this.host.info()));
    if (command === undefined || command === 'help') return print(...xlHelp(words[0]));
    return print('command not implemented');
  }

  /** All domains, or those that are named. */
  private list(tool: 'xl' | 'xm', words: readonly string[]): ConsoleLine[] {
    const all = this.host.domains();
    const named = words.filter((word) => !word.startsWith('-'));
    const shown: DomainInfo[] = [];
    for (const word of named) {
      const found = all.find(isCalled(word));
      if (found === undefined) return print(noSuchDomain(tool, word));
      shown.push(found);
    }
    const lines = tool === 'xl' ? listLines : xmListLines;
    return print(...lines(named.length === 0 ? all : shown));
  }

  observe(event: MigrationEvent): ConsoleLine[] {
    const lines = this.migration?.observe(event) ?? [];
    if (event.kind === 'started' || event.kind === 'failed') this.migration = undefined;
    return lines;
  }

  /** Prints nothing when all is well. */
  private hold(
    tool: 'xl' | 'xm',
    command: 'pause' | 'unpause',
    domain: string | undefined,
  ): ConsoleLine[] {
    if (domain === undefined) {
      const needs = `Error: 'xm ${command}' requires 1 argument.`;
      return print(...(tool === 'xl' ? xlNeeds(command, 1) : [needs]));
    }
    const found = this.find(domain);
    if (found === undefined) return print(noSuchDomain(tool, domain));
    this.host[command](found.domid);
    return [];
  }

  private migrate(tool: 'xl' | 'xm', words: readonly string[]): ConsoleLine[] {
    const parsed = tool === 'xl' ? parseXl(words) : parseXm(words);
    if (!parsed.ok) return print(...parsed.error);
    const { domain, ...rest } = parsed.value;
    const found = this.find(domain);
    if (found === undefined) return print(noSuchDomain(tool, domain));
    const { domid } = found;
    const type = this.host.guestType(domid);
    const started = this.host.migrate({ tool, domid, ...rest });
    if (!started.ok) return print(...refusalLines(tool, rest.target, started.error));
    this.migration =
      tool === 'xl' ? new XlMigrate(domid, type) : new XmMigrate(domid, type, rest.live);
    return [];
  }

  /** By name or number; Domain-0 does not move. */
  private find(domain: string): DomainInfo | undefined {
    const isWanted = isCalled(domain);
    return this.host.domains().find((candidate) => candidate.domid !== 0 && isWanted(candidate));
  }
}

const isCalled =
  (word: string) =>
  ({ name, domid }: DomainInfo): boolean =>
    name === word || `${domid}` === word;

type Parsed = Omit<MigrateRequest, 'tool' | 'domid'> & { readonly domain: string };

function parseXl(words: readonly string[]): Result<Parsed, readonly string[]> {
  const split = splitWords(words, XL_FLAGS, XL_VALUES);
  // xl names the one letter that getopt stumbled over; of a long option there is none.
  if (!split.ok) {
    const letter = split.error.startsWith('--') ? '' : split.error.slice(1, 2);
    return err(letter === 'h' ? xlHelp('migrate') : [`option \`${letter}' not supported.`]);
  }
  const { flags, rest } = split.value;
  const [domain, target] = rest;
  if (domain === undefined || target === undefined) {
    return err(xlNeeds('migrate', 2));
  }
  const verify = flags.has('--debug');
  const paused = flags.has('-p');
  return ok({ domain, target, live: true, verify, paused, port: DEFAULT_PORT });
}

function parseXm(words: readonly string[]): Result<Parsed, readonly string[]> {
  const split = splitWords(words, XM_FLAGS, [...XM_VALUES, ...XM_PORT]);
  if (!split.ok) return err([`Error: option ${split.error} not recognized`, ...XM_MIGRATE_USAGE]);
  const { flags, rest, values } = split.value;
  const [domain, target, ...more] = rest;
  if (domain === undefined || target === undefined || more.length > 0) {
    return err(['Error: Invalid argument.', ...XM_MIGRATE_USAGE]);
  }
  const live = flags.has('-l') || flags.has('--live');
  const port = Number(values.get('-p') ?? values.get('--port') ?? DEFAULT_PORT);
  if (!Number.isInteger(port)) return err(['Error: Invalid argument.', ...XM_MIGRATE_USAGE]);
  return ok({ domain, target, live, verify: false, paused: false, port });
}

interface Words {
  readonly flags: ReadonlySet<string>;
  readonly values: ReadonlyMap<string, string>;
  readonly rest: readonly string[];
}

/** Fails with the first option that is not known. */
function splitWords(
  words: readonly string[],
  known: readonly string[],
  withValue: readonly string[],
): Result<Words, string> {
  const flags = new Set<string>();
  const values = new Map<string, string>();
  const rest: string[] = [];
  for (let i = 0; i < words.length; i++) {
    const word = words[i] ?? '';
    if (!word.startsWith('-')) rest.push(word);
    else if (known.includes(word)) flags.add(word);
    else if (withValue.includes(word)) {
      i += 1;
      values.set(word, words[i] ?? '');
    } else return err(word);
  }
  return ok({ flags, values, rest });
}

function noSuchDomain(tool: 'xl' | 'xm', domain: string): string {
  return tool === 'xl'
    ? `${domain} is an invalid domain identifier (rc=-6)`
    : `Error: Domain '${domain}' does not exist.`;
}

function refusalLines(tool: 'xl' | 'xm', target: string, refusal: MigrateRefusal): string[] {
  switch (refusal.reason) {
    case 'busy':
      return [
        tool === 'xl' ? 'Migration failed, resuming at sender.' : 'Error: Domain is migrating.',
        ...usageOf(tool),
      ];
    case 'no-such-host':
      return [
        tool === 'xl'
          ? `ssh: Could not resolve hostname ${target}: Name or service not known`
          : "Error: can't connect: Name or service not known",
        ...usageOf(tool),
      ];
    case 'relocation':
      return [refusal.refusal.atSource, ...usageOf(tool)];
  }
}

/** xm explains itself after whatever xend refused, unless the domain is not there. */
const usageOf = (tool: 'xl' | 'xm'): readonly string[] => (tool === 'xm' ? XM_MIGRATE_USAGE : []);

function print(...texts: readonly string[]): ConsoleLine[] {
  return texts.map((text) => line('source', text));
}

/** What a domain is called during a migration, at either end. */
export function nameDuring(
  tool: 'xl' | 'xm',
  name: string,
  where: 'source' | 'source after permission' | 'target',
): string {
  if (where === 'target') return tool === 'xl' ? `${name}--incoming` : name;
  if (tool === 'xm') return `migrating-${name}`;
  return where === 'source' ? name : `${name}--migratedaway`;
}
