/** Opens what somebody chose, dropped or pasted: a file, or a link. Nothing runs by that. */

import { decodeScenario, MAX_SCENARIO_BYTES } from '../../lab/scenario-file.ts';
import { CUSTOM } from '../../store/link.ts';
import { settingsOf } from '../../store/settings.ts';
import { PLAIN_VIEW } from '../../store/shared-view.ts';
import { openDecoded } from '../open-link.ts';
import * as words from '../strings/share.ts';
import type { App } from '../use-store.ts';

/** What came of it goes to the page's notices. */
export async function openFile(app: App, file: File): Promise<boolean> {
  const refuse = (notice: string): false => {
    app.store.setState({ notices: [notice] });
    return false;
  };
  if (!(await looksLikeScenario(file))) {
    app.store.setState({ file, view: 'inside', insideTab: 'files' });
    return true;
  }
  if (file.size > MAX_SCENARIO_BYTES)
    return refuse(words.fileTooLarge(file.name, file.size, MAX_SCENARIO_BYTES));
  const decoded = decodeScenario(file.name, new Uint8Array(await file.arrayBuffer()));
  if (!decoded.ok) return refuse(words.notOpened(decoded.error));
  const { inputs, ...rest } = decoded.value;
  const base = { ...rest, inputs: [] };
  const link = {
    preset: CUSTOM,
    base,
    settings: settingsOf(base),
    view: PLAIN_VIEW,
    packedInputs: undefined,
    notices: [],
  };
  await openDecoded(app, link, inputs);
  return true;
}

/** What does not begin as JSON is looked into among the files. */
async function looksLikeScenario(file: File): Promise<boolean> {
  const start = await file.slice(0, 64).text();
  return /^\s*[[{]/.test(start) || file.name.endsWith('.json');
}

/** A link of this page, from wherever it is served. False: it is none. */
export function openText(text: string): boolean {
  const hash = /#\S+/.exec(text)?.[0];
  if (hash === undefined || !/[#&](v|s)=/.test(hash)) return false;
  location.hash = hash;
  return true;
}
