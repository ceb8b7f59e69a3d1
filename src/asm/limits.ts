/** What a program may take; checked before anything is allocated. */
export const MAX_SOURCE_LENGTH = 1 << 20;
export const MAX_LINES = 20_000;
export const MAX_LINE_LENGTH = 1024;
/** Parentheses and signs inside each other. */
export const MAX_NESTING = 100;
/** Bytes that a program may have in its file. */
export const MAX_IMAGE = 4 << 20;
/** Bytes that it may take in memory, reserved ones included: the largest VM has no more. */
export const MAX_MEMORY = 64 << 20;
/** Instructions that all `times` together may make: each is worked out by itself, in every pass. */
export const MAX_REPEATS = 1 << 14;
/** Errors shown of one program. */
export const MAX_PROBLEMS = 100;
