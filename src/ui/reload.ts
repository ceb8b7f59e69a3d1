/**
 * A lecture survives a reload, which remotes ask for with F5: the moment, the changes made on the way
 * and the page's looks are kept for this tab, and taken up by the next loading of the same address.
 */
import * as v from 'valibot';
import { scenarioSchema } from '../lab/scenario.ts';
import { CUSTOM, decodeLink, encodeLink } from '../store/link.ts';
import { settingsOf } from '../store/settings.ts';
import { startDecoded } from './open-link.ts';
import { viewOf } from './share/make-link.ts';
import type { App } from './use-store.ts';

const KEY = 'vm-ferry.lecture';

const keptSchema = v.object({ hash: v.string(), link: v.string(), scenario: scenarioSchema });

/** Writes when the page goes; returns how to stop. */
export function keepLecture(app: App): () => void {
  const keep = () => {
    try {
      const { mode } = app.store.getState();
      if (mode === 'present') sessionStorage.setItem(KEY, JSON.stringify(lectureOf(app)));
      else sessionStorage.removeItem(KEY);
    } catch {
      // This browser keeps nothing for the page: it starts where its address says.
    }
  };
  addEventListener('pagehide', keep);
  return () => removeEventListener('pagehide', keep);
}

function lectureOf(app: App): v.InferInput<typeof keptSchema> {
  const { preset, base, scenario, inputs, hidden, locked } = app.store.getState();
  const wishes = { moment: true, selection: true, theme: true, place: true } as const;
  const view = viewOf(app, { ...wishes, mode: 'present', hidden, locked });
  const custom = preset === CUSTOM ? { scenario: base, packed: '' } : undefined;
  const link = encodeLink(preset, settingsOf(scenario), { view, custom });
  return { hash: location.hash, link, scenario: { ...base, inputs } };
}

/** False: there is nothing to take up. */
export function takeUpLecture(app: App): boolean {
  try {
    const kept = v.safeParse(keptSchema, JSON.parse(sessionStorage.getItem(KEY) ?? ''));
    sessionStorage.removeItem(KEY);
    if (!kept.success || kept.output.hash !== location.hash) return false;
    const { link, scenario } = kept.output;
    const custom = link.includes(`s=${CUSTOM}`) ? { ...scenario, inputs: [] } : undefined;
    void startDecoded(app, decodeLink(link, custom), scenario.inputs);
    return true;
  } catch {
    return false;
  }
}
