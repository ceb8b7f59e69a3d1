/** Bytes as `hexdump -C` prints them, with one field's marked. */
import '../../kit/bytes.css';

/** As many as fit beside a list. */
const ROW = 8;

export interface ByteViewProps {
  readonly label: string;
  readonly bytes: Uint8Array;
  /** What the first byte is called. */
  readonly base?: number;
  readonly marked?: { readonly from: number; readonly to: number };
}

export function ByteView({ label, bytes, base = 0, marked }: ByteViewProps) {
  const rows = Array.from({ length: Math.ceil(bytes.length / ROW) }, (_, i) => i * ROW);
  const digits = base + bytes.length > 0x1_0000 ? 8 : 4;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by key
    <section class="bytes" aria-label={label} tabIndex={0}>
      {rows.map((at) => (
        <ByteRow
          key={at}
          name={(base + at).toString(16).padStart(digits, '0')}
          row={bytes.subarray(at, at + ROW)}
          from={(marked?.from ?? 0) - at}
          to={(marked?.to ?? 0) - at}
        />
      ))}
    </section>
  );
}

interface ByteRowProps {
  readonly name: string;
  readonly row: Uint8Array;
  /** What is marked, counted from the row's first byte; may lie outside it. */
  readonly from: number;
  readonly to: number;
}

function ByteRow({ name, row, from, to }: ByteRowProps) {
  const [start, end] = [Math.min(ROW, Math.max(0, from)), Math.min(ROW, Math.max(0, to))];
  const pieces = [row.subarray(0, start), row.subarray(start, end), row.subarray(end)];
  const [before, inside, after] = pieces.map(pairs);
  const isMarked = end > start && inside !== '';
  return (
    <div>
      <span class="when">{name}</span> {before}
      {isMarked && before !== '' && ' '}
      {isMarked ? <mark>{inside}</mark> : inside}
      {isMarked && after !== '' && ' '}
      {!isMarked && before !== '' && after !== '' ? ` ${after}` : after}
      {'   '.repeat(ROW - row.length)} {text(row)}
    </div>
  );
}

const pairs = (bytes: Uint8Array): string =>
  [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join(' ');

const text = (bytes: Uint8Array): string =>
  [...bytes].map((byte) => (byte >= 32 && byte < 127 ? String.fromCharCode(byte) : '.')).join('');
