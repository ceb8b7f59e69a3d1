/** The records of a file in its order, with where each begins, and the bytes of the chosen one. */

import { useEffect, useState } from 'preact/hooks';
import type { FileLook } from '../../../lab/file-look.ts';
import * as words from '../../strings/files.ts';
import { count } from '../../strings/format.ts';
import { ByteView } from '../frames/byte-view.tsx';

type Part = FileLook['parts'][number];

/** More are counted only. */
const MOST_ROWS = 500;
/** Of a record. */
const SHOWN_BYTES = 256;

export function Records({ file, parts }: { readonly file: File; readonly parts: readonly Part[] }) {
  const [chosen, setChosen] = useState(0);
  const listed = parts.slice(0, MOST_ROWS);
  return (
    <div class="records">
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by key */}
      <section class="record-sight" tabIndex={0} aria-label={words.records}>
        <table>
          <thead>
            <tr>
              <th scope="col">{words.atByte}</th>
              <th scope="col">{words.bytesColumn}</th>
              <th scope="col">{words.record}</th>
              <th scope="col">{words.holds}</th>
            </tr>
          </thead>
          <tbody>
            {listed.map(({ offset, bytes, name, detail }, i) => (
              <tr key={`${offset} ${name}`} aria-current={i === chosen ? 'true' : undefined}>
                <td>{count(offset)}</td>
                <td>{count(bytes)}</td>
                <th scope="row">
                  <button type="button" class="quiet" onClick={() => setChosen(i)}>
                    {name}
                  </button>
                </th>
                <td>{detail}</td>
              </tr>
            ))}
          </tbody>
        </table>
        {parts.length > listed.length && <p>{words.andMore(parts.length - listed.length)}</p>}
      </section>
      <PartBytes file={file} part={parts[chosen]} />
    </div>
  );
}

function PartBytes({ file, part }: { readonly file: File; readonly part: Part }) {
  const [read, setRead] = useState<{ readonly part: Part; readonly bytes: Uint8Array }>();
  useEffect(() => {
    let over = false;
    const end = part.offset + Math.min(part.bytes, SHOWN_BYTES);
    void file
      .slice(part.offset, end)
      .arrayBuffer()
      .then((buffer) => !over && setRead({ part, bytes: new Uint8Array(buffer) }));
    return () => {
      over = true;
    };
  }, [file, part]);
  if (read?.part !== part) return null;
  const { bytes } = read;
  return (
    <div>
      <p class="aside">
        {part.name}: {bytes.length < part.bytes ? words.firstBytes(bytes.length) : words.itsBytes}
      </p>
      <ByteView label={words.bytesOf(part.name, part.offset)} bytes={bytes} base={part.offset} />
    </div>
  );
}
