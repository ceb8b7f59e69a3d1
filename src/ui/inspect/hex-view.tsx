/** A page's bytes as `hexdump -C` prints them, those marked that the other host has otherwise. */
import { Fragment } from 'preact';
import '../kit/bytes.css';

/** As many as fit beside the stage. */
const ROW = 8;

interface Run {
  /** Index of its first byte in the row. */
  readonly at: number;
  readonly text: string;
  readonly differs: boolean;
}
export interface HexRow {
  readonly offset: number;
  /** Rows like the one above are left out. */
  readonly repeated: boolean;
  readonly runs: readonly Run[];
  readonly plain: string;
}

export function hexRows(bytes: Uint8Array, other: Uint8Array | undefined): HexRow[] {
  const rows: HexRow[] = [];
  for (let offset = 0; offset < bytes.length; offset += ROW) {
    const differs = (i: number) => other !== undefined && other[offset + i] !== bytes[offset + i];
    const row = bytes.subarray(offset, offset + ROW);
    const like = offset > 0 && row.every((byte, i) => byte === bytes[offset - ROW + i]);
    const repeated = like && !row.some((_, i) => differs(i));
    if (repeated && rows.at(-1)?.repeated) continue;
    rows.push({ offset, repeated, runs: runsOf(row, differs), plain: asText(row) });
  }
  return rows;
}

function runsOf(row: Uint8Array, differs: (i: number) => boolean): Run[] {
  const runs: { at: number; text: string; differs: boolean }[] = [];
  row.forEach((byte, i) => {
    const text = byte.toString(16).padStart(2, '0');
    const last = runs.at(-1);
    if (last?.differs === differs(i)) last.text += ` ${text}`;
    else runs.push({ at: i, text, differs: differs(i) });
  });
  return runs;
}

const asText = (row: Uint8Array): string =>
  [...row].map((byte) => (byte >= 32 && byte < 127 ? String.fromCharCode(byte) : '.')).join('');

export function HexView({
  label,
  bytes,
  other,
}: {
  readonly label: string;
  readonly bytes: Uint8Array;
  readonly other: Uint8Array | undefined;
}) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by key
    <section class="bytes hex" aria-label={label} tabIndex={0}>
      {hexRows(bytes, other).map(({ offset, repeated, runs, plain }) => (
        <div key={offset}>
          {repeated ? (
            '*'
          ) : (
            <>
              <span class="when">{offset.toString(16).padStart(3, '0')}</span>{' '}
              {runs.map(({ at, text, differs }) => (
                <Fragment key={at}>
                  {at > 0 && ' '}
                  {differs ? <mark>{text}</mark> : text}
                </Fragment>
              ))}{' '}
              {plain}
            </>
          )}
        </div>
      ))}
    </section>
  );
}
