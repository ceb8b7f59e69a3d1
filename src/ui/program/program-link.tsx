/** A link that carries the program. */
import { useEffect, useState } from 'preact/hooks';
import { LINK_MAX } from '../../store/link.ts';
import { CopyButton } from '../share/copy-button.tsx';
import { count } from '../strings/format.ts';
import { useApp } from '../use-store.ts';
import { programLink } from './own-run.ts';

export function ProgramLink({ text }: { readonly text: string }) {
  const [open, setOpen] = useState(false);
  return (
    <details onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>Link to this program</summary>
      {open && <Link text={text} />}
    </details>
  );
}

function Link({ text }: { readonly text: string }) {
  const app = useApp();
  const [hash, setHash] = useState('');
  useEffect(() => {
    let over = false;
    void programLink(app, text).then((made) => !over && setHash(made));
    return () => {
      over = true;
    };
  }, [app, text]);
  const link = location.href.replace(/#.*$/, '') + hash;
  return (
    <div class="program-link">
      <label>
        <span class="sr">Link to this program</span>
        <textarea
          readOnly
          rows={3}
          value={link}
          onFocus={(event) => event.currentTarget.select()}
        />
      </label>
      <p>
        <CopyButton what="link" text={link} />
      </p>
      <p class={hash.length > LINK_MAX ? 'bad' : 'aside'}>
        {count(hash.length)} letters
        {hash.length > LINK_MAX && `; some programs cut links after ${count(LINK_MAX)}`}. Who opens
        it sees the program; it runs when they press Run.
      </p>
    </div>
  );
}
