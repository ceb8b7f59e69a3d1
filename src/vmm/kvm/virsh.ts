/**
 * virsh on a KVM-like host, in libvirt's words: `list`, `suspend`, `resume`, `domstate`, `domjobabort`,
 * and `migrate --live`, which prints nothing on success, a percentage with --verbose, and one line
 * that starts with "error: " otherwise. Every command that was understood ends with an empty line.
 */
import type { Result } from '../../base/result.ts';
import type { MigrationFigures } from '../../trace/migration-figures.ts';

export interface VirshRequest {
  readonly domain: string;
  /** As qemu+ssh://host/system. */
  readonly destination: string;
  readonly live: boolean;
  readonly postCopy: boolean;
}

export interface VirshDomain {
  readonly id: number;
  readonly name: string;
  readonly state: 'running' | 'paused';
}

export interface VirshHost {
  domains(): readonly VirshDomain[];
  suspend(): void;
  resume(): void;
  /** Ends the job that is under way. */
  abort(): void;
  /** Begins a migration, of which `observe` is told. The error is what libvirt says after "error: ". */
  migrate(request: VirshRequest): Result<void, string>;
}

const FLAGS = ['--live', '--verbose', '--persistent', '--undefinesource', '--p2p', '--tunnelled'];
const POST_COPY = ['--postcopy', '--postcopy-after-precopy'];
const FAILED = 'operation failed: migration out job: unexpectedly failed';
const CANCELLED = 'operation aborted: migration out job: canceled by client';

export class Virsh {
  private readonly host: VirshHost;
  private isVerbose = false;
  private isActive = false;
  private lastPercent = -1;

  constructor(host: VirshHost) {
    this.host = host;
  }

  run(text: string): string[] {
    const [tool, command, ...words] = text.trim().split(/\s+/);
    if (tool !== 'virsh') return [`${tool ?? ''}: command not found`];
    switch (command) {
      case 'migrate':
        return this.migrate(words);
      case 'list':
        return misread(command, words, ['--all'], 0) ?? this.list();
      case 'domstate':
        return this.about(command, words, ({ state }) => [state, '']);
      case 'suspend':
        return this.about(command, words, ({ name }) => {
          this.host.suspend();
          return [`Domain '${name}' suspended`, ''];
        });
      case 'resume':
        return this.about(command, words, ({ name }) => {
          this.host.resume();
          return [`Domain '${name}' resumed`, ''];
        });
      case 'domjobabort':
        return this.about(command, words, () => {
          this.host.abort();
          return [''];
        });
      default:
        return [`error: unknown command: '${command ?? ''}'`];
    }
  }

  /** A command of one domain. */
  private about(
    command: string,
    words: readonly string[],
    act: (domain: VirshDomain) => string[],
  ): string[] {
    const wrong = misread(command, words, [], 1);
    if (wrong !== undefined) return wrong;
    const [name] = words;
    if (name === undefined) return missing(command, 'domain');
    const found = this.find(name);
    return found === undefined ? failure(`failed to get domain '${name}'`) : act(found);
  }

  private find(name: string): VirshDomain | undefined {
    return this.host.domains().find((domain) => domain.name === name || `${domain.id}` === name);
  }

  /** libvirt's table: columns as wide as their widest cell, three blanks between. */
  private list(): string[] {
    const cells = this.host.domains().map(({ id, name, state }) => [`${id}`, name, state]);
    const table = [['Id', 'Name', 'State'], ...cells];
    const widths = [0, 1, 2].map((i) => Math.max(...table.map((row) => row[i].length)));
    const [head, ...rows] = table.map((row) =>
      row.map((cell, i) => ` ${i < 2 ? cell.padEnd(widths[i] + 2) : cell}`).join(''),
    );
    const rule = '-'.repeat(widths.reduce((sum, width) => sum + width + 3, 0));
    return [head, rule, ...rows, ''];
  }

  private migrate(words: readonly string[]): string[] {
    const wrong = misread('migrate', words, [...FLAGS, ...POST_COPY], 2);
    if (wrong !== undefined) return wrong;
    const [domain, destination] = words.filter((word) => !word.startsWith('--'));
    if (domain === undefined) return missing('migrate', 'domain', 'desturi');
    if (destination === undefined) return missing('migrate', 'desturi');
    if (this.find(domain) === undefined) return failure(`failed to get domain '${domain}'`);
    const live = words.includes('--live');
    const postCopy = words.some((word) => POST_COPY.includes(word));
    const started = this.host.migrate({ domain, destination, live, postCopy });
    if (!started.ok) return failure(started.error);
    this.isVerbose = words.includes('--verbose');
    this.isActive = true;
    this.lastPercent = -1;
    return [];
  }

  /** Each line takes the place of the last percentage, as on a terminal. */
  observe(figures: MigrationFigures): string[] {
    if (!this.isActive) return [];
    const { status, reason } = figures;
    this.isActive = !['completed', 'failed', 'cancelled'].includes(status);
    if (status === 'cancelled') return failure(CANCELLED);
    if (status === 'failed') return failure(`${FAILED}${reason === '' ? '' : `: ${reason}`}`);
    const progress = this.isVerbose ? this.percentage(figures) : [];
    return status === 'completed' ? [...progress, ''] : progress;
  }

  private percentage({ status, remainingPages, totalPages }: MigrationFigures): string[] {
    if (totalPages === 0) return [];
    const done = Math.floor(((totalPages - remainingPages) * 100) / totalPages);
    const percent = status === 'completed' ? 100 : Math.min(99, done);
    if (percent === this.lastPercent) return [];
    this.lastPercent = percent;
    return [`Migration: [${`${percent}`.padStart(3)} %]`];
  }
}

/** Of a command that was understood and failed. */
const failure = (what: string): string[] => [`error: ${what}`, ''];

const missing = (command: string, ...options: readonly string[]): string[] =>
  options.map((option) => `error: command '${command}' requires <${option}> option`);

/** What virsh says before it runs a command with an option it does not have, or a word too many. */
function misread(
  command: string,
  words: readonly string[],
  known: readonly string[],
  most: number,
): string[] | undefined {
  const strange = words.find((word) => word.startsWith('--') && !known.includes(word));
  if (strange !== undefined)
    return [`error: command '${command}' doesn't support option ${strange}`];
  const data = words.filter((word) => !word.startsWith('--'));
  return data.length > most ? [`error: unexpected data '${data[most]}'`] : undefined;
}
