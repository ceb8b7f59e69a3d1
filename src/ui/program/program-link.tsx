/** A link that carries the program. */

import { useEffect, useState } from 'preact/hooks';
import { LINK_MAX } from '../../store/link.ts';
import { CopyButton } from '../share/copy-button.tsx';
import * as words from '../strings/program.ts';
import { useApp } from '../use-store.ts';
import { programLink } from './own-run.ts';

export function ProgramLink({ text }: { readonly text: string }) {
  const [open, setOpen] = useState(false);
  return (
    <details onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>{words.linkToProgram}</summary>
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
        <span class="sr">{words.linkToProgram}</span>
        <textarea
          readOnly
          rows={3}
          value={link}
          onFocus={(event) => event.currentTarget.select()}
        />
      </label>
      <p>
        <CopyButton what={words.link} text={link} />
      </p>
      <p class={hash.length > LINK_MAX ? 'bad' : 'aside'}>
        {words.letters(hash.length, hash.length > LINK_MAX ? words.someCut(LINK_MAX) : '')}
      </p>
    </div>
  );
}
