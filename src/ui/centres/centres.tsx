/**
 * Two data centres as the paper's experiment had them: VMs are created, deployed, chosen by their ids
 * and moved; RAM in use and the link's shares are seen. Apart from the page's run.
 */

import { useEffect, useRef, useState } from 'preact/hooks';
import { connectCentres } from '../../bridge/connect.ts';
import type { CentresView } from '../../lab/data-centre-model.ts';
import { LinkNoticeLine } from '../notice/notice-line.tsx';
import * as words from '../strings/centres.ts';
import { clock } from '../strings/format.ts';
import { useApp, useStore } from '../use-store.ts';
import { Centre, Moves } from './centre-tables.tsx';
import { DeployForm } from './deploy-form.tsx';
import './centres.css';

const EMPTY: CentresView = {
  now: 0,
  linkMbps: 100,
  ramMiB: 32,
  ramUsedMiB: [0, 0],
  vms: [],
  moves: [],
  story: { steps: [], untilMs: 0 },
};
/** Virtual time between two looks while it passes. */
const PASS_NS = 5e6;

type Session = ReturnType<typeof connectCentres>;

export function Centres() {
  const { session, view, passing, said, replaying, ask, setPassing } = useCentres();
  const moving = view.vms.filter(({ share }) => share !== undefined);
  const [chosen, setChosen] = useState('');
  const id = view.vms.some((vm) => vm.id === chosen) ? chosen : (view.vms[0]?.id ?? '');
  return (
    <main class="centres">
      <h2>{words.twoCentres}</h2>
      <LinkNoticeLine />
      <p class="aside">{words.howTheyWork}</p>
      <div class="centre-bar">
        <button type="button" class="main" onClick={() => setPassing(!passing)}>
          {passing ? words.pause : words.letTimePass}
        </button>
        <output>{clock(view.now)}</output>
        <label>
          {words.vm}{' '}
          <select value={id} onChange={(event) => setChosen(event.currentTarget.value)}>
            {view.vms.map((vm) => (
              <option key={vm.id}>{vm.id}</option>
            ))}
          </select>
        </label>
        <button type="button" onClick={() => void ask((s) => s.migrate(id))}>
          {words.migrateIt}
        </button>
        <span>
          {words.linkAt(
            view.linkMbps,
            moving.length > 0
              ? `; ${moving.map((vm) => words.shareOf(vm.id, vm.share)).join(', ')}`
              : '',
          )}
        </span>
      </div>
      <p class={replaying ? 'aside' : 'bad'} role="alert">
        {replaying ? words.again : said}
      </p>
      <div class="centre-pair">
        <Centre number={0} view={view} />
        <Centre number={1} view={view} />
      </div>
      <DeployForm
        taken={view.vms.map((vm) => vm.id)}
        onDeploy={(plan) => void ask((s) => s.deploy(plan))}
      />
      <Moves moves={view.moves} ramMiB={view.ramMiB} />
      <p class="sr" role="status">
        {session === undefined ? '' : words.spoken(view.vms.length, view.moves.length)}
      </p>
    </main>
  );
}

/**
 * The worker lives as long as the view; one question is on its way at a time. What was done when the
 * view was open last, or in the link that was opened, happens again first.
 */
function useCentres() {
  const { store } = useApp();
  const before = useStore((state) => state.centresBefore);
  const session = useRef<Session>(undefined);
  const [view, setView] = useState(EMPTY);
  const [said, setSaid] = useState('');
  const [passing, setPassing] = useState(false);
  const [replaying, setReplaying] = useState(false);
  const ask = async (question: (session: Session) => ReturnType<Session['pass']>) => {
    const asked = session.current;
    if (asked === undefined) return;
    const answer = await question(asked);
    if (asked !== session.current) return;
    if (answer.ok) {
      setView(answer.value);
      store.setState({ centresStory: answer.value.story });
    }
    setSaid(answer.ok ? '' : `${answer.error}.`);
    if (!answer.ok) setPassing(false);
  };
  useEffect(() => {
    session.current = connectCentres();
    setView(EMPTY);
    setPassing(false);
    if (before !== undefined) {
      setReplaying(true);
      void ask((s) => s.replay(before)).then(() => setReplaying(false));
    }
    return () => {
      session.current?.close();
      session.current = undefined;
    };
  }, [before]);
  useEffect(
    () => () => {
      const { centresStory, centresBefore } = store.getState();
      store.setState({ centresBefore: centresStory ?? centresBefore });
    },
    [],
  );
  useEffect(() => {
    if (!passing) return;
    let over = false;
    const pass = async () => {
      while (!over && session.current !== undefined) await ask((s) => s.pass(PASS_NS));
    };
    void pass();
    return () => {
      over = true;
    };
  }, [passing]);
  return { session: session.current, view, said, replaying, passing, setPassing, ask };
}
