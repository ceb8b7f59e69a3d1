/**
 * Instructions before which a look stops the processor. A debugger of the host's, not of the guest's:
 * the guest's own debug registers stay its own, and nothing that it could see changes.
 */
export interface InstructionWatch {
  /** Linear addresses; undefined: every instruction. */
  readonly addresses: ReadonlySet<number> | undefined;
  /** Only after more retired instructions than these: what the look begins at is passed. */
  readonly after: number;
}
