/** What a refusal by one of xend's relocation keys looks like at both ends: the source learns little of it. */

export const CLOSED_PORT = "Error: can't connect: Connection refused";
export const CLOSED_CONNECTION = "Error: (104, 'Connection reset by peer')";
/** The one key that is looked at only when the connection stands. */
export const HOSTS_ALLOW = 'xend-relocation-hosts-allow';

export interface RelocationLines {
  /** What the tool prints at the source. */
  readonly atSource: string;
  /** The key by its name, what is wrong with it and what to do: for the target's log. */
  readonly atTarget: string;
}

/** Of why a migration failed; undefined: no such key was the reason. */
export function relocationLines(reason: string): RelocationLines | undefined {
  const found = /refused by \((xend-relocation-[a-z-]+).*/.exec(reason);
  if (found === null) return undefined;
  const [atTarget, key] = found;
  return { atSource: key === HOSTS_ALLOW ? CLOSED_CONNECTION : CLOSED_PORT, atTarget };
}
