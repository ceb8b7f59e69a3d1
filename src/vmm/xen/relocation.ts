/**
 * The four keys of xend-config.sxp that decide whether a xend lets a domain in, and what both ends
 * say when it does not. xl has no such keys: it goes through ssh.
 */
import { err, ok, type Result } from '../../base/result.ts';
import type { MigrationPeer, RelocationSettings } from '../vmm.ts';
import { CLOSED_CONNECTION, CLOSED_PORT, HOSTS_ALLOW } from './relocation-lines.ts';

export interface RelocationConfig {
  /** (xend-relocation-server yes|no): does it listen at all? */
  readonly server: boolean;
  /** (xend-relocation-port 8002) */
  readonly port: number;
  /** (xend-relocation-address ''): on which address; empty: on all. */
  readonly address: string;
  /** (xend-relocation-hosts-allow ''): regular expressions, one of which the peer must match; empty: all may. */
  readonly hostsAllow: string;
}

export const RELOCATION_KEYS = {
  server: 'xend-relocation-server',
  port: 'xend-relocation-port',
  address: 'xend-relocation-address',
  hostsAllow: HOSTS_ALLOW,
} as const satisfies Readonly<Record<keyof RelocationConfig, string>>;

/** What xend does without a line in its file. */
export const RELOCATION_DEFAULTS: RelocationConfig = {
  server: false,
  port: 8002,
  address: '',
  hostsAllow: '',
};

/** The file that came with xend. */
export const RELOCATION_SHIPPED: RelocationConfig = {
  ...RELOCATION_DEFAULTS,
  server: true,
  hostsAllow: '^localhost$ ^localhost\\.localdomain$',
};

/** Lets everyone in: what the lab's hosts use unless told otherwise. */
export const RELOCATION_OPEN: RelocationConfig = { ...RELOCATION_DEFAULTS, server: true };

export interface RelocationRefusal {
  readonly key: (typeof RELOCATION_KEYS)[keyof RelocationConfig];
  /** What is wrong and what to do about it. */
  readonly message: string;
  /** What `xm migrate` prints at the source, which learns no more. */
  readonly atSource: string;
}

/** What is not said lets everyone in. */
function relocationOf(settings: RelocationSettings): RelocationConfig {
  const { server, port, address, hostsAllow } = RELOCATION_OPEN;
  return {
    server: settings.server ?? server,
    port: settings.port ?? port,
    address: settings.address ?? address,
    hostsAllow: settings.hostsAllow ?? hostsAllow,
  };
}

const PORTS = 0xffff;
const MAX_PATTERNS = 16;
const MAX_PATTERN = 80;
const MAX_NAME = 255;

/** Why a host with these settings takes nothing from the peer, which it does not either when they cannot be used. */
export function relocationBar(
  settings: RelocationSettings,
  peer: MigrationPeer,
): string | undefined {
  const config = relocationOf(settings);
  return relocationProblem(config) ?? relocationRefusal(config, peer)?.message;
}

/** Undefined: the source may begin. */
export function relocationRefusal(
  config: RelocationConfig,
  peer: MigrationPeer,
): RelocationRefusal | undefined {
  if (!config.server) {
    return refusal('server', CLOSED_PORT, 'it is "no"; set it to yes');
  }
  if (config.port !== peer.toPort) {
    const why = `it is ${config.port}, the source came to port ${peer.toPort}`;
    return refusal('port', CLOSED_PORT, `${why}; use the same at both ends`);
  }
  if (config.address !== '' && config.address !== peer.toAddress) {
    const why = `it is ${config.address}, the source came to ${peer.toAddress}`;
    return refusal('address', CLOSED_PORT, `${why}; leave it empty to listen everywhere`);
  }
  if (isAllowed(config.hostsAllow, peer)) return undefined;
  const why = `none of its patterns (${config.hostsAllow}) matches ${peer.name} or ${peer.address}`;
  return refusal('hostsAllow', CLOSED_CONNECTION, `${why}; add one, or leave it empty`);
}

function refusal(key: keyof RelocationConfig, atSource: string, reason: string): RelocationRefusal {
  const name = RELOCATION_KEYS[key];
  return { key: name, atSource, message: `refused by (${name} …): ${reason}` };
}

/** As Python's `match`: from the start of the name or address, not necessarily to its end. */
function isAllowed(hostsAllow: string, { name, address }: MigrationPeer): boolean {
  const patterns = hostsAllow.split(' ').filter((pattern) => pattern !== '');
  if (patterns.length === 0) return true;
  return patterns.some((pattern) => {
    const expression = new RegExp(`^(?:${pattern})`);
    return [name, address].some((text) => expression.test(text.slice(0, MAX_NAME)));
  });
}

/** What keeps a configuration from being used, in words; undefined when nothing does. */
export function relocationProblem(config: RelocationConfig): string | undefined {
  const { port, hostsAllow } = config;
  if (!Number.isInteger(port) || port < 1 || port > PORTS) {
    return `${RELOCATION_KEYS.port} must be 1 to ${PORTS}, not ${port}`;
  }
  const patterns = hostsAllow.split(' ').filter((pattern) => pattern !== '');
  if (patterns.length > MAX_PATTERNS) {
    return `${RELOCATION_KEYS.hostsAllow} has ${patterns.length} patterns, ${MAX_PATTERNS} are allowed`;
  }
  const bad = patterns.find((pattern) => !isPlainPattern(pattern));
  return bad === undefined
    ? undefined
    : `${RELOCATION_KEYS.hostsAllow}: ${bad} is no pattern of letters, classes, ^, $ and up to three repeats`;
}

/** Without groups, and with few repeats, so that no pattern takes long on any name. */
function isPlainPattern(pattern: string): boolean {
  if (pattern.length > MAX_PATTERN || !/^[\w.^$*+?\\[\]|-]*$/.test(pattern)) return false;
  if (/\\[1-9bB]/.test(pattern) || (pattern.match(/[*+?]/g) ?? []).length > 3) return false;
  try {
    new RegExp(pattern);
    return true;
  } catch {
    return false;
  }
}

const LINE = /^\((xend-relocation-[a-z-]+)\s+(?:'([^']*)'|([^\s()']+))\)$/;

/** Lines of xend-config.sxp; comments and other keys are passed over, what is missing is the default. */
export function parseRelocationConfig(text: string): Result<RelocationConfig, string> {
  let config = RELOCATION_DEFAULTS;
  for (const line of text.split('\n').map((raw) => raw.trim())) {
    const found = LINE.exec(line);
    const value = (found?.[2] ?? found?.[3] ?? '').replaceAll('\\\\', '\\');
    switch (found?.[1]) {
      case RELOCATION_KEYS.server:
        if (value !== 'yes' && value !== 'no') return err(`${line}: yes or no is expected`);
        config = { ...config, server: value === 'yes' };
        break;
      case RELOCATION_KEYS.port:
        config = { ...config, port: Number(value) };
        break;
      case RELOCATION_KEYS.address:
        config = { ...config, address: value };
        break;
      case RELOCATION_KEYS.hostsAllow:
        config = { ...config, hostsAllow: value };
    }
  }
  const problem = relocationProblem(config);
  return problem === undefined ? ok(config) : err(problem);
}
