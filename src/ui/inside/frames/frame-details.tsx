/** One frame or message: its layers, and where each field lies in its bytes. */

import { useEffect, useState } from 'preact/hooks';
import type { Field, Layer } from '../../../base/dissection.ts';
import type { Instant } from '../../../base/units.ts';
import type { Carried } from '../../../lab/wire-tap.ts';
import { dissectMessage } from '../../../migration/dissect.ts';
import { dissectFrame } from '../../../net/dissect.ts';
import { fate, type WireRow } from '../../../trace/wire-rows.ts';
import { clock } from '../../strings/format.ts';
import * as words from '../../strings/frames.ts';
import { useApp, usePicture } from '../../use-store.ts';
import { ByteView } from './byte-view.tsx';

interface FrameDetailsProps {
  readonly row: WireRow;
  /** Its bytes were heard before this moment. */
  readonly before: number;
}

type Found = { readonly of: WireRow; readonly carried?: Carried; readonly error?: string };

export function FrameDetails({ row, before }: FrameDetailsProps) {
  const found = useCarried(row, before);
  return (
    <section class="frame-details" aria-labelledby="frame-title">
      <h3 id="frame-title">
        {row.kind === 'message' ? row.type.toUpperCase() : row.type}, {clock(row.at)}
      </h3>
      <p>{row.summary}</p>
      <Fate row={row} />
      {found?.error !== undefined && <p class="bad">{words.bytesNotHad(found.error)}</p>}
      {found?.carried ? (
        <Layers key={`${row.kind} ${row.id} ${row.at}`} carried={found.carried} />
      ) : (
        found && found.error === undefined && <NoBytes row={row} />
      )}
    </section>
  );
}

/** Asked again as time passes, until it has crossed a cable. */
function useCarried(row: WireRow, before: number): Found | undefined {
  const { player } = useApp();
  const { now } = usePicture();
  const [found, setFound] = useState<Found>();
  const known = found?.of === row && found.carried !== undefined;
  useEffect(() => {
    if (known) return;
    let over = false;
    const { kind: what, party: from, id, at: sentAt } = row;
    const question = { kind: 'one', what, from, id, sentAt, before: before as Instant } as const;
    void player.carried(question).then((answer) => {
      if (over) return;
      if (!answer.ok) setFound({ of: row, error: answer.error });
      else setFound(answer.value[0] ? { of: row, carried: answer.value[0] } : { of: row });
    });
    return () => {
      over = true;
    };
  }, [player, row, before, known, now]);
  return found?.of === row ? found : undefined;
}

function Fate({ row }: { readonly row: WireRow }) {
  const { now } = usePicture();
  const drops = row.dropped.filter(({ at }) => at < now);
  if (row.at >= now) return <p class="aside">{words.notSentYet}</p>;
  return (
    <p class="aside">
      {words.fateNow(
        fate(row, now),
        drops.length > 0 && row.received.length > 0 ? words.elsewhereDropped(drops[0].reason) : '',
      )}
    </p>
  );
}

function NoBytes({ row }: { readonly row: WireRow }) {
  return <p class="aside">{words.bytesNotHere(row.bytes)}</p>;
}

function Layers({ carried }: { readonly carried: Carried }) {
  const [field, setField] = useState<Field>();
  const { bytes, length, kind } = carried;
  const layers = kind === 'frame' ? dissectFrame(bytes) : dissectMessage(bytes, length);
  return (
    <>
      <div class="layers">
        {layers.map((layer) => (
          <LayerView key={layer.title} layer={layer} field={field} onField={setField} />
        ))}
      </div>
      <ByteView
        label={words.bytesLabel}
        bytes={bytes}
        {...(field && { marked: { from: field.offset, to: field.offset + field.length } })}
      />
    </>
  );
}

interface LayerViewProps {
  readonly layer: Layer;
  readonly field: Field | undefined;
  onField(field: Field): void;
}

function LayerView({ layer, field, onField }: LayerViewProps) {
  const isOn = (each: Field) =>
    field?.offset === each.offset && field.length === each.length && field.name === each.name;
  return (
    <details open>
      <summary>{layer.title}</summary>
      <ul class="fields">
        {layer.fields.map((each) => (
          <li key={`${each.offset} ${each.name}`}>
            <button
              type="button"
              aria-pressed={isOn(each)}
              onClick={() => onField(each)}
              onFocus={() => onField(each)}
              onMouseEnter={() => onField(each)}
            >
              <span class="field-name">{each.name}</span> <span>{each.value}</span>
            </button>
          </li>
        ))}
      </ul>
      {layer.trouble !== undefined && <p class="aside">{layer.trouble}</p>}
    </details>
  );
}
