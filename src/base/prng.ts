/**
 * Seeded random numbers: sfc32 (Chris Doty-Humphrey, PractRand), 32-bit integer steps only, so every
 * engine draws the same. Each consumer has a stream of its own, derived from the seed and a name, so
 * that one more draw in one place shifts nothing elsewhere.
 */
export type PrngState = readonly [number, number, number, number];

export class Prng {
  private a: number;
  private b: number;
  private c: number;
  private d: number;

  private constructor(state: PrngState) {
    [this.a, this.b, this.c, this.d] = state;
  }

  static stream(seed: number, name: string): Prng {
    const hash = fnv1a(name);
    const prng = new Prng([seed | 0, hash | 0, Math.imul(seed, 0x9e3779b1) ^ hash, 1]);
    for (let i = 0; i < 16; i++) prng.u32();
    return prng;
  }

  static restore(state: PrngState): Prng {
    return new Prng(state);
  }

  save(): PrngState {
    return [this.a, this.b, this.c, this.d];
  }

  /** Uniform in [0, 2^32). */
  u32(): number {
    const t = (((this.a + this.b) | 0) + this.d) | 0;
    this.d = (this.d + 1) | 0;
    this.a = this.b ^ (this.b >>> 9);
    this.b = (this.c + (this.c << 3)) | 0;
    this.c = ((this.c << 21) | (this.c >>> 11)) + t;
    this.c |= 0;
    return t >>> 0;
  }

  /** Uniform in [0, bound), without modulo bias. */
  below(bound: number): number {
    const limit = 0x1_0000_0000 - (0x1_0000_0000 % bound);
    let draw = this.u32();
    while (draw >= limit) draw = this.u32();
    return draw % bound;
  }

  /** True with probability numerator / denominator: integers, so no float decides. */
  chance(numerator: number, denominator: number): boolean {
    return this.below(denominator) < numerator;
  }

  shuffle(items: { [index: number]: number; readonly length: number }): void {
    for (let i = items.length - 1; i > 0; i--) {
      const j = this.below(i + 1);
      const swap = items[i] as number;
      items[i] = items[j] as number;
      items[j] = swap;
    }
  }
}

function fnv1a(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return hash >>> 0;
}
