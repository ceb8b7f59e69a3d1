/** `vmferry resume`: a state file's VM goes on under one of the VMMs. */
import { err, ok } from '../base/result.ts';
import { FEATURES } from '../vmm/common-values.ts';
import { VMM_KINDS } from '../vmm/vmm.ts';
import { defineCommand } from './define-command.ts';
import { answerRun } from './run-answer.ts';
import { resumeHosted } from './run-hosted.ts';
import { loadStateFile } from './state-files.ts';

const KNOWN = FEATURES.slice(1).join(', ');
const DEFAULT_MAX_INSTRUCTIONS = 100_000_000;

export const resume = defineCommand({
  name: 'resume',
  summary: 'Lets a state file’s VM go on until it exits, halts or reaches the limit.',
  argument: { name: 'FILE', help: 'A state file; its format is seen from it.', required: true },
  options: {
    host: {
      kind: 'choice',
      value: 'HOST',
      choices: VMM_KINDS,
      help: 'Under which VMM; kvm if not given',
    },
    'max-instructions': {
      kind: 'integer',
      value: 'N',
      min: 1,
      max: 1e15,
      help: 'Stop after this many instructions (100000000).',
    },
    lacks: {
      kind: 'text',
      value: 'FEATURES',
      help: 'CPU features that the host lacks, by commas (pae,cx8,cmov,tsc,cpuid).',
    },
    json: { kind: 'flag', help: 'Print exit, registers, RAM hash and console as JSON.' },
  },
  async run({ argument, options }, surroundings) {
    const lacks = options.lacks?.split(',') ?? [];
    const strange = lacks.find((name) => name === '486' || !FEATURES.some((one) => one === name));
    if (strange !== undefined) return err(`--lacks: "${strange}" is no CPU feature: ${KNOWN}`);
    const loaded = await loadStateFile(argument, surroundings);
    if (!loaded.ok) return loaded;
    const result = resumeHosted(loaded.value.file.image, {
      host: options.host ?? 'kvm',
      maxInstructions: options['max-instructions'] ?? DEFAULT_MAX_INSTRUCTIONS,
      lacks,
    });
    if (!result.ok) return err(`${argument}: ${result.error.message}`);
    return ok(answerRun(argument, result.value, options.json, surroundings));
  },
});
