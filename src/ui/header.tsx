/** Name, scenarios (each a link), the link to this very run, theme, help. */
import { useRef, useState } from 'preact/hooks';
import { PRESETS } from '../lab/presets.ts';
import type { ThemeChoice } from '../store/app-state.ts';
import { encodeLink, LINK_MAX, packInputs } from '../store/link.ts';
import { settingsOf } from '../store/settings.ts';
import { HelpDialog } from './help-dialog.tsx';
import { Icon } from './kit/icon.tsx';
import { useApp, useStore } from './use-store.ts';
import { toggleCompare, toggleLessons } from './views.ts';

const SHORT_TITLES: Readonly<Record<string, string>> = {
  converges: 'Converges',
  'hot-set': 'Hot set',
  pull: 'Pull',
};

const THEME_NAMES: Readonly<Record<ThemeChoice, string>> = {
  system: 'As the system',
  light: 'Light',
  dark: 'Dark',
  projector: 'Projector',
};

export function Header() {
  const preset = useStore((state) => state.preset);
  const help = useRef<HTMLDialogElement | null>(null);
  return (
    <header class="top">
      <h1>
        <Logo /> VM Ferry
      </h1>
      <nav class="scenarios" aria-label="Scenarios">
        {PRESETS.map(({ name, title, summary }) => (
          <a
            key={name}
            href={`#s=${name}`}
            title={summary}
            aria-current={name === preset ? 'true' : undefined}
          >
            <span class="long">{title}</span>
            <span class="short" aria-hidden="true">
              {SHORT_TITLES[name] ?? title}
            </span>
          </a>
        ))}
      </nav>
      <Views />
      <CopyLink />
      <ThemeSwitch />
      <button
        type="button"
        class="quiet"
        aria-label="Keys and help"
        onClick={() => help.current?.showModal()}
      >
        <Icon name="help" />
      </button>
      <HelpDialog dialog={help} />
    </header>
  );
}

function Views() {
  const { player, store } = useApp();
  const view = useStore((state) => state.view);
  const side = useStore((state) => state.side);
  return (
    <>
      <button
        type="button"
        class="quiet view-button"
        id="lessons-button"
        aria-pressed={view === 'run' && side === 'lessons'}
        aria-keyshortcuts="L"
        onClick={() => toggleLessons(store)}
      >
        Lessons
      </button>
      <button
        type="button"
        class="quiet view-button"
        id="compare-button"
        aria-pressed={view === 'compare'}
        aria-keyshortcuts="C"
        onClick={() => toggleCompare(store, player)}
      >
        Compare
      </button>
    </>
  );
}

function ThemeSwitch() {
  const { store } = useApp();
  const theme = useStore((state) => state.theme);
  return (
    <label class="theme">
      <span>Theme</span>
      <select
        value={theme}
        onChange={(event) => store.setState({ theme: event.currentTarget.value as ThemeChoice })}
      >
        {Object.entries(THEME_NAMES).map(([value, name]) => (
          <option key={value} value={value}>
            {name}
          </option>
        ))}
      </select>
    </label>
  );
}

/** The link holds the scenario and every input given to the run so far. */
function CopyLink() {
  const { store } = useApp();
  const [said, setSaid] = useState('');
  const copy = async () => {
    const { preset, scenario, inputs } = store.getState();
    const link = encodeLink(preset, settingsOf(scenario), await packInputs(inputs));
    if (link.length > LINK_MAX) {
      setSaid('Too many inputs for a link');
      return;
    }
    history.replaceState(null, '', link);
    try {
      await navigator.clipboard.writeText(location.href);
      setSaid('Link copied');
    } catch {
      setSaid('Link is in the address bar');
    }
  };
  return (
    <>
      <button type="button" class="quiet copy-link" onClick={() => void copy()}>
        <Icon name="link" />
        <span>{said === '' ? 'Copy link' : said}</span>
      </button>
      <span class="sr" role="status">
        {said}
      </span>
    </>
  );
}

function Logo() {
  return (
    <svg class="logo" viewBox="0 0 24 24" aria-hidden="true">
      <path class="hull" d="M2 15h20l-3.4 6H5.4z" />
      <rect class="cargo-a" x="5" y="7" width="6" height="6" />
      <rect class="cargo-b" x="13" y="7" width="6" height="6" />
    </svg>
  );
}
