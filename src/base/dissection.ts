/** Bytes taken apart for a reader: layers from the outside in, each field with its place. */
export interface Field {
  readonly name: string;
  readonly value: string;
  /** From the first of all bytes. */
  readonly offset: number;
  readonly length: number;
}

export interface Layer {
  readonly title: string;
  readonly fields: readonly Field[];
  /** Why it could not be read to its end. */
  readonly trouble?: string;
}
