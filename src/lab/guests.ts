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

const POLLED: readonly GuestName[] = ['idle', 'ticker', 'muncher'];

export const devicesOfGuest = (name: GuestName): GuestDevices =>
  POLLED.includes(name) ? 'none' : 'pc';
