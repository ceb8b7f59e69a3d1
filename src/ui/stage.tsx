/**
 * The stage: hosts, link, switch and client. Words and tables are ordinary elements; the drawing lies
 * behind them and takes its places from where they ended up.
 */
import { useEffect, useRef, useState } from 'preact/hooks';
import { Client } from './client.tsx';
import { HostHead } from './host-head.tsx';
import { PageCursor } from './inspect/page-cursor.tsx';
import { lazy } from './kit/lazy.tsx';
import { Link } from './link.tsx';
import { stageSummary } from './strings/sentences.ts';
import * as words from './strings/stage.ts';
import { Switch } from './switch.tsx';
import { useDrawing } from './use-drawing.ts';
import { useApp, usePicture } from './use-store.ts';

export function Stage() {
  const section = useRef<HTMLElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const trouble = useDrawing(section, canvas);
  return (
    <section class="stage" aria-labelledby="stage-title" ref={section}>
      <h2 id="stage-title" class="sr">
        {words.playArea}
      </h2>
      <canvas
        ref={canvas}
        class="drawing"
        role="img"
        aria-label={words.drawing}
        aria-describedby="stage-summary"
      />
      <PageCursor />
      <div class="host host-a">
        <HostHead party={0} />
        <div class="place" data-place="gridA" />
      </div>
      <div class="between">
        <Link />
        <div class="network">
          <Switch />
          <Client />
        </div>
      </div>
      <div class="host host-b">
        <HostHead party={1} />
        <div class="place" data-place="gridB" />
      </div>
      <LensPlace stage={section} />
      {trouble !== '' && <p class="notice">{trouble}</p>}
      <Summary />
    </section>
  );
}

const Lens = lazy(async () => (await import('./inspect/lens.tsx')).Lens, words.lens);

/** Loaded when somebody points into the stage, or walks into it. */
function LensPlace({ stage }: { readonly stage: { readonly current: HTMLElement | null } }) {
  const [wanted, setWanted] = useState<Event>();
  useEffect(() => {
    const want = (event: Event) => setWanted(event);
    const { current } = stage;
    for (const event of ['pointerover', 'focusin'] as const)
      current?.addEventListener(event, want, { once: true });
    return () => {
      for (const event of ['pointerover', 'focusin'] as const)
        current?.removeEventListener(event, want);
    };
  }, [stage]);
  return wanted ? <Lens stage={stage} first={wanted} /> : null;
}

/** The stage in words; it changes too often to be read out by itself. */
function Summary() {
  const picture = usePicture();
  const { store } = useApp();
  return (
    <p id="stage-summary" class="sr">
      {stageSummary(picture, store.getState())}
    </p>
  );
}
