/** The page around a scripted session: for looking at the panels while the emulation is being changed. Not part of the build. */
import { exists } from '../../../src/base/assert.ts';
import { mount } from '../../../src/ui/mount.tsx';
import { ScriptedSession } from '../scripted-session.ts';

mount(
  exists(document.getElementById('app'), 'the place of the app'),
  async () => new ScriptedSession(),
);
