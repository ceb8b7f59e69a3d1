/** Files taken apart, record by record, and set up as runs. Nothing of them runs by being opened. */
import { useEffect, useState } from 'preact/hooks';
import { exportFile, lookAtFile } from '../../../bridge/connect.ts';
import type { FileLook } from '../../../lab/file-look.ts';
import { keepFile } from '../../share/downloads.tsx';
import { type Download, STATE_DOWNLOADS } from '../../share/files.ts';
import { openFile } from '../../share/open-file.ts';
import * as words from '../../strings/files.ts';
import { useApp, usePicture, useStore } from '../../use-store.ts';
import { BeginRun, HeldVm } from './begin-run.tsx';
import { Records } from './records.tsx';
import './files.css';

/** The largest VM, sent twice over. */
const MOST_BYTES = 160 << 20;

interface Opened {
  readonly file: File;
  readonly look: FileLook;
}

export function Files() {
  const { store } = useApp();
  const dropped = useStore((state) => state.file);
  const [opened, setOpened] = useState<Opened>();
  const [said, setSaid] = useState<{ readonly text: string; readonly bad: boolean }>();
  const open = async (file: File | undefined) => {
    if (file === undefined) return;
    setSaid({ text: words.beingRead(file.name), bad: false });
    const look = await lookInto(file);
    setOpened(look.ok ? { file, look: look.value } : undefined);
    setSaid(look.ok ? undefined : { text: words.refused(look.error), bad: true });
  };
  useEffect(() => {
    if (dropped === undefined) return;
    store.setState({ file: undefined });
    void open(dropped);
  }, [store, dropped]);
  return (
    <div class="files">
      <HeldVm />
      <OpenFile onFile={(file) => void open(file)} />
      <SaveFile />
      <p class={said?.bad ? 'bad' : 'aside'} role="status">
        {said?.text}
      </p>
      {opened && <OpenedFile {...opened} />}
    </div>
  );
}

async function lookInto(file: File): ReturnType<typeof lookAtFile> {
  if (file.size > MOST_BYTES)
    return {
      ok: false,
      error: words.tooLarge(file.name, file.size, MOST_BYTES),
    };
  return lookAtFile(file.name, new Uint8Array(await file.arrayBuffer()));
}

function OpenFile({ onFile }: { onFile(file: File | undefined): void }) {
  const [over, setOver] = useState(false);
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: dropping is a second way beside the button
    <div
      class={`file-drop ${over ? 'over' : ''}`}
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={(event) => {
        event.preventDefault();
        // The page itself opens what is dropped anywhere else.
        event.stopPropagation();
        setOver(false);
        onFile(event.dataTransfer?.files[0]);
      }}
    >
      <label>
        {words.openToLook}{' '}
        <input type="file" onChange={(event) => onFile(event.currentTarget.files?.[0])} />
      </label>
      <p class="aside">{words.orDrop}</p>
    </div>
  );
}

/** The VM of the moment shown, in each format, and what it must still be when it is opened again. */
function SaveFile() {
  const app = useApp();
  const { now } = usePicture();
  const [said, setSaid] = useState('');
  const save = async (download: Download) => {
    setSaid(words.beingSaved(download.title));
    const made = await download.make(app);
    if (made.ok) keepFile(made.value);
    setSaid(made.ok ? words.saved(made.value.name, made.value.blob.size) : `${made.error}.`);
  };
  return (
    <section aria-labelledby="save-state">
      <h3 id="save-state">{words.vmAt(now)}</h3>
      <div class="file-buttons">
        {STATE_DOWNLOADS.map((download) => (
          <button key={download.title} type="button" onClick={() => void save(download)}>
            {words.save(download.title)}
          </button>
        ))}
        <PrintOfVm />
      </div>
      <p class="aside" role="status">
        {said}
      </p>
    </section>
  );
}

function PrintOfVm() {
  const { player } = useApp();
  const scenario = useStore((state) => state.scenario);
  const inputs = useStore((state) => state.inputs);
  const { now } = usePicture();
  const [found, setFound] = useState<{ readonly at: number; readonly text: string }>();
  const ask = async () => {
    const at = player.picture.now;
    setFound({ at, text: words.printBeingMade });
    const request = { scenario: { ...scenario, inputs }, atNs: at, kind: 'common' } as const;
    const made = await exportFile(request);
    const look = made.ok ? await lookAtFile(words.theVm, made.value.bytes) : made;
    setFound({ at, text: look.ok ? (look.value.fingerprint ?? '') : look.error });
  };
  return (
    <>
      <button type="button" onClick={() => void ask()}>
        {words.itsFingerprint}
      </button>
      <span class="aside" role="status">
        {found?.at === now && (
          <>
            {words.memoryAndRegisters} <code class="vm-print">{found.text}</code>
          </>
        )}
      </span>
    </>
  );
}

function OpenedFile({ file, look }: Opened) {
  const app = useApp();
  return (
    <section aria-labelledby="opened-file">
      <h3 id="opened-file">{words.opened(file.name, look.title, file.size)}</h3>
      <dl class="file-facts">
        {look.facts.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
        {look.fingerprint !== undefined && (
          <div>
            <dt>{words.fingerprint}</dt>
            <dd>
              <code class="file-print">{look.fingerprint}</code>
            </dd>
          </div>
        )}
      </dl>
      {look.notes.length > 0 && (
        <ul class="file-notes">
          {look.notes.map((note) => (
            <li key={note}>{note}</li>
          ))}
        </ul>
      )}
      {look.kind !== 'scenario' && <BeginRun key={file.name} file={file} />}
      {look.kind === 'scenario' && (
        <button type="button" onClick={() => void openFile(app, file)}>
          {words.setScenarioUp}
        </button>
      )}
      {look.parts.length > 0 && <Records key={file.name} file={file} parts={look.parts} />}
    </section>
  );
}
