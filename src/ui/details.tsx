/** On demand: the run as charts and tables, the guest's console, the log. They say what the drawing shows. */
import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import { lazy } from './kit/lazy.tsx';

export function Details() {
  return (
    <div class="details">
      <Fold title="Step in: cancel, cut, crash">
        <Act />
      </Fold>
      <Fold title="Charts">
        <Charts />
      </Fold>
      <Fold title="Rounds and pages as tables">
        <Tables />
      </Fold>
      <Fold title="Log">
        <Log />
      </Fold>
      <Fold title="Processor in three formats">
        <Cpu />
      </Fold>
      <Fold title="Guest’s console">
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
    <details onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>{title}</summary>
      {open && children}
    </details>
  );
}

const Act = lazy(async () => (await import('./act/act.tsx')).Act, 'What can be done');
const Charts = lazy(async () => (await import('./charts/charts.tsx')).Charts, 'The charts');
const Tables = lazy(async () => (await import('./tables.tsx')).Tables, 'The tables');
const Cpu = lazy(async () => (await import('./cpu/cpu.tsx')).Cpu, 'The processor');
const Log = lazy(async () => (await import('./log/log.tsx')).Log, 'The log');
const Console = lazy(async () => (await import('./console/console.tsx')).Console, 'The console');
