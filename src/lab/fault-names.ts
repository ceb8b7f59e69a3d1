/** What faults are told apart by. */

/** Seen from the migration: host A is where the VM is at first. */
export const DIRECTIONS = ['to-destination', 'to-source'] as const;
export type Direction = (typeof DIRECTIONS)[number];

export const MESSAGE_EFFECTS = ['lose', 'duplicate', 'corrupt', 'reorder'] as const;
export type MessageEffect = (typeof MESSAGE_EFFECTS)[number];
