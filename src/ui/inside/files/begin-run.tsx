/** A file as the beginning of a run: its VM stands paused on host A, and nothing of it runs before a press. */
import { useState } from 'preact/hooks';
import { vmFromFile } from '../../../bridge/connect.ts';
import type { Scenario } from '../../../lab/scenario.ts';
import { startDecoded } from '../../open-link.ts';
import { openOwn, scenarioWithGuest } from '../../own-guest.ts';
import * as words from '../../strings/files.ts';
import { VMM_NAMES } from '../../strings/sentences.ts';
import { type App, useApp, useStore } from '../../use-store.ts';

type Kind = Scenario['hosts']['source'];

export function BeginRun({ file }: { readonly file: File }) {
  const app = useApp();
  const [kind, setKind] = useState<Kind>(app.store.getState().draft.source);
  const [said, setSaid] = useState<Said>(NOTHING);
  const begin = async () => {
    setSaid({ text: words.beingTried, notes: [], bad: false });
    setSaid(await beginWith(app, file, kind));
  };
  return (
    <div class="begin-run">
      <label>
        {words.hostKind}{' '}
        <select value={kind} onChange={(event) => setKind(event.currentTarget.value as Kind)}>
          {(['xen', 'kvm'] as const).map((name) => (
            <option key={name} value={name}>
              {VMM_NAMES[name]}
            </option>
          ))}
        </select>
      </label>
      <button type="button" class="main" onClick={() => void begin()}>
        {words.setUpPaused}
      </button>
      <div role="status">
        {said.text !== '' && <p class={said.bad ? 'bad' : ''}>{said.text}</p>}
        {said.notes.map((note) => (
          <p key={note} class="aside">
            {note}
          </p>
        ))}
      </div>
    </div>
  );
}

interface Said {
  readonly text: string;
  readonly notes: readonly string[];
  readonly bad: boolean;
}
const NOTHING: Said = { text: '', notes: [], bad: false };

async function beginWith(app: App, file: File, kind: Kind): Promise<Said> {
  const { base, draft, held } = app.store.getState();
  const bytes = new Uint8Array(await file.arrayBuffer());
  const lacks = base.hosts.sourceProcessor?.lacks ?? [];
  const host = { kind, lacks, memoryMiB: draft.memoryMiB };
  const begun = await vmFromFile(file.name, bytes, host);
  if (!begun.ok) return { text: words.refused(begun.error), notes: [], bad: true };
  const { vm, notes } = begun.value;
  if (held !== undefined && vm.file?.digest === held.link.base.vm.file?.digest) {
    void goOnWith(app, vm.file);
    return { text: words.askedFor(file.name), notes, bad: false };
  }
  const made = scenarioWithGuest(app, words.fromFile, { ...vm, paused: true });
  const destination = made.hosts.destination;
  await openOwn(app, { ...made, hosts: { ...made.hosts, source: kind, destination } });
  app.store.setState({ locked: vm.file?.kind === 'state' ? ['mem'] : [] });
  return { text: words.standsPaused(file.name, kind), notes, bad: false };
}

/** What came with a link that had no room for its file. */
async function goOnWith(app: App, file: Scenario['vm']['file']): Promise<void> {
  const { held } = app.store.getState();
  if (held === undefined) return;
  const { link, inputs } = held;
  const base = { ...link.base, vm: { ...link.base.vm, ...(file && { file }) } };
  await startDecoded(app, { ...link, base }, inputs);
}

/** A run from elsewhere waits, and says what it is. */
export function HeldVm() {
  const app = useApp();
  const held = useStore((state) => state.held);
  const file = held?.link.base.vm.file;
  if (held === undefined || file === undefined) return null;
  return (
    <div class="held" role="status">
      <p>
        <b>{words.beginsWith(file.name)}</b>{' '}
        {file.data === undefined ? words.noRoom(file.bytes) : words.isHere(file.bytes)}
      </p>
      {file.data !== undefined && (
        <button type="button" onClick={() => void startDecoded(app, held.link, held.inputs)}>
          {words.setThisUp}
        </button>
      )}
    </div>
  );
}
