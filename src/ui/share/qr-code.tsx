/** A link as a QR code, drawn here: nobody else learns of the link. */

import { encode } from 'uqr';
import * as words from '../strings/share.ts';

/** White around the code, in modules, as the standard asks for. */
const QUIET = 4;

export function QrCode({ text }: { readonly text: string }) {
  const code = pattern(text);
  if (code === undefined) return <p>{words.tooLongForQr}</p>;
  const side = code.size + 2 * QUIET;
  return (
    <svg
      class="qr"
      viewBox={`0 0 ${side} ${side}`}
      role="img"
      aria-label={words.qrOfLink}
      shape-rendering="crispEdges"
    >
      <rect width={side} height={side} fill="#fff" />
      <path d={dark(code.data)} fill="#000" />
    </svg>
  );
}

function pattern(text: string): ReturnType<typeof encode> | undefined {
  try {
    return encode(text, { ecc: 'L', border: 0 });
  } catch {
    return undefined;
  }
}

/** One horizontal stroke for each run of dark modules. */
function dark(rows: readonly (readonly boolean[])[]): string {
  let path = '';
  rows.forEach((row, y) => {
    for (let x = 0; x < row.length; x++) {
      if (!row[x]) continue;
      const from = x;
      while (row[x + 1]) x += 1;
      path += `M${from + QUIET} ${y + QUIET}h${x + 1 - from}v1h${from - x - 1}z`;
    }
  });
  return path;
}
