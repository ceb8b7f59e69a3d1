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

/** A VM whose beginning is a file that the scenario carries: a kernel, or a state to go on from. */
export const FILE_GUEST = 'file';
export type AnyGuest = GuestName | typeof OWN_GUEST | typeof FILE_GUEST;

const POLLED: readonly AnyGuest[] = ['idle', 'ticker', 'muncher', OWN_GUEST];

export const isGuestName = (name: string): name is GuestName =>
  GUEST_NAMES.some((known) => known === name);

export const devicesOfGuest = (name: GuestName | typeof OWN_GUEST): GuestDevices =>
  POLLED.includes(name) ? 'none' : 'pc';

/** Who answers for the VM's addresses: a guest that drives its network card, or its host for it. */
export const drivesCard = ({ guest, file }: CardDriver): boolean =>
  guest === FILE_GUEST ? file?.nic === true : devicesOfGuest(guest) === 'pc';

interface CardDriver {
  readonly guest: AnyGuest;
  readonly file?: { readonly nic: boolean } | undefined;
}
