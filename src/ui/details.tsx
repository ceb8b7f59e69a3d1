/** On demand: the run as charts and tables, the guest's console, the log. They say what the drawing shows. */
import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import { lazy } from './kit/lazy.tsx';
import * as words from './strings/page.ts';

export function Details() {
  return (
    <div class="details">
      <Fold title={words.stepIn}>
        <Act />
      </Fold>
      <Fold title={words.charts}>
        <Charts />
      </Fold>
      <Fold title={words.asTables}>
        <Tables />
      </Fold>
      <Fold title={words.log}>
        <Log />
      </Fold>
      <Fold title={words.processor}>
        <Cpu />
      </Fold>
      <Fold title={words.guestConsole}>
        <Console />
      </Fold>
    </div>
  );
}

/** Its contents exist only while it is open: a closed table costs nothing. */
function Fold({
  title,
  children,
}: {
  readonly title: string;
  readonly children: ComponentChildren;
}) {
  const [open, setOpen] = useState(false);
  return (
    <details onToggle={(event) => setOpen(shows(event.currentTarget))}>
      <summary>{title}</summary>
      {open && children}
    </details>
  );
}

/** What has been opened comes into sight as a whole, or from its beginning. */
function shows(fold: HTMLDetailsElement): boolean {
  if (fold.open) requestAnimationFrame(() => fold.scrollIntoView({ block: 'start' }));
  return fold.open;
}

const Act = lazy(async () => (await import('./act/act.tsx')).Act, words.whatCanBeDone);
const Charts = lazy(async () => (await import('./charts/charts.tsx')).Charts, words.theCharts);
const Tables = lazy(async () => (await import('./tables.tsx')).Tables, words.theTables);
const Cpu = lazy(async () => (await import('./cpu/cpu.tsx')).Cpu, words.theProcessor);
const Log = lazy(async () => (await import('./log/log.tsx')).Log, words.theLog);
const Console = lazy(async () => (await import('./console/console.tsx')).Console, words.theConsole);
