/** Above the stage while it is shown to a hall: the cue's sentence, and what the speaker needs. */

import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { Icon } from '../kit/icon.tsx';
import { makeLink, viewOf } from '../share/make-link.ts';
import { QrCode } from '../share/qr-code.tsx';
import { cuesOf } from '../strings/cues.ts';
import * as words from '../strings/present.ts';
import { type App, useApp, usePicture, useStore } from '../use-store.ts';
import { togglePresent } from '../views.ts';
import { cueMoments, cuesReached } from './cues.ts';
import { nextCue, previousCue } from './go.ts';
import { openNotes } from './notes-window.tsx';
import { listenToRemote } from './remote.ts';
import './present.css';

export function PresentBar() {
  const app = useApp();
  const { now } = usePicture();
  const preset = useStore((state) => state.preset);
  const blank = useStore((state) => state.blank);
  // Before the bar is seen: whoever sees it may press.
  useLayoutEffect(() => listenToRemote(app, window), [app]);
  const cues = cuesOf(preset);
  const reached = cuesReached(cueMoments(cues, app.player.history), now);
  return (
    <section class="present-bar" aria-label={words.lecture}>
      <button type="button" aria-keyshortcuts="PageUp" onClick={() => previousCue(app)}>
        <Icon name="round-back" />
        <span class="sr">{words.previousCue}</span>
      </button>
      <button type="button" aria-keyshortcuts="PageDown" onClick={() => nextCue(app)}>
        <Icon name="round" />
        <span class="sr">{words.nextCue}</span>
      </button>
      <p class="cue">
        <span class="sr">{words.cueOf(reached, cues.length)} </span>
        {reached > 0 ? cues[reached - 1].say : words.beforeMove}
      </p>
      <NotesButton />
      <QrButton />
      <button type="button" aria-keyshortcuts="Escape" onClick={() => togglePresent(app.store)}>
        <Icon name="cross" />
        <span class="sr">{words.leaveLecture}</span>
      </button>
      {blank && <div class="blank" aria-hidden="true" />}
    </section>
  );
}

function NotesButton() {
  const app = useApp();
  const close = useRef<(() => void) | undefined>(undefined);
  const [refused, setRefused] = useState(false);
  useEffect(() => () => close.current?.(), []);
  const open = () => {
    close.current?.();
    close.current = openNotes(app);
    setRefused(close.current === undefined);
  };
  return (
    <button type="button" onClick={open} title={refused ? words.noWindowOpened : ''}>
      {refused ? words.noWindow : words.notes}
    </button>
  );
}

/** For the students’ own machines: the run as it stands now, as the whole page. */
async function linkForAll(app: App): Promise<string> {
  const { hidden, locked } = app.store.getState();
  const wishes = { moment: true, selection: true, theme: false, place: true } as const;
  const hash = await makeLink(app, viewOf(app, { ...wishes, mode: 'full', hidden, locked }));
  return location.href.replace(/#.*$/, '') + hash;
}

function QrButton() {
  const app = useApp();
  const dialog = useRef<HTMLDialogElement>(null);
  const [link, setLink] = useState('');
  const show = async () => {
    app.player.pause();
    setLink(await linkForAll(app));
    dialog.current?.showModal();
  };
  return (
    <>
      <button type="button" aria-haspopup="dialog" onClick={() => void show()}>
        {words.qr}
        <span class="sr"> {words.qrRest}</span>
      </button>
      <dialog ref={dialog} class="help qr-dialog" aria-label={words.qrCode}>
        {link !== '' && <QrCode text={link} />}
        <button type="button" onClick={() => dialog.current?.close()}>
          {words.close}
        </button>
      </dialog>
    </>
  );
}
