/** The timeline of the run: stages, rounds, pages left, where the VM ran, what the client noticed. */
import { useEffect, useRef } from 'preact/hooks';
import { JITTER_NS, thinned } from '../store/figures.ts';
import type { Picture, Span } from '../trace/picture.ts';
import { silence } from '../trace/replay-network.ts';
import { useWidth } from './kit/use-width.ts';
import { count } from './strings/format.ts';
import { algorithmName, vmmName } from './strings/sentences.ts';
import * as words from './strings/time.ts';
import {
  type Axis,
  answeredSpans,
  axisFor,
  curvePath,
  type RoundKind,
  roundKind,
} from './timeline.ts';
import { TimelineTools } from './timeline-tools.tsx';
import { type SeenAxis, seenAxis, zoomed } from './timeline-view.ts';
import { useApp, usePicture, useStore } from './use-store.ts';

const GUTTER = 104;
const EDGE = 10;
/** Upper edge and height of each row. */
const STAGES = { y: 0, h: 15 };
const ROUNDS = { y: 17, h: 22 };
const CURVE = { y: 42, h: 34 };
const DOWN = { y: 78, h: 12 };
const VM = { y: 91, h: 13 };
const CLIENT = { y: 107, h: 8 };
const OUT = { y: 116, h: 13 };
const AXIS = { y: 131, h: 14 };
const HEIGHT = AXIS.y + AXIS.h;

export function Rounds() {
  const frame = useRef<HTMLDivElement>(null);
  const width = useWidth(frame);
  const previous = useStore((state) => state.previous);
  return (
    <section class="rounds" aria-labelledby="rounds-title">
      <h2 id="rounds-title" class="sr">
        {words.rounds}
      </h2>
      <TimelineTools />
      <div ref={frame} class="timeline">
        {width > 0 && <Chart width={width} />}
      </div>
      {previous && (
        <p class="kept">
          <svg viewBox="0 0 24 6" aria-hidden="true">
            <path d="M0 3h24" />
          </svg>
          {words.before(algorithmName(previous.settings.algorithm))}
        </p>
      )}
    </section>
  );
}

function Chart({ width }: { readonly width: number }) {
  const picture = usePicture();
  const { player, store } = useApp();
  const { phase, previous, scenario } = store.getState();
  const { network, vm, migration } = scenario;
  const guessNs = ((vm.memoryMiB * 1024 * 1024 * 8) / (network.bandwidthMbps * 1e6)) * 1.3e9;
  const view = useStore((state) => state.timeline);
  const whole = axisFor({
    picture,
    plannedStart: (migration.startMs ?? picture.now / 1e6) * 1e6,
    guessNs,
    previous,
    over: phase === 'done',
    left: GUTTER,
    right: width - EDGE,
  });
  const moments = player.history.of('event');
  const axis = seenAxis(whole, view, moments, GUTTER, width - EDGE);
  const drawing = useGoing(axis, width);
  return (
    <svg
      ref={drawing}
      width={width}
      height={HEIGHT}
      viewBox={`0 0 ${width} ${HEIGHT}`}
      role="img"
      aria-label={spoken(picture)}
    >
      <Labels />
      <clipPath id="in-sight">
        <rect x={GUTTER} width={width - EDGE - GUTTER} y="-20" height={HEIGHT + 20} />
      </clipPath>
      <g clip-path="url(#in-sight)">
        <Ground axis={axis} picture={picture} width={width} />
        <Stages axis={axis} picture={picture} />
        <RoundBars axis={axis} picture={picture} />
        <Curve axis={axis} picture={picture} />
        <Runs axis={axis} picture={picture} />
        <ClientRow axis={axis} picture={picture} width={width} />
        {phase !== 'done' && (picture.startedAt !== undefined || player.history.inPast) && (
          <line
            class="playhead"
            x1={axis.x(picture.now)}
            x2={axis.x(picture.now)}
            y1={STAGES.y}
            y2={OUT.y + OUT.h}
          />
        )}
      </g>
    </svg>
  );
}

/** A click goes to its moment; the wheel zooms around the pointer. The slider below does both by keys. */
function useGoing(axis: SeenAxis, width: number) {
  const { player, store } = useApp();
  const drawing = useRef<SVGSVGElement>(null);
  const newest = useRef(axis);
  newest.current = axis;
  useEffect(() => {
    const { current } = drawing;
    if (!current) return;
    const place = (event: MouseEvent) => event.clientX - current.getBoundingClientRect().left;
    const go = (event: MouseEvent) => {
      if (place(event) >= GUTTER) player.seek(newest.current.at(place(event)));
    };
    const zoom = (event: WheelEvent) => {
      if (event.deltaY === 0 || event.ctrlKey) return;
      event.preventDefault();
      const around = Math.min(1, Math.max(0, (place(event) - GUTTER) / (width - EDGE - GUTTER)));
      const { timeline } = store.getState();
      store.setState({ timeline: zoomed(timeline, event.deltaY < 0 ? 0.8 : 1.25, around) });
    };
    current.addEventListener('click', go);
    current.addEventListener('wheel', zoom, { passive: false });
    return () => {
      current.removeEventListener('click', go);
      current.removeEventListener('wheel', zoom);
    };
  }, [player, store, width]);
  return drawing;
}

interface Row {
  readonly axis: SeenAxis;
  readonly picture: Picture;
}

function Labels() {
  const rows = [
    [words.stage, STAGES],
    [words.round, ROUNDS],
    [words.pagesLeft, CURVE],
    [words.vmRunsOn, VM],
    [words.client, CLIENT],
  ] as const;
  return (
    <g class="row-names">
      {rows.map(([name, { y, h }]) => (
        <text key={name} x={GUTTER - 8} y={y + h / 2 + 4} text-anchor="end">
          {name}
        </text>
      ))}
    </g>
  );
}

/** The axis, and the time nobody ran as a band through all rows. */
function Ground({ axis, picture, width }: Row & { readonly width: number }) {
  const { downtime, now } = picture;
  return (
    <g class="ground">
      {downtime && <Band axis={axis} span={downtime} now={now} />}
      <line x1={GUTTER} x2={width - EDGE} y1={AXIS.y} y2={AXIS.y} />
      {axis.ticks.map(({ at, label }) => (
        <g key={label}>
          <line x1={axis.x(at)} x2={axis.x(at)} y1={AXIS.y} y2={AXIS.y + 4} />
          {axis.x(at) < width - 30 && (
            <text x={axis.x(at) + 3} y={AXIS.y + 13}>
              {label}
            </text>
          )}
        </g>
      ))}
    </g>
  );
}

function Band({
  axis,
  span,
  now,
}: {
  readonly axis: Axis;
  readonly span: Span;
  readonly now: number;
}) {
  const from = axis.x(span.from);
  const width = Math.max(1, axis.x(span.to ?? now) - from);
  return <rect class="down-band" x={from} width={width} y={ROUNDS.y} height={OUT.y - ROUNDS.y} />;
}

function Stages({ axis, picture }: Row) {
  return (
    <g class="stages">
      {picture.stages.map(({ stage, name, from, to }) => {
        const x = axis.x(from);
        const width = axis.x(to ?? picture.now) - x;
        const label = labelFor(width, [`${stage} ${name}`, String(stage)], 7);
        return (
          <g key={from + stage}>
            <line x1={x} x2={x} y1={STAGES.y + 1} y2={STAGES.y + STAGES.h} />
            {label && (
              <text x={x + 4} y={STAGES.y + 12}>
                {label}
              </text>
            )}
          </g>
        );
      })}
    </g>
  );
}

function RoundBars({ axis, picture }: Row) {
  return (
    <g class="round-bars">
      {picture.rounds.map((round) => {
        const x = axis.x(round.from);
        const width = Math.max(1.5, axis.x(round.to ?? picture.now) - x - 1);
        const pages = round.to === undefined ? round.pending : round.sent;
        const kind = roundKind(round, picture);
        const name = nameOf(kind, round.round);
        const label = labelFor(
          width,
          [words.barLabel(name, pages), `${name} · ${count(pages)}`, count(pages)],
          7.4,
        );
        return (
          <g key={round.from} class={kind}>
            <rect x={x} y={ROUNDS.y} width={width} height={ROUNDS.h} />
            {label && (
              <text x={x + 6} y={ROUNDS.y + 15.5}>
                {label}
              </text>
            )}
          </g>
        );
      })}
    </g>
  );
}

function nameOf(kind: RoundKind, round: number): string {
  if (kind === 'pull') return words.pull;
  if (kind === 'paused') return round <= 1 ? words.allAtOnce : words.last;
  return words.roundNumber(round);
}

function Curve({ axis, picture }: Row) {
  const previous = useStore((state) => state.previous);
  const most = Math.max(picture.pages.count, previous?.pages ?? 0, 1);
  const y = (left: number) => CURVE.y + CURVE.h - (left / most) * (CURVE.h - 3);
  const now = thinned(picture.curve);
  const line = curvePath(now, axis.x, y, picture.endedAt ?? picture.now);
  const first = now[0];
  const base = CURVE.y + CURVE.h;
  const before = previous?.curve.map(({ sinceNs, left }) => ({ at: axis.origin + sinceNs, left }));
  return (
    <g class="curve">
      <line class="base" x1={GUTTER} x2={axis.x(axis.to)} y1={base} y2={base} />
      {before && <path class="before" d={curvePath(before, axis.x, y)} />}
      {first && (
        <>
          <path class="area" d={`${line}V${base}H${axis.x(first.at).toFixed(1)}Z`} />
          <path class="now" d={line} />
        </>
      )}
    </g>
  );
}

function Runs({ axis, picture }: Row) {
  const hosts = useStore((state) => state.scenario.hosts);
  const names = [`${vmmName(hosts.source)} A`, `${vmmName(hosts.destination)} B`];
  const { downtime, now } = picture;
  return (
    <g class="runs">
      {picture.hosts.map((host, party) =>
        host.ran.map((span) => {
          const x = Math.max(GUTTER, axis.x(span.from));
          const width = Math.max(1.5, axis.x(span.to ?? now) - x);
          return (
            <g key={span.from} class={party === 0 ? 'on-a' : 'on-b'}>
              <rect x={x} y={VM.y} width={width} height={VM.h} />
              {width > 90 && (
                <text x={x + 6} y={VM.y + 10.5}>
                  {names[party]}
                </text>
              )}
            </g>
          );
        }),
      )}
      {downtime && (
        <Bracket
          axis={axis}
          span={downtime}
          now={now}
          y={DOWN.y + DOWN.h - 1}
          opens="down"
          text={words.vmDowntime((downtime.to ?? now) - downtime.from)}
        />
      )}
    </g>
  );
}

function ClientRow({ axis, picture, width }: Row & { readonly width: number }) {
  const quiet = picture.startedAt === undefined ? undefined : silence(picture);
  const { outage, now, startedAt } = picture;
  const worst = quiet && quiet.beyondNs > (outage?.outageNs ?? 0) ? { from: quiet.from } : outage;
  const begun = startedAt !== undefined && worst !== undefined && worst.from >= startedAt - 1e8;
  return (
    <g class="client-row">
      {answeredSpans(picture).map(({ from, to }) => {
        const x = Math.max(GUTTER, axis.x(from));
        const end = Math.min(width - EDGE, axis.x(to ?? from));
        return (
          end > x && (
            <rect key={from} x={x} y={CLIENT.y} width={Math.max(1.5, end - x)} height={CLIENT.h} />
          )
        );
      })}
      {begun && outageWorthShowing(picture, quiet !== undefined) && (
        <Bracket
          axis={axis}
          span={worst}
          now={now}
          y={OUT.y + 1}
          opens="up"
          text={words.clientOutage(
            quiet && worst !== outage ? quiet.beyondNs : (outage?.outageNs ?? 0),
          )}
        />
      )}
    </g>
  );
}

/** A jitter of the answers is no outage. */
function outageWorthShowing({ outage, downtime }: Picture, quiet: boolean): boolean {
  return quiet || (downtime !== undefined && outage !== undefined && outage.outageNs > JITTER_NS);
}

/** A bracket over (or under) a span, with its words on the side that has room. */
function Bracket({
  axis,
  span,
  now,
  y,
  opens,
  text,
}: {
  readonly axis: Axis;
  readonly span: Span;
  readonly now: number;
  readonly y: number;
  readonly opens: 'up' | 'down';
  readonly text: string;
}) {
  const from = axis.x(span.from);
  const to = Math.max(from + 3, axis.x(span.to ?? now));
  const foot = opens === 'down' ? y : y;
  const back = opens === 'down' ? y - 6 : y + 6;
  const right = to + 6 + text.length * 7.5 < axis.x(axis.to);
  return (
    <g class="bracket">
      <path d={`M${from} ${foot}V${back}H${to}V${foot}`} />
      <text
        x={right ? to + 6 : from - 6}
        y={opens === 'down' ? y - 1 : y + 10}
        text-anchor={right ? 'start' : 'end'}
      >
        {text}
      </text>
    </g>
  );
}

/** The longest of the labels that fits. */
function labelFor(width: number, labels: readonly string[], letter: number): string | undefined {
  return labels.find((label) => label.length * letter + 10 <= width);
}

function spoken({ rounds, downtime, outage, now }: Picture): string {
  const parts = [
    rounds.length === 0
      ? words.timelineNotBegun
      : words.timelineOf(
          rounds
            .map(({ round, sent, pending, to }) =>
              words.roundOfPages(round, to === undefined ? pending : sent),
            )
            .join(', '),
        ),
    downtime ? words.vmDowntime((downtime.to ?? now) - downtime.from) : '',
    downtime && outage ? words.clientOutage(outage.outageNs) : '',
  ];
  return parts.filter((part) => part !== '').join('; ');
}
