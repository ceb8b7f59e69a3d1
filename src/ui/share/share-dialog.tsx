/** The link to this very run, built from what is ticked; its QR code, and the page inside another. */

import { useEffect, useRef, useState } from 'preact/hooks';
import type { AppState } from '../../store/app-state.ts';
import { LINK_MAX } from '../../store/link.ts';
import { MODES, type Mode } from '../../store/shared-view.ts';
import { Icon } from '../kit/icon.tsx';
import * as filesWords from '../strings/files.ts';
import * as words from '../strings/share.ts';
import { useApp, usePicture, useStore } from '../use-store.ts';
import { ControlTable } from './control-table.tsx';
import { CopyButton } from './copy-button.tsx';
import { Downloads } from './downloads.tsx';
import { LINKED_FILE, makeLink, momentOf, viewOf, type Wishes } from './make-link.ts';
import { OpenSomething } from './opening.tsx';
import { QrCode } from './qr-code.tsx';
import './share.css';

export function ShareDialog() {
  const { store, player } = useApp();
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    // The link says one moment: time stands while it is made.
    player.pause();
    dialog.current?.showModal();
  }, [player]);
  const closed = () => store.setState({ sharing: false });
  return (
    <dialog ref={dialog} class="help share" aria-labelledby="share-title" onClose={closed}>
      <div class="help-head">
        <h2 id="share-title">{words.share}</h2>
        <button
          type="button"
          class="quiet"
          aria-label={words.close}
          onClick={() => dialog.current?.close()}
        >
          <Icon name="cross" />
        </button>
      </div>
      <LinkBuilder />
      <Downloads />
      <OpenSomething onOpened={() => dialog.current?.close()} />
      <Fingerprint />
    </dialog>
  );
}

/** A link as the address bar would show it. */
const addressOf = (hash: string): string => location.href.replace(/#.*$/, '') + hash;

function LinkBuilder() {
  const app = useApp();
  const { mode, hidden, locked, theme } = app.store.getState();
  const [wishes, setWishes] = useState<Wishes>({
    moment: true,
    selection: true,
    theme: theme === 'projector',
    place: true,
    mode,
    hidden,
    locked,
  });
  const change = (patch: Partial<Wishes>) => setWishes({ ...wishes, ...patch });
  const hash = useLink(wishes);
  const link = addressOf(hash);
  const put = () => history.replaceState(null, '', hash);
  return (
    <>
      <label class="link-text">
        <span class="sr">{words.link}</span>
        <textarea
          readOnly
          rows={3}
          value={link}
          onFocus={(event) => event.currentTarget.select()}
        />
      </label>
      <p>
        <CopyButton what={words.theLink} text={link} main onCopied={put} />
      </p>
      {hash.length > LINK_MAX && <p class="bad">{words.longLink(hash.length, LINK_MAX)}</p>}
      <FileLeftOut />
      <Along wishes={wishes} change={change} />
      <Opening mode={wishes.mode} onMode={(wanted) => change({ mode: wanted })} />
      <details>
        <summary>{words.controlsToHide}</summary>
        <ControlTable hidden={wishes.hidden} locked={wishes.locked} onChange={change} />
      </details>
      <details>
        <summary>{words.qrCode}</summary>
        <QrCode text={link} />
      </details>
      {wishes.mode === 'embed' && <Snippet link={link} />}
    </>
  );
}

/** A state file is mostly too long for a link. */
function FileLeftOut() {
  const file = useStore((state) => state.base.vm.file);
  if (file?.data === undefined || file.data.length <= LINKED_FILE) return null;
  return <p class="aside">{filesWords.staysHere(file.name, file.bytes)}</p>;
}

/** Made anew when a wish changes; packing it takes a moment. */
function useLink(wishes: Wishes): string {
  const app = useApp();
  const [hash, setHash] = useState('');
  useStore((state) => state.revision);
  const { now } = app.player.picture;
  useEffect(() => {
    let over = false;
    void makeLink(app, viewOf(app, wishes)).then((made) => !over && setHash(made));
    return () => {
      over = true;
    };
  }, [app, wishes, now]);
  return hash;
}

interface AlongProps {
  readonly wishes: Wishes;
  change(patch: Partial<Wishes>): void;
}

/** Only what there is can be ticked. */
function Along({ wishes, change }: AlongProps) {
  const app = useApp();
  const { cursor, inspecting, theme, view, side, lesson, goal, inputs } = app.store.getState();
  const moment = momentOf(app);
  const learning = side === 'lessons' ? lesson !== undefined : goal !== undefined;
  const changes = inputs.length === 1 ? words.oneChange : words.allChanges(inputs.length);
  return (
    <fieldset class="along">
      <legend>{words.whatGoesAlong}</legend>
      {moment !== undefined && (
        <Check
          label={moment === 'end' ? words.momentIsEnd : words.momentIs(moment)}
          on={wishes.moment}
          set={(on) => change({ moment: on })}
        />
      )}
      {(cursor > 0 || inspecting) && (
        <Check
          label={words.pageAlong(cursor, inspecting ? words.inspected : words.selected)}
          on={wishes.selection}
          set={(selection) => change({ selection })}
        />
      )}
      {theme !== 'system' && (
        <Check
          label={words.themeAlong(theme)}
          on={wishes.theme}
          set={(on) => change({ theme: on })}
        />
      )}
      {(view !== 'run' || learning) && (
        <Check
          label={placeName(view, side === 'lessons' ? lesson : undefined)}
          on={wishes.place}
          set={(place) => change({ place })}
        />
      )}
      <p class="aside">
        {words.alwaysAlong} {inputs.length > 0 && words.changesAlong(changes)}
      </p>
    </fieldset>
  );
}

function placeName(view: AppState['view'], lesson: number | undefined): string {
  if (view === 'compare') return words.theComparison;
  if (view === 'centres') return words.theDataCentres;
  if (view === 'inside') return words.theInside;
  return lesson === undefined ? words.theGoal : words.lesson(lesson);
}

interface CheckProps {
  readonly label: string;
  readonly on: boolean;
  set(on: boolean): void;
}

function Check({ label, on, set }: CheckProps) {
  return (
    <label class="check">
      <input type="checkbox" checked={on} onChange={(event) => set(event.currentTarget.checked)} />
      {label}
    </label>
  );
}

const MODE_NAMES: Readonly<Record<Mode, string>> = {
  full: words.wholePage,
  present: words.forAHall,
  embed: words.insideAnother,
};

function Opening({ mode, onMode }: { readonly mode: Mode; onMode(mode: Mode): void }) {
  return (
    <fieldset class="along">
      <legend>{words.opensAs}</legend>
      {MODES.map((name) => (
        <label key={name} class="check">
          <input
            type="radio"
            name="link-mode"
            checked={name === mode}
            onChange={() => onMode(name)}
          />
          {MODE_NAMES[name]}
        </label>
      ))}
    </fieldset>
  );
}

function Snippet({ link }: { readonly link: string }) {
  const address = link.replaceAll('&', '&amp;').replaceAll('"', '&quot;');
  const snippet = words.snippet(address);
  return (
    <div class="snippet">
      <label>
        {words.forOtherPage}
        <textarea readOnly rows={4} value={snippet} />
      </label>
      <CopyButton what={words.theSnippet} text={snippet} />
    </div>
  );
}

/** Two runs with the same fingerprint are the same, event by event. */
function Fingerprint() {
  usePicture();
  const report = useStore((state) => state.report);
  const print = report?.traceHash.slice(0, 16);
  return (
    <p class="fingerprint">
      {words.fingerprint}{' '}
      {print === undefined ? (
        words.fingerprintLater
      ) : (
        <>
          <code>{print}</code> <CopyButton what={words.theFingerprint} text={print} />
        </>
      )}
    </p>
  );
}
