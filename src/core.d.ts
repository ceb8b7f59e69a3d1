/**
 * The only globals the core rooms may use beside the language itself (lib ES2023). Everything that
 * would tie a run to the machine (timers, Date, performance, DOM, Node) is missing on purpose, so
 * that using it is a type error.
 */
declare namespace WebAssembly {
  class Memory {
    constructor(descriptor: { initial: number; maximum?: number });
    readonly buffer: ArrayBuffer;
  }
}
declare class TextEncoder {
  encode(text?: string): Uint8Array<ArrayBuffer>;
}
declare class TextDecoder {
  constructor(label?: string, options?: { fatal?: boolean; ignoreBOM?: boolean });
  decode(bytes?: Uint8Array): string;
}
