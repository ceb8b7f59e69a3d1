/**
 * Seeds on all cores: worker threads that run the bundled tool once more, or this thread alone where
 * there is no bundle (tests import the sources).
 */
import { availableParallelism } from 'node:os';
import { parentPort, Worker, workerData } from 'node:worker_threads';
import { exists } from '../base/assert.ts';
import { ok, type Result } from '../base/result.ts';
import { loadAllCode } from '../lab/late-code.ts';
import { findCanary } from '../lab/simulation/canaries/canaries.ts';
import { runSeed, type SeedVerdict } from '../lab/simulation/seed.ts';
import type { Surroundings } from './command.ts';

export interface SeedJob {
  readonly from: number;
  readonly to: number;
  /** A planted bug's name. */
  readonly canary?: string | undefined;
  readonly shrink: boolean;
  /** The first failure ends the job. */
  readonly untilFailure: boolean;
}

type Guests = Readonly<Record<string, Uint8Array<ArrayBuffer>>>;
type Reply = Result<SeedVerdict, string>;

interface ThreadData {
  readonly role: 'vmferry seeds';
  readonly guests: Guests;
  readonly canary: string | undefined;
  readonly shrink: boolean;
}

const SOURCE = `import(require('node:worker_threads').workerData.bundle).then((tool) => tool.serveSeeds());`;

function one(seed: number, guests: Guests, canary: string | undefined, shrink: boolean): Reply {
  const plant = canary === undefined ? undefined : findCanary(canary)?.make;
  return runSeed(seed, { guests: (name) => guests[name], plant, shrink });
}

/** Runs in a thread: a seed comes, a verdict goes. */
export async function serveSeeds(): Promise<void> {
  await loadAllCode();
  const port = exists(parentPort, 'a parent thread');
  const { guests, canary, shrink } = workerData as ThreadData;
  port.on('message', (seed: number) => port.postMessage(one(seed, guests, canary, shrink)));
}

/** Verdicts in the order of the seeds; with `untilFailure` none after the first failure. */
export async function runSeeds(
  job: SeedJob,
  guests: Guests,
  { bundle }: Surroundings,
): Promise<Result<readonly SeedVerdict[], string>> {
  const threads =
    bundle === undefined ? 1 : Math.min(availableParallelism(), job.to - job.from + 1);
  const replies =
    bundle === undefined || threads === 1
      ? await inThisThread(job, guests)
      : await inThreads(job, guests, bundle, threads);
  const verdicts: SeedVerdict[] = [];
  for (const reply of replies) {
    if (!reply.ok) return reply;
    verdicts.push(reply.value);
    if (job.untilFailure && reply.value.failure !== undefined) break;
  }
  return ok(verdicts);
}

const failed = (reply: Reply): boolean => !reply.ok || reply.value.failure !== undefined;

async function inThisThread(job: SeedJob, guests: Guests): Promise<Reply[]> {
  const replies: Reply[] = [];
  for (let seed = job.from; seed <= job.to; seed++) {
    const reply = one(seed, guests, job.canary, job.shrink);
    replies.push(reply);
    if (job.untilFailure && failed(reply)) break;
  }
  return replies;
}

async function inThreads(
  job: SeedJob,
  guests: Guests,
  bundle: string,
  threads: number,
): Promise<Reply[]> {
  const replies: Reply[] = [];
  let next = job.from;
  let stop = false;
  const data = { role: 'vmferry seeds', guests, canary: job.canary, shrink: job.shrink, bundle };
  const thread = async (): Promise<void> => {
    const worker = new Worker(SOURCE, { eval: true, workerData: data });
    try {
      while (next <= job.to && !stop) {
        const seed = next++;
        const reply = await ask(worker, seed);
        replies[seed - job.from] = reply;
        if (job.untilFailure && failed(reply)) stop = true;
      }
    } finally {
      await worker.terminate();
    }
  };
  await Promise.all(Array.from({ length: threads }, thread));
  return replies;
}

function ask(worker: Worker, seed: number): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const answer = (reply: Reply): void => {
      worker.off('error', fail);
      resolve(reply);
    };
    const fail = (error: Error): void => {
      worker.off('message', answer);
      reject(error);
    };
    worker.once('message', answer);
    worker.once('error', fail);
    worker.postMessage(seed);
  });
}
