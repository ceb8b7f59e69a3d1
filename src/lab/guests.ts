/** The guests that come with the project, and what of a PC each of them uses (`guests/README.md`). */

/**
 * `none`: polls its serial port and needs no device; the host answers for its addresses. `pc`: lives
 * by interrupts and answers for itself through its network card.
 */
export type GuestDevices = 'none' | 'pc';

export const GUEST_NAMES = [
  'idle',
  'ticker',
  'muncher',
  'idle-pc',
  'ticker-pc',
  'muncher-pc',
  'web',
  'game',
  'sort',
  'compile',
  'database',
] as const;
export type GuestName = (typeof GUEST_NAMES)[number];

/**
 * A program of one's own: its source stands in the scenario, or its file is given beside it. Its host
 * answers for its addresses.
 */
export const OWN_GUEST = 'own';
/** Characters of such a source: it must fit a link, or at least a message. */
export const MAX_PROGRAM = 1 << 14;
export type AnyGuest = GuestName | typeof OWN_GUEST;

const POLLED: readonly AnyGuest[] = ['idle', 'ticker', 'muncher', OWN_GUEST];

export const isGuestName = (name: string): name is GuestName =>
  GUEST_NAMES.some((known) => known === name);

export const devicesOfGuest = (name: AnyGuest): GuestDevices =>
  POLLED.includes(name) ? 'none' : 'pc';
